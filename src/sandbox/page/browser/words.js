// The words of the page.

// Characters that move or hide text become visible, as on a terminal. Line breaks, tabs and letter joiners are fine.
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the expression searches for them
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u00ad\u200b\u2028\u2029\u2060-\u2064\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/**
 * An outside text in a form that is safe to show.
 * @param {string} text
 */
export function shown(text) {
  return text.replaceAll('\r\n', '\n').replace(UNSAFE, (char) => {
    const code = char.codePointAt(0)?.toString(16).padStart(4, '0') ?? '';
    return code.length > 4 ? `\\u{${code}}` : `\\u${code}`;
  });
}

/**
 * A name, or a remark that it is empty.
 * @param {string} text
 */
export function named(text) {
  return text.trim() === '' ? '(no name)' : shown(text);
}

/**
 * `1 note`, `2 notes`, `2,000 notes`.
 * @param {number} count
 * @param {string} one
 * @param {string} many
 */
export function counted(count, one, many) {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const FULL = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' });

/** The difference between the sandbox's clock and this one, in milliseconds. */
let ahead = 0;

/**
 * Sets the time of the sandbox.
 * @param {string} now
 */
export function setNow(now) {
  ahead = Date.parse(now) - Date.now();
}

/** The time of the sandbox, in milliseconds since 1970. */
export function sandboxNow() {
  return Date.now() + ahead;
}

/**
 * The time of the day, with the day if it is not today.
 * @param {string} at
 */
export function timeOf(at) {
  const date = new Date(at);
  const today = DATE.format(date) === DATE.format(sandboxNow());
  return today ? TIME.format(date) : `${DATE.format(date)}, ${TIME.format(date)}`;
}

/** @param {string} at */
export function fullTime(at) {
  return FULL.format(new Date(at));
}

/**
 * `in 42 s`, `in 12 min`, `in 23 h`, `now`.
 * @param {string} at
 */
export function until(at) {
  const seconds = Math.round((Date.parse(at) - sandboxNow()) / 1000);
  if (seconds <= 0) return 'now';
  if (seconds < 100) return `in ${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `in ${minutes} min` : `in ${Math.round(minutes / 60)} h`;
}

/** The names of the most common statuses. */
const STATUS = new Map([
  [200, 'OK'],
  [201, 'Created'],
  [202, 'Accepted'],
  [204, 'No Content'],
  [301, 'Moved Permanently'],
  [302, 'Found'],
  [307, 'Temporary Redirect'],
  [308, 'Permanent Redirect'],
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [413, 'Content Too Large'],
  [415, 'Unsupported Media Type'],
  [429, 'Too Many Requests'],
  [500, 'Internal Server Error'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
]);

const ERRORS = new Map([
  ['timeout', 'no response within 16 s'],
  ['ECONNREFUSED', 'connection refused (ECONNREFUSED)'],
  ['ENOTFOUND', 'unknown host (ENOTFOUND)'],
  ['CERT_HAS_EXPIRED', 'expired certificate'],
  ['ECONNRESET', 'connection reset (ECONNRESET)'],
]);

/**
 * The result of an attempt.
 * @param {Pick<import('../view.ts').AttemptView, 'status' | 'error'>} attempt
 */
export function answerOf({ status, error }) {
  if (status !== null) return `${status} ${STATUS.get(status) ?? ''}`.trim();
  return ERRORS.get(error ?? '') ?? shown(error ?? 'no response');
}

/**
 * The state of a press, in a word or two.
 * @param {import('../view.ts').PressView} press
 */
export function stateOf({ status, waits }) {
  if (status !== 'waiting') return status === 'held' ? 'not sent' : status;
  if (waits === 'answer') return 'sending';
  return waits === 'earlier' ? 'queued' : 'will be retried';
}
