/** The failures of one attempt, by their consequence: the rows of docs/faults.md. */

import { cutText } from '../../cut.ts';
import { fieldOf } from '../../json-fields.ts';
import { parseUrl } from '../../parse-url.ts';
import type { Answer, AnswerHeaders } from './fetch.ts';
import type { ProxyRefusal } from './route/route.ts';

export type FailureKind =
  /** 429; not executed (F01–F04). */
  | 'rate-limited'
  /** 500, 502, 503, 504 and other 5xx (F05–F07). */
  | 'server-error'
  /** 408, PagerDuty's "took too long" (F08). */
  | 'took-too-long'
  /** No connection; nothing was sent (F09). */
  | 'unreachable'
  /** The name does not exist (F10). */
  | 'no-such-host'
  /** Name resolution failed for now (F10). */
  | 'dns-again'
  | 'tls'
  /** The connection ended before an answer (F12, F13, F15). */
  | 'reset'
  /** No complete answer within the deadline (F16). */
  | 'timeout'
  /** The answer ended early, or its JSON does (F17). */
  | 'cut'
  /** A success in a format other than JSON (F18). */
  | 'not-json'
  /** JSON, but not the expected document (F19). */
  | 'shape'
  | 'unauthorized'
  | 'ability'
  | 'forbidden'
  | 'gone'
  /** A fourth action (F24). */
  | 'limit'
  | 'invalid'
  /** 409, or 400 because the account is locked by another write; nothing was done (F26, F51). */
  | 'conflict'
  /** A success without the body that it needs (F31). */
  | 'empty'
  | 'too-big'
  | 'redirect'
  | 'proxy';

/** One failed attempt. */
export interface ApiFailure {
  readonly kind: FailureKind;
  /** The wait that the server asks for, in milliseconds; absent without a usable one. */
  readonly waitMs?: number | undefined;
  readonly status?: number | undefined;
  readonly code?: number | undefined;
  readonly message?: string | undefined;
  readonly errors?: readonly string[] | undefined;
  readonly requiredScopes?: readonly string[] | undefined;
  readonly requestId?: string | undefined;
  /** True for a 401 with the message that the token has expired. */
  readonly expired?: true | undefined;
  /** Media type of the answer, if that is the problem. */
  readonly contentType?: string | undefined;
  /** Host of a redirect's target, without the rest of the URL. */
  readonly target?: string | undefined;
  /** The system's own code, for example `ECONNREFUSED`. */
  readonly systemCode?: string | undefined;
  /** The proxy that failed, and how, if known. */
  readonly proxy?: ProxyRefusal | undefined;
  readonly cause?: unknown;
}

/** Limit for the wait that one hint can request (I5). */
export const LONGEST_HINT_MS = 120_000;

const TEXT_LIMIT = 200;

/** The parsed document of a good answer, or the failure. */
export type JudgedAnswer =
  | { readonly ok: true; readonly document: unknown }
  | { readonly ok: false; readonly failure: ApiFailure };

/**
 * Classifies an answer.
 * @param needsBody false if a success without a document is complete (DELETE, fact 2)
 */
export function judge(answer: Answer, needsBody: boolean): JudgedAnswer {
  const { status, headers } = answer;
  const base = { status, requestId: requestIdOf(headers) };
  const bad = (kind: FailureKind, details: Partial<ApiFailure> = {}): JudgedAnswer => ({
    ok: false,
    failure: { ...base, kind, ...details },
  });
  if (status >= 300 && status < 400) return bad('redirect', { target: redirectTarget(headers) });
  if (status >= 400) return { ok: false, failure: { ...base, ...judgeError(answer) } };
  if (!needsBody) return judgeBodiless(answer) ?? { ok: true, document: undefined };
  if ('problem' in answer.body) return bad(answer.body.problem, { cause: answer.body.cause });
  const { text } = answer.body;
  if (text.trim() === '') return bad('empty');
  const contentType = foreignType(answer);
  if (contentType !== undefined) return bad('not-json', { contentType });
  const document = parse(text);
  return document === undefined ? bad('cut') : { ok: true, document };
}

/** A page that a proxy sends instead of an answer to a DELETE proves nothing (F18). */
function judgeBodiless(answer: Answer): JudgedAnswer | undefined {
  const { status, headers, body } = answer;
  const contentType = foreignType(answer);
  if (contentType === undefined || ('text' in body && body.text.trim() === '')) return undefined;
  return { ok: false, failure: { kind: 'not-json', status, requestId: requestIdOf(headers), contentType } };
}

/** The type of an answer that is not JSON; undefined if it may be. A page is recognised whatever the headers are. */
function foreignType({ headers, body }: Answer): string | undefined {
  const type = mediaType(headers);
  if (type !== undefined && !isJson(type)) return type;
  return 'text' in body && /^\s*</.test(body.text) ? 'an HTML page' : undefined;
}

function isJson(contentType: string): boolean {
  return /[/+]json$/.test(contentType);
}

function judgeError({ status, headers, body }: Answer): ApiFailure {
  const said = errorIn('text' in body ? parse(body.text) : undefined);
  const expired = status === 401 && saysExpired(headers, said) ? { expired: true as const } : {};
  const details = { ...said, ...expired, waitMs: waitOf(status, headers) };
  return { kind: errorKind(status, said), ...details };
}

/** OAuth servers report it in `WWW-Authenticate` (RFC 6750), others in the message. */
function saysExpired(headers: AnswerHeaders, { message = '', errors = [] }: Said): boolean {
  return /\bexpired\b/i.test([headers.get('www-authenticate') ?? '', message, ...errors].join(' '));
}

function errorKind(status: number, { code, message, errors = [] }: Said): FailureKind {
  if (status === 429) return 'rate-limited';
  if (status >= 500) return 'server-error';
  if (code === 1005 || (status === 400 && isLocked([message ?? '', ...errors]))) return 'conflict';
  switch (status) {
    case 401:
      return 'unauthorized';
    case 402:
      return 'ability';
    case 403:
      return 'forbidden';
    case 404:
      return 'gone';
    case 407:
      return 'proxy';
    case 408:
      return 'took-too-long';
    case 409:
      return 'conflict';
    default:
      return isLimit(code, [message ?? '', ...errors]) ? 'limit' : 'invalid';
  }
}

/** Writes to an account exclude each other, and the one that comes second is refused (fact 54). */
function isLocked(texts: readonly string[]): boolean {
  return texts.some((text) => /could not be locked/i.test(text));
}

/** The limit of three is enforced with an undocumented error: 2019, or 2001 with words (U2). */
function isLimit(code: number | undefined, texts: readonly string[]): boolean {
  return code === 2019 || (code === 2001 && texts.some(isAboutSlots));
}

/** A text that is too long also has a maximum in its message. */
function isAboutSlots(text: string): boolean {
  return /\b(limit|maximum|at most)\b/i.test(text) && !/\b(characters?|too long)\b/i.test(text);
}

type Said = Pick<ApiFailure, 'code' | 'message' | 'errors' | 'requiredScopes'>;

/** PagerDuty's error envelope (fact 27); an answer without one has no details. */
function errorIn(document: unknown): Said {
  const error = fieldOf(document, 'error');
  if (typeof error === 'string') return { message: saidText(error) };
  const code = fieldOf(error, 'code');
  const message = fieldOf(error, 'message');
  const scopes = fieldOf(error, 'required_scopes') ?? fieldOf(document, 'required_scopes');
  return {
    ...(typeof code === 'number' ? { code } : {}),
    ...(typeof message === 'string' ? { message: saidText(message) } : {}),
    errors: textsOf(fieldOf(error, 'errors')),
    ...(scopes === undefined ? {} : { requiredScopes: textsOf(scopes) }),
  };
}

function textsOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list
    .filter((item): item is string => typeof item === 'string')
    .map(saidText)
    .slice(0, 10);
}

/**
 * A server's message, shortened, and without live markup. The marks are replaced and nothing is removed: the text may be
 * a secret with such a mark in it, and half a secret would be unrecognisable. A whole page is never quoted.
 */
function saidText(said: string): string {
  if (/^\s*<(?:!doctype|html)\b/i.test(said)) return 'an HTML page';
  const opened = said.replace(/<(?=[/!?a-z])/gi, '‹');
  const text = opened === said ? said : opened.replaceAll('>', '›');
  return cutText(text, TEXT_LIMIT);
}

function parse(text: string): unknown {
  try {
    // A byte order mark is tolerated: some gateways add one.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

function mediaType(headers: AnswerHeaders): string | undefined {
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  return type === undefined ? undefined : saidText(type);
}

function requestIdOf(headers: AnswerHeaders): string | undefined {
  const id = headers.get('x-request-id');
  return id === null ? undefined : saidText(id);
}

function redirectTarget(headers: AnswerHeaders): string | undefined {
  const location = headers.get('location');
  const host = location ? parseUrl(location)?.host : undefined;
  return host === undefined ? undefined : saidText(host);
}

/** The wait that the server requests. `ratelimit-reset` is seconds from now (fact 24); Retry-After seconds or a date (F07). */
function waitOf(status: number, headers: AnswerHeaders): number | undefined {
  const seconds = status === 429 ? secondsIn(headers.get('ratelimit-reset')) : undefined;
  const wanted = seconds ?? (status === 429 || status === 503 ? retryAfter(headers) : undefined);
  return wanted === undefined ? undefined : Math.min(wanted * 1000, LONGEST_HINT_MS);
}

/** A whole number of seconds above zero; anything else is ignored (F04). */
function secondsIn(text: string | null): number | undefined {
  const trimmed = text?.trim() ?? '';
  if (!/^\d{1,15}$/.test(trimmed)) return undefined;
  const seconds = Number(trimmed);
  return seconds > 0 ? seconds : undefined;
}

function retryAfter(headers: AnswerHeaders): number | undefined {
  const text = headers.get('retry-after');
  const seconds = secondsIn(text);
  if (seconds !== undefined || text === null) return seconds;
  // Against the answer's own clock: the local one may be wrong.
  const wait = (Date.parse(text) - Date.parse(headers.get('date') ?? '')) / 1000;
  return wait > 0 ? wait : undefined;
}
