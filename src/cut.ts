/**
 * Cuts text that may contain a secret before secrets are redacted. Half a secret would be unrecognisable, and guessing from the rest
 * would let other texts decide what is redacted (T54). The text cut off therefore stays, between two marks, until the
 * output gate has scanned the whole; then `…` replaces it (`ui/gate/redact.ts`).
 */

/** Random in each process, so no text from outside can contain the marks. Letters and digits, so that no format escapes them. */
const SECRET = [0, 1].map(() => Math.random().toString(36).slice(2, 12)).join('');
const OPEN = `0cut${SECRET}0`;
const CLOSE = `1cut${SECRET}1`;

/** The mark that a reader sees instead of the rest. */
const SHOWN = '…';

/** No header value is longer (T03), and no encoding of a secret has more characters than this for each of its own. */
const MOST_KEPT = 8_192 * 6;

/** The text up to `length` characters, ending in a private mark of the cut if anything is left out. */
export function cutText(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}${cutOff(text.slice(length))}`;
}

/** The mark of a cut, which carries the text cut off. */
export function cutOff(rest: string): string {
  return `${OPEN}${rest.slice(0, MOST_KEPT).split('\n', 1)[0]}${CLOSE}`;
}

/** A stretch of text up to a cut, or up to the end. Offsets are into the whole text. */
export interface Stretch {
  /** The text up to the cut, and the text cut off: a secret may span both. */
  readonly whole: string;
  readonly start: number;
  /** The start of the mark; the end of the text without one. */
  readonly end: number;
  /** The end of the mark, where the next stretch begins. */
  readonly next: number;
  readonly isCut: boolean;
}

/** The stretches of a text between the marks. */
export function stretchesOf(text: string): Stretch[] {
  const stretches: Stretch[] = [];
  let start = 0;
  for (let end = text.indexOf(OPEN); end !== -1; end = text.indexOf(OPEN, start)) {
    const close = text.indexOf(CLOSE, end);
    const restEnd = close === -1 ? text.length : close;
    const next = close === -1 ? text.length : close + CLOSE.length;
    const whole = text.slice(start, end) + text.slice(end + OPEN.length, restEnd);
    stretches.push({ whole, start, end, next, isCut: true });
    start = next;
  }
  stretches.push({ whole: text.slice(start), start, end: text.length, next: text.length, isCut: false });
  return stretches;
}

/** The text as displayed, for measuring. */
export function withoutCuts(text: string): string {
  if (!text.includes(OPEN)) return text;
  return stretchesOf(text)
    .map(({ start, end, isCut }) => text.slice(start, end) + (isCut ? SHOWN : ''))
    .join('');
}

/** True if the text contains a mark. */
export function hasCut(text: string): boolean {
  return text.includes(OPEN);
}
