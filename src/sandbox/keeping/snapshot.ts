/** The account as plain data: for people who look at it, and for the data file. */

import { applyChange } from '../account/change.ts';
import type {
  Extension,
  Incident,
  OAuthApp,
  Priority,
  Schema,
  Service,
  State,
  Team,
} from '../account/state.ts';
import type { Switches } from '../account/switches.ts';
import { isObject } from '../json.ts';
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
  const extensions = [...state.extensions.values()].map(({ schemaId, visibleFrom: _passing, ...one }) => ({
    ...one,
    // By key, not by id: the id depends on a switch (U14).
    schema: state.schemas.get(schemaId)?.key ?? schemaId,
  }));
  return structuredClone({
    version: 1,
    account: state.account,
    sequence: state.sequence,
    apps: [...state.apps.values()],
    teams: [...state.teams.values()],
    services: [...state.services.values()],
    schemas: addedSchemas(state),
    extensions,
    priorities: [...state.priorities.values()],
    incidents: [...state.incidents.values()],
  });
}

function addedSchemas(state: State): Schema[] {
  const usual = emptyState(state.account, '', state.switches).schemas;
  return [...state.schemas.values()].filter(({ id }) => !usual.has(id));
}

/** The state that a snapshot holds, or a sentence that says why it holds none. */
export function stateFromSnapshot(value: unknown, token: string, switches: Switches): State | string {
  if (!isObject(value)) return 'it does not hold a JSON object';
  if (value.version !== 1) return `its version is ${JSON.stringify(value.version) ?? 'missing'}, not 1`;
  if (!isSnapshot(value)) return 'some of its records are not what they should be';
  const state = emptyState(value.account, token, switches);
  for (const schema of value.schemas ?? []) state.schemas.set(schema.id, schema);
  const schemaIds = new Map([...state.schemas.values()].map(({ key, id }) => [key, id]));
  const put = { op: 'put', verb: 'create' } as const;
  for (const app of value.apps ?? []) state.apps.set(app.id, app);
  for (const team of value.teams) applyChange(state, { ...put, type: 'team', value: team });
  for (const service of value.services) applyChange(state, { ...put, type: 'service', value: service });
  for (const { schema, ...one } of value.extensions) {
    const extension = { ...one, schemaId: schemaIds.get(schema) ?? schema, visibleFrom: 0 };
    applyChange(state, { ...put, type: 'extension', value: extension });
  }
  for (const priority of value.priorities ?? [])
    applyChange(state, { ...put, type: 'priority', value: priority });
  for (const incident of value.incidents) {
    applyChange(state, { ...put, type: 'incident', value: { ...sinceThen(incident), ...incident } });
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
