/**
 * The canary scan (P16, I8, T28): whatever the program wrote is searched for the secrets that a test planted, and for bytes that
 * move or hide what a person reads. Shares nothing with the redactor: a shared mistake would hide itself.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names of variables whose values no output may show. */
const SECRET_NAME = /TOKEN|SECRET|PASSW|KEY|CREDENTIAL/i;
/** Anything shorter occurs by chance. */
const SHORTEST = 8;

/** The secrets in an environment, by the names of the variables. */
export function secretsIn(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    SECRET_NAME.test(name) && !/^PDACTIONS_|_FILE$/.test(name) && value ? [value, ...value.split(/\s+/)] : [],
  );
}

type Forms = ReadonlyMap<string, string>;

/** Every way in which a secret must not leave (I8), by name. */
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

/** What of the base64 depends on the secret alone, wherever it begins in a group of three bytes. */
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

/** The first and the last four characters, where they are so odd that nothing else contains them. */
function ends(secret: string): [string, string][] {
  const odd = (text: string): boolean => /\d/.test(text) && /[g-z]/.test(text) && /[A-Z]/.test(text);
  const parts: [string, string][] = [
    [secret.slice(0, 4), 'by its first four characters'],
    [secret.slice(-4), 'by its last four characters'],
  ];
  return secret.length < 16 ? [] : parts.filter(([text]) => odd(text));
}

/** How the text betrays a secret; empty when it does not. Never the secret itself. */
export function leaksIn(text: string, secrets: readonly string[]): string[] {
  const found = secrets
    .filter((secret) => secret.length >= SHORTEST)
    .flatMap((secret) => [...formsOf(secret)])
    .filter(([form]) => form.length >= 4 && text.includes(form));
  return [...new Set(found.map(([, how]) => how))];
}

/** Colours are ours; any other sequence is somebody else's. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const COLOUR = /\x1b\[(?:\d{1,2}(?:;\d{1,2})*)?m/g;
const CONTROL = String.raw`\0-\x08\x0b-\x1f\x7f-\x9f`;
const BIDI = String.raw`\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069`;
const INVISIBLE = String.raw`\u00ad\u200b-\u200d\u2028\u2029\u2060-\u2064\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}`;
const UNSAFE = new RegExp(`[${CONTROL}${BIDI}${INVISIBLE}]|\\p{Cs}`, 'gu');

/** The text as it would be without a terminal. */
export function withoutColours(text: string): string {
  return text.replace(COLOUR, '');
}

/** The characters that no terminal may be sent (T01, T02), as numbers. Line breaks, tabs and our own colours are fine. */
export function unsafeIn(text: string): string[] {
  const own = withoutColours(text).replaceAll('\r\n', '\n');
  return [...new Set([...own.matchAll(UNSAFE)].map(([char]) => `U+${char.codePointAt(0)?.toString(16)}`))];
}

/** The sandbox keeps an account with its header values, for its owner alone: the one file that may hold them. */
const MAY_HOLD_SECRETS = /sandbox[^/\\]*\.json$/;

/** What is in a folder, to be compared with what is there afterwards. Folders that are not a test's own are not looked into. */
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

/** None where the folder went with its test, before a program that the test had ended was gone. */
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
  /** What was in the folder before. */
  readonly before?: ReadonlyMap<string, string> | undefined;
}

/** @throws when anything that was written holds a secret, or what a terminal must not see */
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
