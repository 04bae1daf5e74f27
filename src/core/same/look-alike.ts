/**
 * Labels that PagerDuty may have changed while storing them. Other parts of PagerDuty normalise names (fact 53), so this assumes any
 * usual normalisation: blanks, case, Unicode forms, HTML entities, dropped pictographs, a cut.
 */

/** Shorter beginnings are labels of their own: `Restart` is not a cut `Restart Server`. */
const SHORTEST_CUT = 20;

const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));/gi;
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/** The characters that databases without the higher planes of Unicode store in place of a pictograph. */
const REPLACEMENTS = /[?\ufffd]/g;
/** The end of a cut text: half a character, or an ellipsis. */
const CUT_END = /(?<!\ufffd|\.{3}|\s)(?:\ufffd|\.{3}|\s)+$/u;

/**
 * True if PagerDuty may have stored the wanted label as this one; also for equal labels.
 * @param wanted the label that was sent, or that a config declares
 * @param stored the label that PagerDuty shows; may be the wanted one cut after 20 characters or more
 */
export function looksAlike(wanted: string, stored: string): boolean {
  if (wanted === stored) return true;
  const [a, b] = [fold(wanted), fold(stored)];
  if (a === b || isCut(a, b)) return true;
  // A label of pictographs alone would match everything without them.
  const bare = withoutPictographs(a);
  if (bare === a || bare === '' || withoutPictographs(b) !== b) return false;
  const [plain, other] = [bare, b].map((text) => tidy(text.replace(REPLACEMENTS, '')));
  return plain === other || isCut(plain ?? '', other ?? '');
}

function isCut(whole: string, stored: string): boolean {
  const part = stored.replace(CUT_END, '');
  return [...part].length >= SHORTEST_CUT && part !== whole && whole.startsWith(part);
}

/** The label without what a normalisation can change. Upper case first, so that `ß` and `SS`, `ς` and `σ` meet. */
function fold(label: string): string {
  const text = withoutInvisible(decodeEntities(label).normalize('NFKC'));
  return tidy(text.toUpperCase().toLowerCase().normalize('NFC'));
}

/** Without zero-width characters, bidirectional controls, selectors, tags and control characters. */
function withoutInvisible(text: string): string {
  return text.replace(/(?!\s)[\p{Cf}\p{Cc}\p{Default_Ignorable_Code_Point}]/gu, '');
}

function tidy(text: string): string {
  return text.replace(/[\s\p{Z}\u2800]+/gu, ' ').trim();
}

function withoutPictographs(text: string): string {
  return tidy(
    text.replace(/[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]|\u20e3/gu, ''),
  );
}

/** Decodes HTML escapes, even doubly escaped ones. */
export function decodeEntities(text: string): string {
  const decoded = text.replace(ENTITY, (entity, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return NAMED[name.toLowerCase()] ?? entity;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : entity;
  });
  // Each round shortens the text, so the loop ends.
  return decoded === text ? text : decodeEntities(decoded);
}
