/** Extensions as seen from outside: PagerDuty's real shape, which differs from its description (fact 7). */
import type { State } from '../../account/state.ts';
import { defined, isObject } from '../../narrow.ts';
import { API } from '../../wire/shown.ts';
import { schemaReference, schemas, schemaView } from '../extension-schemas.ts';
import { serviceReference, services, serviceView } from '../services.ts';
import { type Extension, isDisabled } from './record.ts';

/** The view of an extension: its expanded and its redacted parts (facts 7, 9, 14). */
export function extensionView(
  state: State,
  extension: Extension,
  include: ReadonlySet<string>,
  now: number,
): Record<string, unknown> {
  const { id, schemaId, serviceIds } = extension;
  const name = extension.odd ? extension.name || null : extension.name;
  const schema = schemas.in(state).get(schemaId);
  return {
    id,
    type: 'webhook',
    summary: name,
    self: `${API}/webhooks/${id}`,
    html_url: null,
    name,
    endpoint_url: readUrl(state, extension.url),
    extension_schema:
      include.has('extension_schemas') && schema ? schemaView(schema) : schemaReference(state, schemaId),
    extension_objects: serviceIds.map((serviceId) => {
      const service = services.in(state).get(serviceId);
      const expand = include.has('extension_objects') && service;
      return expand ? serviceView(state, service, new Set()) : serviceReference(state, serviceId);
    }),
    ...(include.has('temporarily_disabled') && { temporarily_disabled: isDisabled(extension, now) }),
    ...(state.switches.description === 'field' && { description: extension.description }),
    ...(state.switches.headerNames === 'shown' && { config: readConfig(state, extension) }),
  };
}

function readUrl(state: State, url: string | null): string | null {
  return state.switches.redacted === 'headers-and-url' && url ? state.switches.redactedText : url;
}

/** Stored as it was sent: no key is added (fact 14). */
function readConfig(state: State, extension: Extension): Record<string, unknown> {
  const config = {
    ...defined({ headers: readHeaders(state, extension.headers) }),
    ...otherConfig(state, extension),
  };
  return extension.odd ? { ...config, ...defined({ headers: redactedIn(state, config.headers) }) } : config;
}

/** The keys of `config` other than the headers. */
function otherConfig(state: State, extension: Extension): Record<string, unknown> {
  const description = state.switches.description === 'config' ? extension.description : undefined;
  return { ...extension.config, ...defined({ description }) };
}

/** Hides every text except a header's name, because in headers of another shape any may be a value. */
function redactedIn(state: State, value: unknown, key?: string): unknown {
  if (key === 'name' || state.switches.redacted === 'nothing') return value;
  if (typeof value === 'string') return state.switches.redactedText;
  if (Array.isArray(value)) return value.map((item) => redactedIn(state, item));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, redactedIn(state, member, name)]),
  );
}

function readHeaders(state: State, headers: Extension['headers']): Extension['headers'] {
  if (!headers || state.switches.redacted === 'nothing') return headers;
  return headers.map(({ name }) => ({ name, value: state.switches.redactedText }));
}

/** `config` as in a delivery: with the real values (facts 15 and 36). */
export function deliveredConfig(state: State, extension: Extension): Record<string, unknown> {
  return { ...defined({ headers: extension.headers }), ...otherConfig(state, extension) };
}
