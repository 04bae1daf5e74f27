import { toJson } from '../text/json.ts';
import type { Redactor } from './redact.ts';

/**
 * A finished document, redacted, and in a CI log without lines that the CI system would execute (T31). Valid
 * JSON stays valid JSON: a secret that looks like a number or a piece of an escape is then removed string by string.
 */
export function redactDocument(text: string, redactor: Redactor, inWorkflow: boolean): string {
  const redacted = redactor.redact(text);
  if (!/^\s*[[{"]/.test(text)) return inWorkflow ? withoutCommandLines(redacted) : redacted;
  if (redacted === text || isJson(redacted) || !isJson(text)) return redacted;
  return toJson(redactStrings(JSON.parse(text), redactor));
}

function withoutCommandLines(text: string): string {
  return text.replace(/^([^\S\n\r\u2028\u2029]*)(?=::)/gm, '$1\\').replace(/(##\w*)\[/g, '$1\\[');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function redactStrings(value: unknown, redactor: Redactor): unknown {
  if (typeof value === 'string') return redactor.redact(value);
  if (Array.isArray(value)) return value.map((item) => redactStrings(item, redactor));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redactor.redact(key), redactStrings(item, redactor)]),
  );
}
