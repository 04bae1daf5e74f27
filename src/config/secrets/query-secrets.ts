/** Finds credentials in the query of a URL by their names, or by their looks. */
import { percentDecoded } from '../../parse-url.ts';
import { looksSecret } from '../check/header.ts';

/** Names that are credentials in a query and nowhere else: the key of a function, the signature of a workflow. */
const SECRET_IN_QUERY = /^(?:code|sig|sas|pwd?|hmac|jwt)$/i;

/** Shorter values are switches and names, not credentials, and would be redacted wherever they occur. */
const SHORTEST_SECRET = 6;

/** A random word: capitals, small letters and digits in one, or twenty digits of a hash. */
const RANDOM = /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])\S{12,}$|^[0-9A-Fa-f-]{20,}$/;

/** True for a value that looks random, whatever its name. */
export function looksRandom(value: string): boolean {
  return RANDOM.test(value);
}

/** True for a text with the beginning of a credential, or a random word. */
export function mayHoldSecret(text: string): boolean {
  return /^(?:bearer|basic|token)\s/i.test(text) || text.split(/[\s:=]+/).some(looksRandom);
}

/** True if a parameter of a query is a credential by its name. */
export function looksSecretInQuery(name: string, value: string): boolean {
  return value.length >= SHORTEST_SECRET && (looksSecret(name) || SECRET_IN_QUERY.test(name));
}

/** The values of parameters to hide, by their names or their looks: as written, and decoded. */
export function querySecrets(url: string): string[] {
  return parametersOf(url)
    .filter(({ name, value }) => looksSecretInQuery(name, value) || looksRandom(value))
    .flatMap(({ value }) => [value, percentDecoded(value)]);
}

/** The name of the first parameter whose value is a credential written in the text itself, not as `${NAME}`. */
export function literalQuerySecret(template: string): string | undefined {
  return parametersOf(template).find(
    ({ name, value }) => !value.includes('${') && looksSecretInQuery(name, value),
  )?.name;
}

function parametersOf(url: string): { readonly name: string; readonly value: string }[] {
  const query = /^[^?#]*\?([^#]*)/.exec(url)?.[1] ?? '';
  return query.split('&').flatMap((parameter) => {
    const [, name, value] = /^([^=]*)=(.*)$/s.exec(parameter) ?? [];
    return name === undefined || value === undefined ? [] : [{ name, value }];
  });
}
