/**
 * The canary scan (P16, I8, T28): searches all output for the secrets that a test planted, and for characters that move or hide text.
 * Shares nothing with the redactor, because a shared mistake would hide itself.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names of variables whose values no output may show. */
const SECRET_NAME = /TOKEN|SECRET|PASSW|KEY|CREDENTIAL/i;
/** Shorter texts occur by chance. */
const SHORTEST = 8;

/** The secrets in an environment, by the names of the variables. */
export function secretsIn(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    SECRET_NAME.test(name) && !/^PDACTIONS_|_FILE$/.test(name) && value ? [value, ...value.split(/\s+/)] : [],
  );
}

type Forms = ReadonlyMap<string, string>;

/** Every form in which a secret must not leave (I8), with its name. */
export function formsOf(secret: string): Forms {
  const bytes = Buffer.from(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  return new Map([
    [json, 'in JSON'],
    [JSON.stringify(json).slice(1, -1), 'in JSON in JSON'],
    [encodeURIComponent(secret), 'in a URL'],
    [encodeURIComponent(encodeURIComponent(secret)), 'in a URL in a URL'],
    [new URLSearchParams([['', secret]]).toString().slice(1), 'in a form'],
    [encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()), 'in a URL, lower case'],
    [bytes.toString('hex'), 'in hexadecimal'],
    [bytes.toString('hex').toUpperCase(), 'in HEXADECIMAL'],
    [bytes.toString('hex').replace(/..(?=.)/g, '$& '), 'in bytes'],
    [Buffer.from(secret, 'utf16le').toString('latin1'), 'in UTF-16'],
    ...inBase64(bytes),
    ...ends(secret),
    [secret.replaceAll('"', '""'), 'in CSV'],
    [secret.replaceAll("'", "''"), 'in YAML'],
    [secret.replaceAll('|', '\\|'), 'in Markdown'],
    [secret, 'as it is'],
  ]);
}

/** The part of the base64 that depends on the secret alone, for each position in a group of three bytes. */
function inBase64(bytes: Buffer): [string, string][] {
  return [0, 1, 2].flatMap((shift) => {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes]);
    const whole = padded.subarray(0, padded.length - (padded.length % 3)).toString('base64');
    const core = whole.slice(shift === 0 ? 0 : 4);
    return [
      [core, `in base64 (${shift})`],
      [core.replaceAll('+', '-').replaceAll('/', '_'), `in base64url (${shift})`],
    ] satisfies [string, string][];
  });
}

/** The first and the last four characters, if they are too unusual to occur elsewhere. */
function ends(secret: string): [string, string][] {
  const odd = (text: string): boolean => /\d/.test(text) && /[g-z]/.test(text) && /[A-Z]/.test(text);
  const parts: [string, string][] = [
    [secret.slice(0, 4), 'by its first four characters'],
    [secret.slice(-4), 'by its last four characters'],
  ];
  return secret.length < 16 ? [] : parts.filter(([text]) => odd(text));
}

/** The forms in which the text shows a secret, never the secret itself. Empty if it shows none. */
export function leaksIn(text: string, secrets: readonly string[]): string[] {
  const found = secrets
    .filter((secret) => secret.length >= SHORTEST)
    .flatMap((secret) => [...formsOf(secret)])
    .filter(([form]) => form.length >= 4 && text.includes(form));
  return [...new Set(found.map(([, how]) => how))];
}

/** Our own sequences set colours only. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the expression searches for them.
const COLOUR = /\x1b\[(?:\d{1,2}(?:;\d{1,2})*)?m/g;
const CONTROL = String.raw`\0-\x08\x0b-\x1f\x7f-\x9f`;
const BIDI = String.raw`\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069`;
const INVISIBLE = String.raw`\u00ad\u200b-\u200d\u2028\u2029\u2060-\u2064\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}`;
const UNSAFE = new RegExp(`[${CONTROL}${BIDI}${INVISIBLE}]|\\p{Cs}`, 'gu');

/** The text without colour sequences. */
export function withoutColours(text: string): string {
  return text.replace(COLOUR, '');
}

/** The characters that a terminal must not receive (T01, T02), as numbers. Line breaks, tabs and our own colours are fine. */
export function unsafeIn(text: string): string[] {
  const own = withoutColours(text).replaceAll('\r\n', '\n');
  return [...new Set([...own.matchAll(UNSAFE)].map(([char]) => `U+${char.codePointAt(0)?.toString(16)}`))];
}

/** The sandbox's account file stores header values, readable by its owner only: the one file that may contain them. */
const MAY_HOLD_SECRETS = /sandbox[^/\\]*\.json$/;

/** The files in a folder, to compare before and after. Ignores folders outside the temporary directory. */
export function filesIn(folder: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  if (!folder.startsWith(tmpdir())) return files;
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isFile() && !MAY_HOLD_SECRETS.test(name)) files.set(path, readFileSync(path, 'latin1'));
  }
  return files;
}

/** Empty if the folder was removed with its test, while a killed program was still ending. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

export interface Traces {
  readonly stdout: string;
  readonly stderr: string;
  readonly folder?: string | undefined;
  /** The files in the folder before the run. */
  readonly before?: ReadonlyMap<string, string> | undefined;
}

/** @throws if any output contains a secret, or a character that a terminal must not receive */
export function expectClean({ stdout, stderr, folder, before }: Traces, secrets: readonly string[]): void {
  const faults: string[] = [];
  for (const [name, text] of Object.entries({ stdout, stderr })) {
    faults.push(...leaksIn(text, secrets).map((how) => `${name} shows a secret ${how}`));
    faults.push(...unsafeIn(text).map((char) => `${name} holds the character ${char}`));
  }
  for (const [path, text] of folder === undefined ? [] : filesIn(folder)) {
    if (before?.get(path) === text) continue;
    faults.push(...leaksIn(text, secrets).map((how) => `the file ${path} holds a secret ${how}`));
  }
  if (faults.length > 0) throw new Error(`not clean: ${faults.join('; ')}`);
}
