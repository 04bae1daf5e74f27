/**
 * Makes untrusted text safe to show on a terminal (T01, T02): replaces every character that moves the cursor, changes the display, or is
 * invisible with a visible form.
 *
 * The cost: emoji built with zero-width joiners, and scripts that use the zero-width non-joiner, show escapes. JSON output
 * keeps the exact value.
 */

const PRINTABLE_ASCII = /^[ -~]*$/;

/** Controls, formats (bidi, zero-width, tags), separators of lines, lone surrogates, and invisible characters according to Unicode. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** The two variation selectors that choose between a picture and a letter; ordinary after an emoji, abuse anywhere else. */
const PRESENTATION_SELECTOR = /^[\ufe0e\ufe0f]$/;
const ENDS_IN_EMOJI = /\p{Emoji}$/u;

/** Real scripts stack a few marks on a letter; a tower of them climbs over the neighbouring lines. */
const TOWER_OF_MARKS = /(\p{M}{8})(\p{M}+)/gu;
const LEADING_MARK = /^\p{M}/u;

/**
 * The text for display: one line, no control, no bidirectional or invisible character.
 * C0 and DEL in caret form (`^[`), the rest as `\u{202e}`. Idempotent.
 */
export function sanitize(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  const visible = text.replace(INVISIBLE, (char, offset: number) =>
    isPresentationOfEmoji(char, text, offset) ? char : escapeVisibly(char),
  );
  const cut = visible.replace(
    TOWER_OF_MARKS,
    (_all, kept: string, rest: string) => `${kept}…[+${[...rest].length} marks]`,
  );
  // A mark without a letter of its own would combine with the last letter of the earlier output.
  return LEADING_MARK.test(cut) ? `◌${cut}` : cut;
}

function isPresentationOfEmoji(char: string, text: string, offset: number): boolean {
  return PRESENTATION_SELECTOR.test(char) && ENDS_IN_EMOJI.test(text.slice(Math.max(0, offset - 2), offset));
}

function escapeVisibly(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`;
  if (code === 0x7f) return '^?';
  return `\\u{${code.toString(16)}}`;
}
