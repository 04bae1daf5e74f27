/** From a seed to an account, and the changes that people make to it by hand. */

import { applyChange, type Change } from '../account/change.ts';
import type { EventFacts, Extension, Incident, Schema, Service, State, User } from '../account/state.ts';
import { CUSTOM_ACTION } from '../account/state.ts';
import { defaultSwitches, type Switches } from '../account/switches.ts';
import { defined } from '../json.ts';
import { type Insertion, type Seed, serviceIdsOf } from './seed.ts';

const SEND_TYPES = ['trigger', 'acknowledge', 'resolve', 'delegate', 'escalate', 'unacknowledge', 'assign'];

/** The id of the custom incident action schema: the same everywhere, or of this account only (U14). */
function customSchemaId(account: string, switches: Switches): string {
  if (switches.schemaId === 'global') return 'PCUSTOM';
  return `PC${[...account]
    .reduce((sum, letter) => sum + letter.charCodeAt(0), 0)
    .toString(36)
    .toUpperCase()}`;
}

function schemasOf(account: string, switches: Switches): readonly Schema[] {
  return [
    { id: 'PJFWPEP', key: 'generic_v2_webhook', label: 'Generic V2 Webhook', sendTypes: SEND_TYPES },
    { id: 'PSLACK1', key: 'slack', label: 'Slack', sendTypes: SEND_TYPES },
    {
      id: customSchemaId(account, switches),
      key: CUSTOM_ACTION,
      label: 'Custom Incident Action',
      sendTypes: ['custom'],
    },
    { id: 'PSNOW01', key: 'service_now', label: 'ServiceNow', sendTypes: SEND_TYPES },
  ];
}

/** A state with the schemas and the one user that every account has, and nothing else. */
export function emptyState(account: string, token: string, switches: Switches): State {
  const schemas = schemasOf(account, switches);
  const user: User = { id: 'PUSER01', name: 'Sam Sandbox', email: `sam@${account}.example` };
  return {
    account,
    token,
    switches,
    sequence: 0,
    reads: 0,
    users: new Map([[user.id, user]]),
    apps: new Map(),
    teams: new Map(),
    schemas: new Map(schemas.map((schema) => [schema.id, schema])),
    services: new Map(),
    extensions: new Map(),
    priorities: new Map(),
    incidents: new Map(),
    byService: new Map(),
    bySchema: new Map(),
    lagging: new Set(),
    refused: new Set(),
    sorted: new Map(),
  };
}

/**
 * The account that a seed describes.
 * @param overrides switches that win over those of the seed
 */
export function stateOf(seed: Seed, token: string, now: number, overrides: Partial<Switches> = {}): State {
  const switches = { ...defaultSwitches(), ...(seed.switches as Partial<Switches>), ...overrides };
  const state = emptyState(seed.account, token, switches);
  for (const app of seed.apps) state.apps.set(app.id, app);
  for (const change of insertionChanges(state, seed, now)) applyChange(state, change);
  return state;
}

/** What adds records, or replaces those whose id is known. No rule of the API stands in the way: a person did it elsewhere. */
export function insertionChanges(state: State, insertion: Insertion, now: number): readonly Change[] {
  const verb = (records: ReadonlyMap<string, unknown>, id: string) => (records.has(id) ? 'update' : 'create');
  return [
    ...insertion.teams.map(({ id, name, members }): Change => {
      const value = { id, name: name ?? '', ...defined({ members }) };
      return { op: 'put', type: 'team', verb: verb(state.teams, id), value };
    }),
    ...insertion.schemas.map((one): Change => {
      const value = { ...one, sendTypes: SEND_TYPES };
      return { op: 'put', type: 'schema', verb: verb(state.schemas, one.id), value };
    }),
    ...insertion.services.map((one): Change => {
      const { id } = one;
      const value = serviceOf(one);
      return { op: 'put', type: 'service', verb: verb(state.services, id), value };
    }),
    ...insertion.extensions.map((one): Change => {
      const value = extensionOf(state, one);
      return { op: 'put', type: 'extension', verb: verb(state.extensions, one.id), value };
    }),
    ...insertion.priorities.map(
      (value): Change => ({ op: 'put', type: 'priority', verb: verb(state.priorities, value.id), value }),
    ),
    ...insertion.incidents.map((one, at): Change => {
      const value = incidentOf(one, state.incidents.size + at + 1, now);
      return { op: 'put', type: 'incident', verb: verb(state.incidents, one.id), value };
    }),
  ];
}

/** What removes a record of any type. A service takes its extensions along, or leaves them (U13). */
export function removalChanges(state: State, id: string): readonly Change[] {
  const remove = (type: 'extension' | 'service' | 'team' | 'schema' | 'priority' | 'incident'): Change[] => [
    { op: 'remove', type, id },
  ];
  if (state.extensions.has(id)) return remove('extension');
  if (state.teams.has(id)) return remove('team');
  if (state.schemas.has(id)) return remove('schema');
  if (state.priorities.has(id)) return remove('priority');
  if (state.incidents.has(id)) return remove('incident');
  if (!state.services.has(id)) return [];
  const orphans = state.switches.orphans === 'delete' ? [...(state.byService.get(id) ?? [])] : [];
  return [
    ...orphans.map((orphan): Change => ({ op: 'remove', type: 'extension', id: orphan })),
    ...remove('service'),
  ];
}

function serviceOf({ id, name, teams }: Insertion['services'][number]): Service {
  const teamIds = teams.filter((team) => team !== null);
  const hasNullTeam = teamIds.length < teams.length;
  return { id, name: name ?? '', teamIds, ...(hasNullTeam && { hasNullTeam }) };
}

function extensionOf(state: State, one: Insertion['extensions'][number]): Extension {
  const schema = [...state.schemas.values()].find(({ key }) => key === one.schema);
  return {
    id: one.id,
    name: one.name ?? '',
    ...(one.odd && { odd: true }),
    url: one.url,
    schemaId: schema?.id ?? one.schema,
    serviceIds: serviceIdsOf(one),
    ...configOf(state, one),
    description: one.description ?? null,
    disabled: one.disabled,
    disabledUntil: null,
    drops: 0,
    visibleFrom: 0,
  };
}

/** What made it decides on the keys of `config`: the web UI adds `referer`, and `headers` even without any (fact 14). */
function configOf(
  { account }: State,
  { headers, config = {}, madeIn }: Insertion['extensions'][number],
): Pick<Extension, 'headers' | 'config'> {
  if (madeIn === 'api') return { ...defined({ headers }), config };
  const referer = `https://${account}.pagerduty.com/extensions`;
  return { headers: headers ?? null, config: { ...config, referer } };
}

type SeededIncident = Insertion['incidents'][number];

function incidentOf(one: SeededIncident, number: number, now: number): Incident {
  const { id, title, service: serviceId, urgency, status, priority, trigger, alerts } = one;
  const createdAt = new Date(now).toISOString();
  return {
    ...{ id, number, key: id, title, serviceId, urgency, status, createdAt },
    statusChangedAt: createdAt,
    statusChangedBy: null,
    priorityId: priority ?? null,
    trigger: eventOf(trigger),
    alerts: alerts.map((alert) => ({
      ...eventOf(alert),
      id: alert.id,
      key: alert.key ?? alert.id,
      summary: alert.summary,
      status: alert.status,
    })),
    log: [],
    notes: [],
  };
}

function eventOf(event: SeededIncident['trigger']): EventFacts {
  const { source = null, component = null, group = null, class: kind = null, severity = null } = event;
  return { source, component, group, class: kind, severity, details: event.details ?? null };
}
