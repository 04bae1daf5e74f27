/** How records look from outside: PagerDuty's real shapes, which differ from its description for extensions (fact 7). */

import type { Extension, Note, Schema, Service, State, Team, User } from '../account/state.ts';
import { isDisabled } from '../account/state.ts';
import { defined, isObject } from '../json.ts';

export const API = 'https://api.pagerduty.com';

/** A time as PagerDuty writes it, without milliseconds (fact 33). */
export const seconds = (iso: string): string => iso.replace(/\.\d+Z$/, 'Z');

interface Reference {
  readonly id: string;
  readonly type: string;
  readonly summary: string;
  readonly self: string;
  readonly html_url: string | null;
}

/** Where a person sees something of this account; also tells the subdomain (fact 18). */
export const web = (state: State, path: string): string => `https://${state.account}.pagerduty.com/${path}`;

export function serviceReference(state: State, id: string): Reference {
  const summary = state.services.get(id)?.name || id;
  const html_url = web(state, `service-directory/${id}`);
  return { id, type: 'service_reference', summary, self: `${API}/services/${id}`, html_url };
}

export function teamReference(state: State, id: string): Reference {
  const summary = state.teams.get(id)?.name || id;
  return {
    id,
    type: 'team_reference',
    summary,
    self: `${API}/teams/${id}`,
    html_url: web(state, `teams/${id}`),
  };
}

export function userReference(state: State, user: User): Reference {
  const html_url = web(state, `users/${user.id}`);
  return {
    id: user.id,
    type: 'user_reference',
    summary: user.name,
    self: `${API}/users/${user.id}`,
    html_url,
  };
}

/** The one escalation policy of the account. */
export function escalationPolicyReference(state: State): Reference {
  return {
    id: 'PESCPOL',
    type: 'escalation_policy_reference',
    summary: 'Default',
    self: `${API}/escalation_policies/PESCPOL`,
    html_url: web(state, 'escalation_policies/PESCPOL'),
  };
}

export function schemaReference(state: State, id: string): Reference {
  const summary = state.schemas.get(id)?.label ?? id;
  const self = `${API}/extension_schemas/${id}`;
  return { id, type: 'extension_schema_reference', summary, self, html_url: null };
}

export function schemaView(schema: Schema): Record<string, unknown> {
  const { id, key, label, sendTypes } = schema;
  return {
    id,
    type: 'extension_schema',
    summary: label,
    self: `${API}/extension_schemas/${id}`,
    html_url: null,
    icon_url: '',
    logo_url: '',
    label,
    key,
    description: label === null ? null : `The ${label} extension`,
    guide_url: '',
    send_types: sendTypes,
    url: '',
  };
}

export function teamView(state: State, team: Team): Record<string, unknown> {
  const { id, name } = team;
  return {
    ...teamReference(state, id),
    type: 'team',
    name: name || null,
    description: '',
    default_role: 'manager',
  };
}

export function userView(state: State, user: User): Record<string, unknown> {
  const teams = [...state.teams.values()].filter(({ members }) => members?.includes(user.id));
  return {
    ...userReference(state, user),
    type: 'user',
    name: user.name,
    email: user.email,
    time_zone: 'Etc/UTC',
    color: 'green',
    role: 'admin',
    job_title: 'Sandbox user',
    teams: teams.map(({ id }) => teamReference(state, id)),
    contact_methods: [],
    notification_rules: [],
  };
}

export function serviceView(
  state: State,
  service: Service,
  include: ReadonlySet<string> = new Set(),
): Record<string, unknown> {
  const teams = service.teamIds.map((id) => {
    const team = state.teams.get(id);
    return include.has('teams') && team ? teamView(state, team) : teamReference(state, id);
  });
  return {
    ...serviceReference(state, service.id),
    type: 'service',
    name: service.name || null,
    description: '',
    status: 'active',
    escalation_policy: escalationPolicyReference(state),
    teams: service.hasNullTeam ? [...teams, null] : teams,
    integrations: [],
    addons: [],
    scheduled_actions: [],
    alert_creation: 'create_alerts_and_incidents',
  };
}

/** How an extension is read: which parts are expanded, and what is redacted (facts 7, 9, 14). */
export function extensionView(
  state: State,
  extension: Extension,
  include: ReadonlySet<string>,
  now: number,
): Record<string, unknown> {
  const { id, schemaId, serviceIds } = extension;
  const name = extension.odd ? extension.name || null : extension.name;
  const schema = state.schemas.get(schemaId);
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
      const service = state.services.get(serviceId);
      const expand = include.has('extension_objects') && service;
      return expand ? serviceView(state, service) : serviceReference(state, serviceId);
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

/** The keys of `config` beside the headers. */
function otherConfig(state: State, extension: Extension): Record<string, unknown> {
  const description = state.switches.description === 'config' ? extension.description : undefined;
  return { ...extension.config, ...defined({ description }) };
}

/** Every text but a header's name is hidden: in headers of another shape, any may be a value. */
function redactedIn(state: State, value: unknown, key?: string): unknown {
  if (key === 'name' || state.switches.redacted === 'nothing') return value;
  if (typeof value === 'string') return state.switches.redactedText;
  if (Array.isArray(value)) return value.map((one) => redactedIn(state, one));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, redactedIn(state, one, name)]));
}

function readHeaders(state: State, headers: Extension['headers']): Extension['headers'] {
  if (!headers || state.switches.redacted === 'nothing') return headers;
  return headers.map(({ name }) => ({ name, value: state.switches.redactedText }));
}

/** `config` as a delivery carries it: with the real values (facts 15 and 36). */
export function deliveredConfig(state: State, extension: Extension): Record<string, unknown> {
  return { ...defined({ headers: extension.headers }), ...otherConfig(state, extension) };
}

export function noteView(state: State, note: Note): Record<string, unknown> {
  const user = state.users.get(note.userId);
  return {
    id: note.id,
    ...(user && { user: userReference(state, user) }),
    channel: { summary: 'The PagerDuty website or APIs' },
    content: note.content,
    created_at: seconds(note.createdAt),
    updated_at: seconds(note.createdAt),
  };
}
