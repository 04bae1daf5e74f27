/** Not ASCII, or DEL: decides whether a search is necessary. */
const NOT_PLAIN = /[^\n -~]/;

/**
 * The value as indented JSON that is safe to print on a terminal and still parses to exactly the same value (T01): controls,
 * line separators, bidirectional and invisible characters are written as `\uXXXX`. So is the `[` of `##[`, by which some CI
 * systems find commands in any line of output (T31).
 */
export function toJson(value: unknown): string {
  return safeJsonText(JSON.stringify(value, null, 2) ?? 'null');
}

/** The same for a text that is JSON already, on one line or on many. */
export function safeJsonText(text: string): string {
  const safe = NOT_PLAIN.test(text) ? escapeUnsafe(text) : text;
  return safe.includes('##') ? safe.replace(/(##\w*)\[/g, '$1\\u005b') : safe;
}

/** Escapes characters that JSON allows raw in a string but a terminal must not get; `JSON.stringify` escapes C0 and lone surrogates. */
function escapeUnsafe(text: string): string {
  return text.replace(/[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, escapeUnits);
}

/**
 * A text as a JSON string in which everything that a reader could miss is escaped, to compare labels that look the same: also blanks other
 * than the space, and combining marks.
 */
export function visibleJson(text: string): string {
  return safeJsonText(JSON.stringify(text)).replace(/(?! )\p{Zs}|\p{M}/gu, escapeUnits);
}

function escapeUnits(char: string): string {
  let escaped = '';
  for (let index = 0; index < char.length; index += 1) {
    escaped += `\\u${char.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}
