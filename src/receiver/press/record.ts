/** Presses in a file, one JSON line each, for replay. Contains no secret of the action (fact 36). */
import { appendFileSync, closeSync, constants, openSync } from 'node:fs';
import { isObject, parseObject } from '../../json-fields.ts';
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
  return parseObject(redact(JSON.stringify(value)));
}

/** A line of such a file; undefined if it is not one. */
export function parseRecord(text: string): Recorded | undefined {
  const value: unknown = parseObject(text);
  return isRecorded(value) ? value : undefined;
}

function isRecorded(value: unknown): value is Recorded {
  if (!isObject(value)) return false;
  const { action, id, body } = value;
  return (
    typeof action === 'string' && typeof id === 'string' && isObject(body) && Array.isArray(body.messages)
  );
}
