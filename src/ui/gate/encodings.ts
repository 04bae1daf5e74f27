import { sanitize } from './sanitize.ts';

/** A text that reveals a secret, and the number of neighbouring characters with some of its bits. */
export interface Needle {
  readonly text: string;
  /** Base64 characters before the text that mix the secret with what precedes it. */
  readonly left: number;
  /** The same after it, before any padding. */
  readonly right: number;
}

/**
 * The forms of a secret that change it as a whole: as displayed, in JSON inside JSON, in hexadecimal, also byte by byte, and in
 * base64 and base64url at all three alignments, so that it is also found inside the base64 of a longer text (`user:secret`); and in
 * lower case, as in host names and media types.
 */
export function encodingsOf(secret: string): readonly Needle[] {
  const whole = [sanitize(secret), jsonTwice(secret), ...inHex(secret), ...inSmallLetters(secret)];
  return [...whole.map((text) => ({ text, left: 0, right: 0 })), ...inBase64(secret)];
}

function jsonTwice(secret: string): string {
  return JSON.stringify(JSON.stringify(secret)).slice(3, -3);
}

/** Only for random-looking secrets: a word in lower case could occur anywhere. */
function inSmallLetters(secret: string): string[] {
  return secret.length >= 12 && /\d/.test(secret) && /[A-Z]/.test(secret) ? [secret.toLowerCase()] : [];
}

function inHex(secret: string): string[] {
  const hex = Buffer.from(secret).toString('hex');
  return [hex, hex.toUpperCase(), hex.replace(/..(?=.)/g, '$& ')];
}

function inBase64(secret: string): Needle[] {
  const utf8 = Buffer.from(secret);
  const latin1 = Buffer.from(secret, 'latin1');
  const readings = latin1.toString('latin1') === secret && !latin1.equals(utf8) ? [utf8, latin1] : [utf8];
  return readings.flatMap((bytes) => [0, 1, 2].flatMap((shift) => atAlignment(bytes, shift)));
}

/** The number of leading base64 characters that depend on the text before the secret, by its offset in a group of three bytes. */
const MIXED_BEFORE = [0, 2, 3];

function atAlignment(bytes: Buffer, shift: number): Needle[] {
  const left = MIXED_BEFORE[shift] ?? 0;
  const right = (shift + bytes.length) % 3 === 0 ? 0 : 1;
  const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replace(/(?<!=)=+$/, '');
  const core = encoded.slice(left, encoded.length - right);
  const url = core.replaceAll('+', '-').replaceAll('/', '_');
  return [core, url, encodeURIComponent(core)].map((text) => ({ text, left, right }));
}

/**
 * The forms that encode single characters: for each character, its spellings raw, in URLs, in JSON and in tables. Which characters
 * are escaped differs from writer to writer (there are a dozen sets for URLs alone), so every mixture counts.
 */
export function spellingsOf(secret: string): readonly (readonly string[])[] {
  return [...secret].map((char) => (/[A-Za-z0-9]/.test(char) ? ofLetter(char) : ofAny(char)));
}

/** A fast path for nearly all characters of nearly all secrets. */
function ofLetter(char: string): readonly string[] {
  const hex = char.charCodeAt(0).toString(16);
  const forms = [char, `%${hex}`, `%25${hex}`, `\\u00${hex}`];
  const upper = hex.toUpperCase();
  return upper === hex ? forms : [...forms, `%${upper}`, `%25${upper}`, `\\u00${upper}`];
}

function ofAny(char: string): readonly string[] {
  return [...new Set([char, ...inUrls(char), ...inJson(char), ...inTables(char)])];
}

/** The escapes of special characters in CSV, YAML, Markdown and HTML, and our own replacements in a server's message. */
const IN_TABLES: Readonly<Record<string, readonly string[]>> = {
  '"': ['""', '&quot;', '&#34;'],
  "'": ["''", '&#39;', '&#x27;', '&apos;'],
  '&': ['&amp;', '&#38;'],
  '<': ['&lt;', '&#60;', '‹'],
  '>': ['&gt;', '&#62;', '›'],
  '|': ['\\|', '¦'],
  // CSV writes an apostrophe before what a spreadsheet could take for a formula, also inside a text.
  ...Object.fromEntries([...'=+-@＝＋－＠'].map((char) => [char, [`'${char}`]])),
};

function inTables(char: string): readonly string[] {
  return IN_TABLES[char] ?? [];
}

function inUrls(char: string): string[] {
  const percent = (bytes: Buffer): string =>
    [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const forms = [percent(Buffer.from(char))];
  if (char >= '\x80' && char <= '\xff') forms.push(percent(Buffer.from(char, 'latin1')));
  // A URL inside a URL, as in redirects, escapes the escapes.
  const nested = forms.flatMap((form) => [form, form.replaceAll('%', '%25')]);
  const cased = nested.flatMap((form) => [form, form.toUpperCase()]);
  return char === ' ' ? [...cased, '+'] : cased;
}

function inJson(char: string): string[] {
  const code = (unit: number): string => char.charCodeAt(unit).toString(16).padStart(4, '0');
  const units = Array.from({ length: char.length }, (_, unit) => code(unit));
  const lower = units.map((unit) => `\\u${unit}`).join('');
  const upper = units.map((unit) => `\\u${unit.toUpperCase()}`).join('');
  return [JSON.stringify(char).slice(1, -1), lower, upper, ...(char === '/' ? ['\\/'] : [])];
}
