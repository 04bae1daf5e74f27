import { domainToUnicode } from 'node:url';
import { ipVersion } from '../../ip-version.ts';
import { accept, type CheckedText, refuse } from './check.ts';

interface HostOptions {
  readonly allowIdn?: boolean | undefined;
  readonly hidesHost?: boolean | undefined;
}

/** Scripts that are written together in one word (Unicode TR 39, "highly restrictive"); any other mixture is suspicious. */
const WRITTEN_TOGETHER: readonly (readonly string[])[] = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Hangul'],
  ['Latin', 'Han', 'Bopomofo'],
];

const SCRIPTS = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Armenian',
  'Georgian',
  'Hebrew',
  'Arabic',
  'Devanagari',
  'Bengali',
  'Thai',
  'Han',
  'Hiragana',
  'Katakana',
  'Hangul',
  'Bopomofo',
  'Cherokee',
  'Ethiopic',
  'Khmer',
  'Lao',
  'Myanmar',
  'Tamil',
  'Telugu',
  'Coptic',
  'Lisu',
];

/**
 * Checks that the written host is the one that will be called. `URL` quietly turns `%65vil.com`, circled letters and full-width
 * digits into another host (T10); a name in another script may only look like the intended one (T11).
 * @param authority the text between `//` and the path, as written
 * @param hostname the host that `URL` parses from it
 * @returns warnings that name the real host
 */
export function checkHost(
  authority: string,
  hostname: string,
  { allowIdn = false, hidesHost = false }: HostOptions,
): CheckedText {
  const written = withoutPort(authority.slice(authority.lastIndexOf('@') + 1)).toLowerCase();
  const really = hidesHost ? ' a different one' : ` ${hostname}`;
  const unicode = domainToUnicode(hostname);
  // IPv6 has several spellings, all of them legible.
  if (hostname.startsWith('[')) return accept(hostname);
  if (isUnicodeName(written, hostname, unicode)) return checkScripts(hostname, unicode, allowIdn, hidesHost);
  if (written === hostname) return accept(hostname);
  if (ipVersion(hostname) === 4 && /^[0-9a-fx.]+$/.test(written)) {
    return accept(hostname, hidesHost ? [] : [`the host is written as a number and is read as${really}`]);
  }
  return refuse(
    `the host is not what it looks like: it would be read as${really}`,
    'Write the host in plain ASCII.',
  );
}

/** True for a name outside ASCII, written in its own letters or as `xn--…`. */
function isUnicodeName(written: string, hostname: string, unicode: string): boolean {
  return unicode !== hostname && (written === hostname || written.normalize('NFC') === unicode);
}

function checkScripts(hostname: string, unicode: string, allowIdn: boolean, hidesHost: boolean): CheckedText {
  const really = hidesHost ? '' : `: it is actually ${hostname}`;
  if (!allowIdn && unicode.split('.').some(mixesScripts)) {
    return refuse(
      `the host mixes letters from several scripts and can look like another host${really}`,
      'Check each letter; if the host is right, set "allowIdn": true on this action.',
    );
  }
  return accept(hostname, hidesHost ? [] : [`the host is an internationalized domain name${really}`]);
}

function mixesScripts(label: string): boolean {
  const used = SCRIPTS.filter((name) => new RegExp(`\\p{Script=${name}}`, 'u').test(label));
  return used.length > 1 && !WRITTEN_TOGETHER.some((allowed) => used.every((name) => allowed.includes(name)));
}

function withoutPort(host: string): string {
  return host.replace(/:[0-9]*$/, '');
}
