import { isFingerprintName } from '../../core/headers/header-names.ts';
import { isRedacted } from '../../core/same/redacted.ts';
import { accept, type CheckedText, codePoint, refuse } from './check.ts';

/** RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const LONGEST_NAME = 128;
const LONGEST_VALUE = 8192;

/** Headers that belong to the connection or describe the body: PagerDuty's sender sets them (T05). */
const RESERVED = new Set([
  'connection',
  'content-length',
  'content-type',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export interface HeaderValueOptions {
  /** The config explicitly asks for an empty value, with `${NAME:-}` (T24). */
  readonly allowEmpty?: boolean | undefined;
  /** Part of it came from the environment, so no message names a character of it (T53). */
  readonly hidesValue?: boolean | undefined;
}

/** Checks that an action can send a header of this name and this value. No message shows the value (T03). */
export function checkHeader(name: string, value: string, options: HeaderValueOptions = {}): CheckedText {
  const checked = checkHeaderName(name);
  return checked.ok ? checkHeaderValue(value, options) : checked;
}

/** Checks that an action can send a header of this name (T04, T05). */
export function checkHeaderName(name: string): CheckedText {
  if (name === '') return refuse('the header has no name', 'Give it a name, for example "X-Api-Key".');
  if (name.length > LONGEST_NAME) {
    return refuse(`the header name is longer than ${LONGEST_NAME} characters`, 'Use a shorter name.');
  }
  if (!TOKEN.test(name)) {
    return refuse(
      'this is not a header name',
      'Use letters, digits and hyphens only, without spaces or a colon, for example "X-Api-Key".',
    );
  }
  if (RESERVED.has(name.toLowerCase()) || /^proxy-/i.test(name)) {
    return refuse(
      `the header ${name} is reserved: PagerDuty sets it on each delivery`,
      'Remove it. To authenticate, use Authorization or a custom header.',
    );
  }
  if (isFingerprintName(name)) {
    return refuse(
      'this header name is reserved for the fingerprints that pdactions adds',
      'Remove it. To send a fingerprint, set `"fingerprint": true` in the config.',
    );
  }
  return accept(name);
}

/**
 * Checks that a header can carry this value, before any library gets it: `fetch` repeats the value in its error
 * message (T03).
 */
export function checkHeaderValue(
  value: string,
  { allowEmpty = false, hidesValue = false }: HeaderValueOptions = {},
): CheckedText {
  if (value === '' && !allowEmpty) {
    return refuse('the header value is empty', 'Give it a value, or remove the header.');
  }
  if (value.length > LONGEST_VALUE) {
    return refuse(`the header value is longer than ${LONGEST_VALUE} characters`, 'Use a shorter value.');
  }
  if (/[\r\n]/.test(value)) {
    return refuse(
      'the header value contains a line break',
      'Put the value on one line; check how the variable was set.',
    );
  }
  const forbidden = /[^\t\u0020-\u007e]/u.exec(value)?.[0];
  if (forbidden !== undefined) {
    return refuse(
      hidesValue
        ? 'the header value contains a character that HTTP does not allow'
        : `the header value contains ${codePoint(forbidden)}, which HTTP does not allow`,
      'Use printable ASCII characters only; encode anything else.',
    );
  }
  if (value !== value.trim()) {
    return refuse('the header value begins or ends with a space', 'Remove the space; HTTP would drop it.');
  }
  if (isRedacted(value)) {
    return refuse(
      'the header value is the placeholder that PagerDuty shows for a hidden value, not the value itself',
      'Use the real value, preferably from an environment variable: ${NAME}.',
    );
  }
  return accept(value);
}

/** True for headers that usually carry a credential: they must not be sent in the clear (T08). */
export function looksSecret(name: string): boolean {
  return /auth|token|secret|key|passw|cookie|credential|signature/i.test(name);
}
