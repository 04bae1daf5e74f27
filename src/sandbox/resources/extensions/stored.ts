/** The stored form of a sent extension (fact 53). */
import type { Switches } from '../../account/switches.ts';

/** The length to which `cut` cuts a name, in characters. */
const CUT = 24;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const NAMES: Readonly<Record<Switches['storedName'], (name: string) => string>> = {
  'as-sent': (name) => name,
  collapsed: (name) => name.replace(/\s+/gu, ' ').trim(),
  cut: (name) => [...name].slice(0, CUT).join(''),
  nfc: (name) => name.normalize('NFC'),
  nfd: (name) => name.normalize('NFD'),
  entities: (name) => name.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character),
  'no-pictographs': (name) => name.replace(/\p{Extended_Pictographic}\ufe0f?/gu, ''),
  capitalised: (name) => name.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase()),
};

const URLS: Readonly<Record<Switches['storedUrl'], (url: string) => string>> = {
  'as-sent': (url) => url,
  'no-fragment': (url) => url.replace(/#.*/s, ''),
  escapes: (url) => url.replace(/%[0-9a-f]{2}/gi, (triplet) => triplet.toUpperCase()),
  normalised: (url) => new URL(url).href,
  'lower-case': (url) => url.toLowerCase(),
};

/** The name that a write stores, by the switch `storedName`. */
export function storedName(how: Switches['storedName'], name: string): string {
  return NAMES[how](name);
}

/** The endpoint that a write stores, by the switch `storedUrl`; it must be a URL. */
export function storedUrl(how: Switches['storedUrl'], url: string): string {
  return URLS[how](url);
}
