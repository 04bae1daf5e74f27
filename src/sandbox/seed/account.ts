/** From a seed to an account, and the changes that people make to it by hand. */

import { applyChange, type Change, type Records } from '../account/change.ts';
import { blankState, type Identified, type State } from '../account/state.ts';
import { defaultSwitches, type Switches } from '../account/switches.ts';
import { defined } from '../json.ts';
import { apps } from '../resources/apps.ts';
import { SEND_TYPES, schemas } from '../resources/extension-schemas.ts';
import { type Extension, extensions, extensionsOn } from '../resources/extensions/record.ts';
import { type EventFacts, type Incident, incidents } from '../resources/incidents/record.ts';
import { priorities } from '../resources/priorities.ts';
import { type Service, services } from '../resources/services.ts';
import { teams } from '../resources/teams.ts';
import { users } from '../resources/users.ts';
import { type Insertion, type Seed, serviceIdsOf } from './seed.ts';

const ALL: readonly Records[] = [users, teams, schemas, services, extensions, priorities, incidents];

/** A state with the records that every account has, and nothing else. */
export function emptyState(account: string, token: string, switches: Switches): State {
  const state = blankState(account, token, switches);
  for (const records of ALL) {
    for (const row of records.initial(account, switches)) records.in(state).set(row.id, row);
  }
  return state;
}

/**
 * The account that a seed describes.
 * @param overrides switches that win over those of the seed
 */
export function stateOf(seed: Seed, token: string, now: number, overrides: Partial<Switches> = {}): State {
  const switches = { ...defaultSwitches(), ...(seed.switches as Partial<Switches>), ...overrides };
  const state = emptyState(seed.account, token, switches);
  for (const app of seed.apps) apps.in(state).set(app.id, app);
  for (const change of insertionChanges(state, seed, now)) applyChange(state, change);
  return state;
}

/** What adds records, or replaces those whose id is known. No rule of the API stands in the way: a person did it elsewhere. */
export function insertionChanges(state: State, insertion: Insertion, now: number): readonly Change[] {
  const put = <Row extends Identified>(records: Records<Row>, value: Row) =>
    records.put(records.in(state).has(value.id) ? 'update' : 'create', value);
  return [
    ...insertion.teams.map(({ id, name, members }) =>
      put(teams, { id, name: name ?? '', ...defined({ members }) }),
    ),
    ...insertion.schemas.map((one) => put(schemas, { ...one, sendTypes: SEND_TYPES })),
    ...insertion.services.map((one) => put(services, serviceOf(one))),
    ...insertion.extensions.map((one) => put(extensions, extensionOf(state, one))),
    ...insertion.priorities.map((one) => put(priorities, one)),
    ...insertion.incidents.map((one, at) =>
      put(incidents, incidentOf(one, incidents.in(state).size + at + 1, now)),
    ),
  ];
}

/** What removes a record of any type. A service takes its extensions along, or leaves them (U13). */
export function removalChanges(state: State, id: string): readonly Change[] {
  const orphans =
    state.switches.orphans === 'delete' && services.in(state).has(id) ? extensionsOn(state, id) : [];
  const removable = ALL.filter((records) => records !== users && records.in(state).has(id)).slice(0, 1);
  return [
    ...orphans.map((orphan) => extensions.remove(orphan.id)),
    ...removable.map((records) => records.remove(id)),
  ];
}

function serviceOf({ id, name, teams }: Insertion['services'][number]): Service {
  const teamIds = teams.filter((team) => team !== null);
  const hasNullTeam = teamIds.length < teams.length;
  return { id, name: name ?? '', teamIds, ...(hasNullTeam && { hasNullTeam }) };
}

function extensionOf(state: State, one: Insertion['extensions'][number]): Extension {
  const schema = [...schemas.in(state).values()].find(({ key }) => key === one.schema);
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
