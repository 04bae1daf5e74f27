/** Presses in a file, one JSON line each, for replay. Contains no secret of the action (fact 36). */
import { appendFileSync, closeSync, constants, openSync } from 'node:fs';
import type { Press } from './message.ts';

export interface Recorded {
  /** When it came. */
  readonly at: string;
  /** The key of the action in the config. */
  readonly action: string;
  readonly id: string;
  readonly body: { readonly messages: readonly unknown[] };
}

/** A planted link in place of the file is not followed (T59). */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);

/** Appends one press. @throws any error of the file system */
export function appendRecord(
  file: string,
  at: string,
  action: string,
  { id, message }: Press,
  redact: (text: string) => string,
): void {
  const record: Recorded = { at, action, id, body: { messages: [message] } };
  const handle = openSync(file, APPEND, 0o600);
  try {
    appendFileSync(handle, `${redactJson(JSON.stringify(record), redact)}\n`);
  } finally {
    closeSync(handle);
  }
}

/** A redacted record must remain one line of JSON. */
function redactJson(text: string, redact: (text: string) => string): string {
  const redacted = redact(text);
  return parseRecord(redacted)
    ? redacted
    : JSON.stringify({ note: 'left out: a secret was part of its syntax' });
}

/** A copy of it without secrets; undefined if one of them was part of the JSON syntax, such as a brace. */
export function redactObject(
  value: Readonly<Record<string, unknown>>,
  redact: (text: string) => string,
): Readonly<Record<string, unknown>> | undefined {
  try {
    const copy: unknown = JSON.parse(redact(JSON.stringify(value)));
    return typeof copy === 'object' && copy !== null && !Array.isArray(copy) ? { ...copy } : undefined;
  } catch {
    return undefined;
  }
}

/** A line of such a file; undefined if it is not one. */
export function parseRecord(text: string): Recorded | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecorded(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecorded(value: unknown): value is Recorded {
  if (typeof value !== 'object' || value === null) return false;
  const { action, id, body } = value as Partial<Recorded>;
  if (typeof action !== 'string' || typeof id !== 'string') return false;
  return typeof body === 'object' && body !== null && Array.isArray(body.messages);
}
