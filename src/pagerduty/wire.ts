/** PagerDuty's JSON, read into the domain's nouns. Unknown fields are ignored; a missing one that matters makes the answer unusable (F19). */
import type { LiveAction, Service, Team } from '../core/action.ts';
import { ID_PATTERN } from '../core/selector.ts';
import { parseUrl } from '../parse-url.ts';
import type { ActionBody } from './store.ts';

/** An answer that is JSON but not what was asked for. `what` names the missing or strange field. */
export class ShapeError extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'ShapeError';
  }
}

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly more: boolean;
  /** Of the whole list; null when the answer does not say (fact 25). */
  readonly total: number | null;
}

/** An extension schema (fact 4). */
export interface Schema {
  readonly id: string;
  readonly key: string;
  readonly label: string;
}

type Json = Readonly<Record<string, unknown>>;

/** An object's own field, or undefined. */
function field(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** An object, and no list. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown, key: string): string {
  const found = field(value, key);
  if (typeof found !== 'string') throw new ShapeError(`\`${key}\` is not text`);
  return found;
}

/** The text of a field; null when there is none. */
export function textOrNull(value: unknown, key: string): string | null {
  const found = field(value, key);
  return typeof found === 'string' ? found : null;
}

/** An id goes into paths, so nothing else may pass for one (T19). @throws ShapeError */
export function id(value: unknown): string {
  const found = text(value, 'id');
  if (!ID_PATTERN.test(found)) throw new ShapeError('`id` is not a PagerDuty id');
  return found;
}

function list(value: unknown, key: string): readonly unknown[] {
  const found = field(value, key);
  if (!Array.isArray(found)) throw new ShapeError(`\`${key}\` is not a list`);
  return found;
}

/** Reads a page of `key`, for example `extensions`. */
export function decodePage<T>(document: unknown, key: string, decode: (item: unknown) => T): Page<T> {
  return {
    items: list(document, key).map(decode),
    more: moreOf(field(document, 'more')),
    total: totalOf(field(document, 'total')),
  };
}

/** Whether a list is complete hangs on these two: what they say in another type must not pass for "that is all". */
function moreOf(more: unknown): boolean {
  if (typeof more === 'boolean') return more;
  if (more === undefined || more === null) return false;
  throw new ShapeError('`more` is neither true nor false');
}

function totalOf(total: unknown): number | null {
  if (total === undefined || total === null) return null;
  if (typeof total === 'number' && Number.isSafeInteger(total) && total >= 0) return total;
  throw new ShapeError('`total` is not a number of entries');
}

/** Takes a single resource out of its wrapper (fact 10). */
export function unwrap<T>(document: unknown, key: string, decode: (item: unknown) => T): T {
  const found = field(document, key);
  if (!isObject(found)) throw new ShapeError(`\`${key}\` is missing`);
  return decode(found);
}

/** An answer about something else than what was asked for is no answer: what it shows would be changed or deleted in its place (F19). */
export function expectId(item: unknown, wanted: string): unknown {
  if (id(item) === wanted) return item;
  throw new ShapeError('it has another `id`');
}

/** @throws ShapeError */
export function decodeSchema(item: unknown): Schema {
  return { id: id(item), key: text(item, 'key'), label: textOrNull(item, 'label') ?? text(item, 'summary') };
}

/** A service, or a reference to one, which has a `summary` in place of the name. @throws ShapeError */
export function decodeService(item: unknown): Service {
  const teams = field(item, 'teams');
  return {
    id: id(item),
    name: textOrNull(item, 'name') ?? text(item, 'summary'),
    teamIds: Array.isArray(teams) ? teams.map(id) : [],
    htmlUrl: textOrNull(item, 'html_url'),
  };
}

/** @throws ShapeError */
export function decodeTeam(item: unknown): Team {
  return { id: id(item), name: textOrNull(item, 'name') ?? text(item, 'summary') };
}

/** An extension, with the id of its schema beside it: what the server filtered is filtered again here. */
export interface Extension {
  readonly schemaId: string;
  readonly action: LiveAction;
}

const OWN_TYPES: ReadonlySet<unknown> = new Set(['extension', 'webhook', 'extension_reference', undefined]);

/** Real objects say `"type": "webhook"` where the description says `extension` (fact 7); anything else is not ours to touch. */
export function decodeExtension(item: unknown): Extension {
  const disabled = field(item, 'temporarily_disabled');
  const foreign = !OWN_TYPES.has(field(item, 'type'));
  return {
    schemaId: id(field(item, 'extension_schema')),
    action: {
      id: id(item),
      label: textOrNull(item, 'name') ?? text(item, 'summary'),
      url: textOrNull(item, 'endpoint_url'),
      services: list(item, 'extension_objects').map((service) => ({
        id: id(service),
        name: textOrNull(service, 'summary') ?? textOrNull(service, 'name'),
      })),
      headerNames: headerNames(field(item, 'config')),
      disabled: typeof disabled === 'boolean' ? disabled : null,
      htmlUrl: textOrNull(item, 'html_url'),
      ...(foreign ? { foreign } : {}),
    },
  };
}

/**
 * Names only: values are redacted (fact 14) and must never be written back. A missing or null `headers` means none; only a missing
 * `config` leaves the names unknown.
 */
function headerNames(config: unknown): readonly string[] | null {
  if (config === undefined) return null;
  if (config === null) return [];
  const headers = field(config, 'headers') ?? null;
  if (headers === null) return [];
  if (!Array.isArray(headers)) return null;
  return headers.map((header) => text(header, 'name'));
}

/** The body of a create or an update (facts 5, 6, 10). Without headers there is no `config` at all (U4). */
export function encodeExtension(schemaId: string, serviceId: string, body: ActionBody): unknown {
  const { label, url, headers } = body;
  return {
    extension: {
      type: 'extension',
      name: label,
      endpoint_url: url,
      extension_schema: { id: schemaId, type: 'extension_schema_reference' },
      extension_objects: [{ id: serviceId, type: 'service_reference' }],
      ...(headers === undefined
        ? {}
        : { config: { headers: headers.map(({ name, value }) => ({ name, value })) } }),
    },
  };
}

/** The subdomain in an address of PagerDuty's web pages, with or without a region (fact 18). */
export function accountIn(htmlUrl: string): string | null {
  const match = /^([a-z0-9-]+)(?:\.eu)?\.pagerduty\.com$/.exec(parseUrl(htmlUrl)?.hostname ?? '');
  return match?.[1] ?? null;
}
