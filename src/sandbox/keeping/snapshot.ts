/** The account as plain data: for people who look at it, and for the data file. */

import { applyChange } from '../account/change.ts';
import type { State } from '../account/state.ts';
import type { Switches } from '../account/switches.ts';
import { isObject } from '../json.ts';
import { apps, type OAuthApp } from '../resources/apps.ts';
import { type Schema, schemas } from '../resources/extension-schemas.ts';
import { type Extension, extensions } from '../resources/extensions/record.ts';
import { type Incident, incidents } from '../resources/incidents/record.ts';
import { type Priority, priorities } from '../resources/priorities.ts';
import { type Service, services } from '../resources/services.ts';
import { type Team, teams } from '../resources/teams.ts';
import { emptyState } from '../seed/account.ts';

/** A deep copy of the account, with real header values and client secrets. Switches and times are no part of it. */
export interface Snapshot {
  readonly version: 1;
  readonly account: string;
  readonly sequence: number;
  readonly apps: readonly OAuthApp[];
  readonly teams: readonly Team[];
  readonly services: readonly Service[];
  /** Those of the seed, beside the ones that every account has. */
  readonly schemas: readonly Schema[];
  readonly extensions: readonly (Omit<Extension, 'schemaId' | 'visibleFrom'> & { readonly schema: string })[];
  readonly priorities: readonly Priority[];
  readonly incidents: readonly Incident[];
}

/** @returns a copy that later changes do not touch */
export function snapshotOf(state: State): Snapshot {
  const rows = [...extensions.in(state).values()].map(({ schemaId, visibleFrom: _passing, ...one }) => ({
    ...one,
    // By key, not by id: the id depends on a switch (U14).
    schema: schemas.in(state).get(schemaId)?.key ?? schemaId,
  }));
  return structuredClone({
    version: 1,
    account: state.account,
    sequence: state.sequence,
    apps: [...apps.in(state).values()],
    teams: [...teams.in(state).values()],
    services: [...services.in(state).values()],
    schemas: addedSchemas(state),
    extensions: rows,
    priorities: [...priorities.in(state).values()],
    incidents: [...incidents.in(state).values()],
  });
}

function addedSchemas(state: State): Schema[] {
  const usual = schemas.in(emptyState(state.account, '', state.switches));
  return [...schemas.in(state).values()].filter(({ id }) => !usual.has(id));
}

/** The state that a snapshot holds, or a sentence that says why it holds none. */
export function stateFromSnapshot(value: unknown, token: string, switches: Switches): State | string {
  if (!isObject(value)) return 'it does not hold a JSON object';
  if (value.version !== 1) return `its version is ${JSON.stringify(value.version) ?? 'missing'}, not 1`;
  if (!isSnapshot(value)) return 'some of its records are not what they should be';
  const state = emptyState(value.account, token, switches);
  for (const schema of value.schemas ?? []) schemas.in(state).set(schema.id, schema);
  const schemaIds = new Map([...schemas.in(state).values()].map(({ key, id }) => [key, id]));
  for (const app of value.apps ?? []) apps.in(state).set(app.id, app);
  for (const team of value.teams) applyChange(state, teams.put('create', team));
  for (const service of value.services) applyChange(state, services.put('create', service));
  for (const { schema, ...one } of value.extensions) {
    const extension = { ...one, schemaId: schemaIds.get(schema) ?? schema, visibleFrom: 0 };
    applyChange(state, extensions.put('create', extension));
  }
  for (const priority of value.priorities ?? []) applyChange(state, priorities.put('create', priority));
  for (const incident of value.incidents) {
    applyChange(state, incidents.put('create', { ...sinceThen(incident), ...incident }));
  }
  state.sequence = value.sequence;
  return state;
}

/** What the incidents of a data file lack that an earlier version has written. */
function sinceThen({ createdAt, details }: Incident & { readonly details?: unknown }): Partial<Incident> {
  const silent = { source: null, component: null, group: null, class: null, severity: null };
  return {
    statusChangedAt: createdAt,
    statusChangedBy: null,
    priorityId: null,
    trigger: { ...silent, details: details ?? null },
    alerts: [],
    log: [],
  };
}

/** The file is the sandbox's own, so the check is for damage, not for mistakes. */
function isSnapshot(
  value: Readonly<Record<string, unknown>>,
): value is Readonly<Record<string, unknown>> & Snapshot {
  const { account, sequence, teams, services, extensions, priorities = [], incidents } = value;
  const { apps = [], schemas = [] } = value;
  return (
    areRecords(schemas, { id: 'string', sendTypes: 'object' }) &&
    typeof account === 'string' &&
    typeof sequence === 'number' &&
    areRecords(apps, { id: 'string', secret: 'string', scopes: 'object' }) &&
    areRecords(teams, { id: 'string', name: 'string' }) &&
    areRecords(services, { id: 'string', name: 'string', teamIds: 'object' }) &&
    areRecords(extensions, {
      id: 'string',
      name: 'string',
      schema: 'string',
      serviceIds: 'object',
      drops: 'number',
    }) &&
    areRecords(priorities, { id: 'string', name: 'string' }) &&
    areRecords(incidents, { id: 'string', title: 'string', serviceId: 'string', notes: 'object' })
  );
}

function areRecords(value: unknown, shape: Readonly<Record<string, string>>): boolean {
  const fits = (record: unknown) =>
    isObject(record) &&
    Object.entries(shape).every(([key, type]) =>
      type === 'object' ? Array.isArray(record[key]) : typeof record[key] === type,
    );
  return Array.isArray(value) && value.every(fits);
}
