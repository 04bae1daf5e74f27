/** Reads the definitions of actions: what one of them means, and everything that is wrong with it. */
import type { ActionSpec, HeaderSpec } from '../../core/action.ts';
import type { Handler } from '../../core/handler.ts';
import type { Check } from '../check/check.ts';
import { checkHeader, looksSecret } from '../check/header.ts';
import { checkLabel } from '../check/label.ts';
import { checkUrl, needsAddresses } from '../check/url.ts';
import type { Place } from '../config.ts';
import {
  type Entry,
  entryOf,
  type Finding,
  flagOf,
  type Located,
  type Step,
  textOf,
} from '../parse/located.ts';
import { expand, hasShellVariable, isTemplate, type Piece, variablesIn } from '../secrets/interpolate.ts';
import { accessTo } from '../secrets/never-expanded.ts';
import { literalQuerySecret, looksRandom } from '../secrets/query-secrets.ts';
import { hasLiteralUserinfo, hasVariableHost, secretsOfUrl, sendsSecret } from '../secrets/url-secrets.ts';
import { readHandler } from './handler.ts';
import type { Reading } from './reading.ts';

/** A definition and where it is written. */
export type PlacedAction = ActionSpec & {
  readonly place: Place;
  /** What `pdactions listen` runs for it. */
  readonly handler?: Handler | undefined;
};

/**
 * Reads one entry of `actions`. Where the shape is wrong, which has been said already, it reads what it can: the result counts
 * only when nothing was found.
 * @param fingerprint what the file says for all its actions
 */
export function readAction(
  { key, at, value: node }: Entry,
  reading: Reading,
  fingerprint: boolean,
): PlacedAction {
  const path = ['actions', key];
  const label = readLabel(node, path, reading);
  const headers = readHeaders(node, path, reading);
  return {
    key,
    label,
    ...readUrl(node, path, headers, reading),
    headers,
    renamedFrom: readFormerLabels(node, label, path, reading),
    ...(wantsFingerprint(node, headers, path, reading, fingerprint) ? { fingerprint: 'unsealed' } : {}),
    description: textOf(node, 'description'),
    handler: readHandler(node, path, reading),
    place: reading.source.placeAt(at),
  };
}

function readLabel(node: Located, path: readonly Step[], reading: Reading): string {
  const entry = textEntry(node, 'label');
  if (entry === undefined) return '';
  const options = { allowUnicodeControls: flagOf(node, 'allowUnicodeControls') };
  report(checkLabel(entry.text, options), entry.at, [...path, 'label'], reading);
  if (isTemplate(entry.text)) {
    reading.warnings.push({
      at: entry.at,
      path: [...path, 'label'],
      message: '`${…}` is not expanded in a label',
      fix: 'It works in `url` and in the values of `headers` only.',
    });
  }
  return entry.text;
}

function readFormerLabels(node: Located, label: string, path: readonly Step[], reading: Reading): string[] {
  const value = entryOf(node, 'renamedFrom')?.value;
  const items = value?.kind === 'list' ? value.items : value === undefined ? [] : [value];
  return items.flatMap((item) => {
    if (item.kind !== 'scalar' || typeof item.value !== 'string') return [];
    if (item.value === label) {
      reading.faults.push({
        at: item.at,
        path: [...path, 'renamedFrom'],
        message: 'the former label is the label that it has now',
        fix: 'Remove it, or write the label that PagerDuty still has.',
      });
    }
    return [item.value];
  });
}

/** A fingerprint is over header values; where there are none, nothing is added. */
function wantsFingerprint(
  node: Located,
  headers: readonly HeaderSpec[] | null,
  path: readonly Step[],
  { warnings, labelsOnly }: Reading,
  fallback: boolean,
): boolean {
  if (labelsOnly) return false;
  const own = flagOf(node, 'fingerprint');
  if (headers !== null && headers.length > 0) return own ?? fallback;
  const at = entryOf(node, 'fingerprint')?.at;
  if (own && at !== undefined) {
    warnings.push({
      at,
      path: [...path, 'fingerprint'],
      message: 'there is nothing to make a fingerprint of: the action declares no headers',
      fix: 'Remove it, or declare the headers with their values.',
    });
  }
  return false;
}

function readUrl(
  node: Located,
  path: readonly Step[],
  headers: readonly HeaderSpec[] | null,
  reading: Reading,
): { readonly url: string; readonly urlSource?: string } {
  const entry = textEntry(node, 'url');
  if (entry === undefined || reading.labelsOnly) return { url: '' };
  const here = [...path, 'url'];
  const pieces = expandAt(entry, here, reading);
  for (const name of variablesIn(entry.text)) reading.urlNames.add(name);
  if (pieces === undefined) return { url: '' };
  const url = joined(pieces);
  for (const secret of secretsOfUrl(url, pieces)) reading.secrets.add(secret);
  const hidesHost = hasVariableHost(url, pieces);
  if (!reading.isInternal && !hidesHost && needsAddresses(url)) reading.meetsAddress = true;
  const check = checkUrl(url, {
    allowUserinfo: !hasLiteralUserinfo(url, pieces),
    allowInsecureUrl: flagOf(node, 'allowInsecureUrl'),
    allowIdn: flagOf(node, 'allowIdn'),
    sendsSecrets: sendsSecret(url, pieces) || headers?.some(isSecretHeader),
    strict: reading.strict,
    isInternal: reading.isInternal,
    pressedHere: reading.pressedHere,
    hidesHost,
    hidesText: pieces.some(isVariable),
    hasFragment: pieces.some((piece) => !isVariable(piece) && piece.text.includes('#')),
  });
  report(check, entry.at, here, reading, pieces);
  const literal = literalQuerySecret(entry.text);
  if (literal !== undefined) {
    reading.warnings.push(
      literalSecret(`the value of the parameter \`${literal}\`, which looks secret,`, entry.at, here),
    );
  }
  return url === entry.text ? { url } : { url, urlSource: entry.text };
}

/** `null` when headers are not mentioned: then they are not compared and left as they are. */
function readHeaders(node: Located, path: readonly Step[], reading: Reading): HeaderSpec[] | null {
  const value = entryOf(node, 'headers')?.value;
  if (value === undefined || reading.labelsOnly) return null;
  if (value.kind !== 'map') return [];
  const here = [...path, 'headers'];
  findRepeatedNames(value.entries, here, reading);
  return value.entries
    .map((entry) => readHeader(entry, here, reading))
    .filter((header) => header !== undefined);
}

function readHeader(
  { key: name, value: node }: Entry,
  path: readonly Step[],
  reading: Reading,
): HeaderSpec | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return undefined;
  const source = node.value;
  const here = [...path, name];
  const pieces = expandAt({ text: source, at: node.at }, here, reading);
  if (pieces === undefined) return { name, value: '', source };
  const header = { name, value: joined(pieces), source };
  protect(header, pieces, reading);
  report(
    checkHeader(name, header.value, { allowEmpty: isTemplate(source), hidesValue: pieces.some(isVariable) }),
    node.at,
    here,
    reading,
    pieces,
  );
  if (looksSecret(name) && !isTemplate(source) && source !== '') {
    reading.warnings.push(literalSecret('the value of a header that looks secret', node.at, here));
  }
  return header;
}

function protect(header: HeaderSpec, pieces: readonly Piece[], { secrets }: Reading): void {
  for (const { text } of pieces.filter(isVariable)) secrets.add(text);
  if (isSecretHeader(header) && header.value !== '') secrets.add(header.value);
}

/** Names of headers differ in more than case (T06; equal keys were found before). */
function findRepeatedNames(
  entries: readonly Entry[],
  path: readonly Step[],
  { source, faults }: Reading,
): void {
  const seen = new Map<string, Entry>();
  for (const entry of entries) {
    const earlier = seen.get(entry.key.toLowerCase());
    if (earlier === undefined) seen.set(entry.key.toLowerCase(), entry);
    else if (earlier.key !== entry.key) {
      const { line, column } = source.placeAt(earlier.at);
      faults.push({
        at: entry.at,
        path: [...path, entry.key],
        message: `the same header, written ${earlier.key}, is already at line ${line}, column ${column}`,
        fix: 'Remove one of the two; names of headers do not differ by case.',
      });
    }
  }
}

interface TextEntry {
  readonly text: string;
  readonly at: number;
}

function textEntry(node: Located, key: string): TextEntry | undefined {
  const value = entryOf(node, key)?.value;
  return value?.kind === 'scalar' && typeof value.value === 'string'
    ? { text: value.value, at: value.at }
    : undefined;
}

function expandAt(
  { text, at }: TextEntry,
  path: readonly Step[],
  reading: Reading,
): readonly Piece[] | undefined {
  const expansion = expand(text, reading.variables);
  for (const name of variablesIn(text)) if (accessTo(name) !== 'never') reading.names.add(name);
  if (hasShellVariable(text)) {
    reading.warnings.push({
      at,
      path,
      message: 'a variable that is written as `$NAME` is not expanded',
      fix: 'Write ${NAME}, with braces, if a variable is meant.',
    });
  }
  if (expansion.ok) return expansion.pieces;
  for (const fault of expansion.faults) reading.faults.push({ ...fault, at, path });
  return undefined;
}

/** Hands on what a check says, with the variables that brought the value: their values stay unsaid. */
function report(
  check: Check,
  at: number,
  path: readonly Step[],
  reading: Reading,
  pieces: readonly Piece[] = [],
): void {
  const names = [
    ...new Set(pieces.flatMap(({ variable }) => (variable === undefined ? [] : [`\${${variable}}`]))),
  ];
  const origin = names.length === 0 ? '' : `, with ${names.join(' and ')} expanded`;
  if (!check.ok) reading.faults.push({ at, path, message: check.message + origin, fix: check.fix });
  else reading.warnings.push(...check.warnings.map((message) => ({ at, path, message: message + origin })));
}

function literalSecret(what: string, at: number, path: readonly Step[]): Finding {
  return {
    at,
    path,
    message: `${what} is written in the file`,
    fix: 'Put it into an environment variable and write ${NAME}.',
  };
}

function isSecretHeader({ name, source }: HeaderSpec): boolean {
  return isTemplate(source) || looksSecret(name) || looksRandom(source);
}

function isVariable(piece: Piece): boolean {
  return piece.variable !== undefined;
}

function joined(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join('');
}
