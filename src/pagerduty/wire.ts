/** Decodes PagerDuty's JSON. Unknown fields are ignored; a missing one that matters makes the answer unusable (F19). */

import type { LiveAction, Service, Team } from '../core/action.ts';
import { ID_PATTERN } from '../core/selector.ts';
import { fieldOf, isObject, textOrNull } from '../json-fields.ts';
import { parseUrl } from '../parse-url.ts';
import type { ActionBody } from './store.ts';

/** An answer that is JSON but not the expected document. `what` names the missing or strange field. */
export class ShapeError extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'ShapeError';
  }
}

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
  /** Of the whole list; null if the answer omits it (fact 25). */
  readonly total: number | null;
}

/** An extension schema (fact 4). */
export interface Schema {
  readonly id: string;
  readonly key: string;
  readonly label: string;
}

function text(value: unknown, key: string): string {
  const field = fieldOf(value, key);
  if (typeof field !== 'string') throw new ShapeError(`\`${key}\` is not a string`);
  return field;
}

/** An id for paths, which must contain nothing else (T19). @throws ShapeError */
export function id(value: unknown): string {
  const field = text(value, 'id');
  if (!ID_PATTERN.test(field)) throw new ShapeError('`id` is not a PagerDuty id');
  return field;
}

function list(value: unknown, key: string): readonly unknown[] {
  const field = fieldOf(value, key);
  if (!Array.isArray(field)) throw new ShapeError(`\`${key}\` is not a list`);
  return field;
}

/** Reads a page of `key`, for example `extensions`. */
export function decodePage<T>(
  document: unknown,
  key: string,
  decode: (item: unknown, index: number) => T,
): Page<T> {
  return {
    items: list(document, key).map((item, index) => decode(item, index)),
    hasMore: moreOf(fieldOf(document, 'more')),
    total: totalOf(fieldOf(document, 'total')),
  };
}

/** These two decide whether a list is complete, so values of another type must not count as the end. */
function moreOf(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (value === undefined || value === null) return false;
  throw new ShapeError('`more` is neither true nor false');
}

function totalOf(total: unknown): number | null {
  if (total === undefined || total === null) return null;
  if (typeof total === 'number' && Number.isSafeInteger(total) && total >= 0) return total;
  throw new ShapeError('`total` is not a valid count');
}

/** Takes a single resource out of its wrapper (fact 10). */
export function unwrap<T>(document: unknown, key: string, decode: (item: unknown) => T): T {
  const field = fieldOf(document, key);
  if (!isObject(field)) throw new ShapeError(`\`${key}\` is missing`);
  return decode(field);
}

/** An answer about another object is not an answer: the object it shows would be changed or deleted instead (F19). */
export function expectId(item: unknown, wanted: string): unknown {
  if (id(item) === wanted) return item;
  throw new ShapeError('it has a different `id`');
}

/** Only the id of a schema is certain: other vendors' have no key or label (fact 58). @throws ShapeError without an id */
export function decodeSchema(item: unknown): Schema {
  const label = textOrNull(item, 'label') ?? textOrNull(item, 'summary') ?? '';
  return { id: id(item), key: textOrNull(item, 'key') ?? '', label };
}

/** A service, or a reference to one, which has a `summary` in place of the name. @throws ShapeError */
export function decodeService(item: unknown): Service {
  const teams = fieldOf(item, 'teams');
  return {
    id: id(item),
    name: textOrNull(item, 'name') ?? textOrNull(item, 'summary') ?? '(no name)',
    teamIds: idsIn(teams),
    htmlUrl: textOrNull(item, 'html_url'),
  };
}

/** A service of a list. One without a valid id is counted and named, and can be neither selected nor written to (F50). */
export type ListedService = Service & { readonly withoutId?: true };

/** @param place replaces an invalid id, so that the list can still be counted */
export function listedService(item: unknown, place: string): ListedService {
  if (idOrNull(item) !== null) return decodeService(item);
  const { id: _invalid, ...rest } = isObject(item) ? item : {};
  return {
    ...decodeService({ ...rest, id: ID_OF_NONE }),
    id: textOrNull(item, 'id') ?? place,
    withoutId: true,
  };
}

/** A placeholder id while the rest of the record is decoded. */
const ID_OF_NONE = 'X';

/** The ids in a list of references; references without one are dropped. */
function idsIn(references: unknown): string[] {
  if (!Array.isArray(references)) return [];
  return references.map(idOrNull).filter((known) => known !== null);
}

function idOrNull(value: unknown): string | null {
  const field = textOrNull(value, 'id');
  return field !== null && ID_PATTERN.test(field) ? field : null;
}

/**
 * A team. Without a valid id or a name it gets no name, so that no selector matches it and the others can be read (F50).
 * @param place replaces an invalid id
 */
export function readTeam(item: unknown, place: string): Team {
  const name = textOrNull(item, 'name') ?? textOrNull(item, 'summary') ?? '';
  const known = idOrNull(item);
  return known === null ? { id: place, name: '' } : { id: known, name };
}

/** An extension, with the id of its schema, because the server's filter is applied again here. */
export interface Extension {
  /** Null if the record has none. */
  readonly schemaId: string | null;
  readonly action: LiveAction;
}

const OWN_TYPES: ReadonlySet<unknown> = new Set(['extension', 'webhook', 'extension_reference', undefined]);

/** Real objects say `"type": "webhook"` where the description says `extension` (fact 7); anything else is not ours to touch. */
export function decodeExtension(item: unknown): Extension {
  const disabled = fieldOf(item, 'temporarily_disabled');
  const foreign = !OWN_TYPES.has(fieldOf(item, 'type'));
  return {
    schemaId: id(fieldOf(item, 'extension_schema')),
    action: {
      id: id(item),
      label: textOrNull(item, 'name') ?? textOrNull(item, 'summary') ?? text(item, 'name'),
      url: textOrNull(item, 'endpoint_url'),
      services: list(item, 'extension_objects').map((service) => ({
        id: id(service),
        name: textOrNull(service, 'summary') ?? textOrNull(service, 'name'),
      })),
      headerNames: headerNames(fieldOf(item, 'config')),
      disabled: typeof disabled === 'boolean' ? disabled : null,
      htmlUrl: textOrNull(item, 'html_url'),
      ...(foreign ? { foreign } : {}),
    },
  };
}

/**
 * The same for reads: one malformed record must not hide the others (F50). Keeps its readable parts.
 * @param place replaces the id of a record without one
 */
export function readExtension(item: unknown, place: string): Extension {
  try {
    return decodeExtension(item);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    return withoutServices(item) ?? salvage(item, place, error.message);
  }
}

/** A record with no other problem than naming no service: readable, and on none (fact 58). */
function withoutServices(item: unknown): Extension | undefined {
  const objects = fieldOf(item, 'extension_objects');
  if (!isObject(item) || (Array.isArray(objects) && objects.some((object) => idOrNull(object) !== null)))
    return undefined;
  try {
    return decodeExtension({ ...item, extension_objects: [] });
  } catch {
    return undefined;
  }
}

function salvage(item: unknown, place: string, unreadable: string): Extension {
  const objects = fieldOf(item, 'extension_objects');
  const disabled = fieldOf(item, 'temporarily_disabled');
  return {
    schemaId: idOrNull(fieldOf(item, 'extension_schema')),
    action: {
      id: idOrNull(item) ?? place,
      label: textOrNull(item, 'name') ?? textOrNull(item, 'summary') ?? '(no name)',
      url: textOrNull(item, 'endpoint_url'),
      services: (Array.isArray(objects) ? objects : []).flatMap(serviceIn),
      headerNames: null,
      disabled: typeof disabled === 'boolean' ? disabled : null,
      unreadable,
      htmlUrl: textOrNull(item, 'html_url'),
    },
  };
}

function serviceIn(reference: unknown): LiveAction['services'] {
  const known = idOrNull(reference);
  return known === null
    ? []
    : [{ id: known, name: textOrNull(reference, 'summary') ?? textOrNull(reference, 'name') }];
}

/**
 * Names only: values are redacted (fact 14) and must never be written back. A missing or null `headers` means none; only a missing
 * `config` leaves the names unknown.
 */
function headerNames(config: unknown): readonly string[] | null {
  if (config === undefined) return null;
  if (config === null) return [];
  const headers = fieldOf(config, 'headers') ?? null;
  if (headers === null) return [];
  if (!Array.isArray(headers)) throw new ShapeError('`config.headers` is not a list');
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

/** The subdomain in a URL of PagerDuty's web pages, with or without a region (fact 18). */
export function accountIn(htmlUrl: string): string | null {
  const match = /^([a-z0-9-]+)(?:\.eu)?\.pagerduty\.com$/.exec(parseUrl(htmlUrl)?.hostname ?? '');
  return match?.[1] ?? null;
}
