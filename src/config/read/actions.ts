/** Reads the definitions of actions, and finds their problems. */
import type { ActionSpec, HeaderSpec } from '../../core/action.ts';
import { writtenText } from '../../core/filling/template.ts';
import type { Handler } from '../../core/handler.ts';
import { checkHeader, looksSecret } from '../check/header.ts';
import type { Place } from '../config.ts';
import { entryOf, flagOf, type Located, type LocatedEntry, type Step, textOf } from '../parse/located.ts';
import { isTemplate, type Piece } from '../secrets/interpolate.ts';
import { looksRandom } from '../secrets/query-secrets.ts';
import { readHandler } from './handler.ts';
import { commonText, readFormerLabels, readLabel } from './label.ts';
import { perServiceOf } from './per-service.ts';
import type { Reading } from './reading.ts';
import { expandAt, isVariable, joined, literalSecret, report } from './texts.ts';
import { readUrl } from './url.ts';

/** A definition and where it is written. */
export type PlacedAction = ActionSpec & {
  readonly place: Place;
  /** Its handler, which `pdactions listen` runs. */
  readonly handler?: Handler | undefined;
};

/**
 * Reads one entry of `actions`. If the shape is wrong, which was reported already, it reads the valid parts: the result counts
 * only without problems.
 * @param fingerprint the file's setting for all its actions
 */
export function readAction(
  { key, at, value: node }: LocatedEntry,
  reading: Reading,
  fingerprint: boolean,
): PlacedAction {
  const path = ['actions', key];
  const label = readLabel(node, path, reading);
  const headers = readHeaders(node, path, reading);
  const url = readUrl(node, path, headers?.some(isSecretHeader) ?? false, reading);
  const former = readFormerLabels(node, label?.written ?? '', path, reading);
  return {
    key,
    label: label ? commonText(label.template, label.written) : '',
    url: url?.url ?? '',
    ...(url?.urlSource === undefined ? {} : { urlSource: url.urlSource }),
    headers,
    renamedFrom: former.map((template) => commonText(template, writtenText(template))),
    ...perServiceOf(label, url, former, reading),
    ...(wantsFingerprint(node, headers, path, reading, fingerprint) ? { fingerprint: 'unsealed' } : {}),
    description: textOf(node, 'description'),
    handler: readHandler(node, path, reading),
    place: reading.source.placeAt(at),
  };
}

/** A fingerprint covers header values; without headers, nothing is added. */
function wantsFingerprint(
  node: Located,
  headers: readonly HeaderSpec[] | null,
  path: readonly Step[],
  { warnings, labelsOnly }: Reading,
  fallback: boolean,
): boolean {
  if (labelsOnly) return false;
  const declared = flagOf(node, 'fingerprint');
  if (headers !== null && headers.length > 0) return declared ?? fallback;
  const at = entryOf(node, 'fingerprint')?.at;
  if (declared && at !== undefined) {
    warnings.push({
      at,
      path: [...path, 'fingerprint'],
      message: 'the action declares no headers to fingerprint',
      fix: 'Remove it, or declare the headers with their values.',
    });
  }
  return false;
}

/** `null` if headers are not mentioned: then they are not compared and stay unchanged. */
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
  { key: name, value: node }: LocatedEntry,
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
    reading.warnings.push(literalSecret('a header value that looks secret', node.at, here));
  }
  return header;
}

function protect(header: HeaderSpec, pieces: readonly Piece[], { secrets }: Reading): void {
  for (const { text } of pieces.filter(isVariable)) secrets.add(text);
  if (isSecretHeader(header) && header.value !== '') secrets.add(header.value);
}

/** Names of headers must differ in more than case (T06; equal keys were found before). */
function findRepeatedNames(
  entries: readonly LocatedEntry[],
  path: readonly Step[],
  { source, problems }: Reading,
): void {
  const seen = new Map<string, LocatedEntry>();
  for (const entry of entries) {
    const earlier = seen.get(entry.key.toLowerCase());
    if (earlier === undefined) seen.set(entry.key.toLowerCase(), entry);
    else if (earlier.key !== entry.key) {
      const { line, column } = source.placeAt(earlier.at);
      problems.push({
        at: entry.at,
        path: [...path, entry.key],
        message: `this header is already set, as ${earlier.key}, at line ${line}, column ${column}`,
        fix: 'Remove one of the two; header names are case-insensitive.',
      });
    }
  }
}

function isSecretHeader({ name, source }: HeaderSpec): boolean {
  return isTemplate(source) || looksSecret(name) || looksRandom(source);
}
