/**
 * Makes untrusted text safe to show on a terminal (T01, T02): replaces every character that moves the cursor, changes the display, or is
 * invisible with a visible form.
 *
 * The cost: emoji built with zero-width joiners, and scripts that use the zero-width non-joiner, show escapes. JSON output
 * keeps the exact value.
 */

import { isPrintableAscii } from '../../printable-ascii.ts';

/**
 * The text for display: one line, no control, no bidirectional or invisible character.
 * C0 and DEL in caret form (`^[`), the rest as `\u{202e}`. Idempotent.
 */
export function sanitize(text: string): string {
  if (isPrintableAscii(text)) return text;
  const cut = cutTowers(escapeInvisible(text));
  // A mark without a letter of its own would combine with the last letter of the earlier output.
  return /^\p{M}/u.test(cut) ? `◌${cut}` : cut;
}

/** Escapes controls, formats (bidi, zero-width, tags), line separators, lone surrogates, and what Unicode calls ignorable. */
function escapeInvisible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu,
    (char, offset: number) => (isPresentationOfEmoji(char, text, offset) ? char : escapeVisibly(char)),
  );
}

/** Real scripts stack a few marks on a letter; more of them would overlap neighbouring lines. */
function cutTowers(text: string): string {
  return text.replace(
    /(\p{M}{8})(\p{M}+)/gu,
    (_all, kept: string, rest: string) => `${kept}…[+${[...rest].length} marks]`,
  );
}

/** True for the two variation selectors that choose between a picture and a letter: ordinary after an emoji, abuse anywhere else. */
function isPresentationOfEmoji(char: string, text: string, offset: number): boolean {
  return /^[\ufe0e\ufe0f]$/.test(char) && /\p{Emoji}$/u.test(text.slice(Math.max(0, offset - 2), offset));
}

function escapeVisibly(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`;
  if (code === 0x7f) return '^?';
  return `\\u{${code.toString(16)}}`;
}
