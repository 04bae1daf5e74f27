/** Reads the endpoint of an action. */
import type { Template } from '../../core/action.ts';
import { type CheckedText, refuse } from '../check/check.ts';
import { authorityOf, checkUrl, needsAddresses, type UrlOptions } from '../check/url.ts';
import { flagOf, type Located, type Step } from '../parse/located.ts';
import { type Piece, variablesIn } from '../secrets/interpolate.ts';
import { literalQuerySecret } from '../secrets/query-secrets.ts';
import { joinedLiterals, serviceField } from '../secrets/service-reference.ts';
import { hasLiteralUserinfo, hasVariableHost, secretsOfUrl, sendsSecret } from '../secrets/url-secrets.ts';
import { SAMPLE } from './label.ts';
import type { Reading } from './reading.ts';
import { expandAt, isVariable, joined, literalSecret, report, textEntry } from './texts.ts';

export interface ReadUrl {
  readonly url: string;
  readonly urlSource?: string;
  readonly at: number;
  readonly template: Template;
  /** The same with variables as written; absent without any. */
  readonly sourceTemplate?: Template;
  /** Checks the URL for one service. */
  readonly judge: (url: string) => CheckedText;
}

/**
 * The endpoint; undefined if it is missing or cannot be expanded, which was reported, or if only labels are read.
 * @param sendsSecrets headers with credentials are sent to it
 */
export function readUrl(
  node: Located,
  path: readonly Step[],
  sendsSecrets: boolean,
  reading: Reading,
): ReadUrl | undefined {
  const entry = textEntry(node, 'url');
  if (entry === undefined || reading.labelsOnly) return undefined;
  const here = [...path, 'url'];
  const { text, at } = entry;
  const pieces = expandAt(entry, here, reading, { services: true });
  for (const name of variablesIn(text)) reading.urlNames.add(name);
  if (pieces === undefined) return undefined;
  const samples = pieces.map(sampled);
  const url = joined(samples);
  for (const secret of secretsOfUrl(url, samples)) if (!isSample(secret)) reading.secrets.add(secret);
  if (!reading.isInternal && !hasVariableHost(url, samples) && needsAddresses(url))
    reading.meetsAddress = true;
  const options = optionsFor(node, url, samples, sendsSecrets, reading);
  report(checkPlace(pieces) ?? checkUrl(url, options), at, here, reading, pieces);
  warnOfLiteralSecret(text, at, here, reading);
  const whole = joined(pieces);
  return {
    url: whole,
    ...(whole === text ? {} : { urlSource: text, sourceTemplate: sourceParts(text) }),
    at,
    template: joinedLiterals(pieces.map(({ service, text: part }) => (service ? { service } : part))),
    judge: (filled) => checkSegments(filled, url) ?? checkUrl(filled, options),
  };
}

function optionsFor(
  node: Located,
  url: string,
  pieces: readonly Piece[],
  sendsSecrets: boolean,
  { strict, isInternal, pressedHere }: Reading,
): UrlOptions {
  return {
    allowUserinfo: !hasLiteralUserinfo(url, pieces),
    allowInsecureUrl: flagOf(node, 'allowInsecureUrl'),
    allowIdn: flagOf(node, 'allowIdn'),
    sendsSecrets: sendsSecret(url, pieces) || sendsSecrets,
    strict,
    isInternal,
    pressedHere,
    hidesHost: hasVariableHost(url, pieces),
    hidesText: pieces.some(isVariable),
    hasFragment: pieces.some((piece) => !isVariable(piece) && piece.text.includes('#')),
  };
}

function warnOfLiteralSecret(text: string, at: number, path: readonly Step[], { warnings }: Reading): void {
  const literal = literalQuerySecret(text);
  if (literal === undefined) return;
  const what = `the value of the parameter \`${literal}\`, which looks secret,`;
  warnings.push(literalSecret(what, at, path));
}

function sampled(piece: Piece): Piece {
  return piece.service === undefined ? piece : { text: SAMPLE[piece.service] };
}

function isSample(text: string): boolean {
  return Object.values<string>(SAMPLE).includes(text);
}

/** The name of a service is outside text, so it must never decide the destination of a press. */
function checkPlace(pieces: readonly Piece[]): CheckedText | undefined {
  const first = pieces.findIndex(({ service }) => service !== undefined);
  if (first === -1 || /^https?:\/\/[^/?#]+[/?#]/i.test(joined(pieces.slice(0, first)))) return undefined;
  return refuse(
    '`${service.*}` is not allowed in the scheme, login, host or port of the URL',
    'Put it in the path or the query: "https://automation.example.com/restart/${service.id}".',
  );
}

/** `.` and `..` are not escaped by percent-encoding, and would change the path. */
function checkSegments(url: string, sample: string): CheckedText | undefined {
  if (relativeSegments(url) <= relativeSegments(sample)) return undefined;
  return refuse(
    'a path segment would become `.` or `..`, which leads to another path',
    'Use `${service.id}` instead.',
  );
}

function relativeSegments(url: string): number {
  const path = /^[^?#]*/.exec(url.slice(url.indexOf(authorityOf(url)) + authorityOf(url).length))?.[0] ?? '';
  return path.split('/').filter((segment) => /^(?:\.|%2e){1,2}$/i.test(segment)).length;
}

/** As written, in parts: everything except the references to the service is literal. */
function sourceParts(text: string): Template {
  const parts = text.split(/(\$\$\{|\$\{service\.[^}]*\})/);
  return joinedLiterals(
    parts.map((part) => {
      const field = part.startsWith('${service.') ? serviceField(part.slice(2, -1)) : undefined;
      return typeof field === 'string' ? { service: field } : part;
    }),
  );
}
