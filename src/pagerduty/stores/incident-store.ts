/** The port for data that a press does not include (fact 33): alerts, the details of the trigger, the teams of the user who pressed. */

import { isObject, type Json, textOrNull } from '../../json-fields.ts';
import type { Caller } from '../http/call.ts';
import { id as idOf, ShapeError } from '../wire.ts';
import { checkedId } from './checked-id.ts';

export interface IncidentStore {
  /** The first hundred alerts of an incident, as PagerDuty gives them. @param off aborts if it takes too long */
  alerts(incidentId: string, off: AbortSignal): Promise<readonly Json[]>;
  /** The log entry that triggered an incident, with its channel. @param entryId null: it is looked up first */
  trigger(incidentId: string, entryId: string | null, off: AbortSignal): Promise<Json>;
  /** The ids and the names of the teams of a user. */
  teams(userId: string, off: AbortSignal): Promise<readonly string[]>;
}

/** Enough for a handler; a larger page is refused (fact 25). */
const MOST_ALERTS = '100';

/** Incidents over one caller, so that reads keep to the same pace as other requests. */
export function createIncidentStore(call: Caller): IncidentStore {
  return {
    alerts: (incidentId, off) =>
      call({
        class: 'read',
        request: {
          method: 'GET',
          path: `/incidents/${checkedId(incidentId)}/alerts`,
          query: { limit: MOST_ALERTS },
        },
        what: `read the alerts of the incident ${incidentId}`,
        decode: alertsIn,
        off,
      }),
    async trigger(incidentId, entryId, off) {
      const id = checkedId(entryId ?? (await triggerId(call, incidentId, off)));
      return call({
        class: 'read',
        request: { method: 'GET', path: `/log_entries/${id}`, query: { 'include[]': ['channels'] } },
        what: `read the trigger of the incident ${incidentId}`,
        decode: (document) => member(document, 'log_entry'),
        off,
      });
    },
    teams: (userId, off) =>
      call({
        class: 'read',
        request: { method: 'GET', path: `/users/${checkedId(userId)}` },
        what: `read the teams of the user ${userId}`,
        decode: teamsIn,
        off,
      }),
  };
}

function triggerId(call: Caller, incidentId: string, off: AbortSignal): Promise<string> {
  return call({
    class: 'read',
    request: { method: 'GET', path: `/incidents/${checkedId(incidentId)}` },
    what: `read the incident ${incidentId}`,
    decode: (document) => idOf(member(member(document, 'incident'), 'first_trigger_log_entry')),
    off,
  });
}

function alertsIn(document: unknown): readonly Json[] {
  if (!isObject(document) || !Array.isArray(document.alerts)) {
    throw new ShapeError('`alerts` is not a list');
  }
  return document.alerts.filter(isObject);
}

function teamsIn(document: unknown): readonly string[] {
  const { teams } = member(document, 'user');
  if (!Array.isArray(teams)) throw new ShapeError('`teams` is not a list');
  return teams.flatMap((team) => {
    const name = textOrNull(team, 'summary') ?? textOrNull(team, 'name');
    return [idOf(team), ...(name === null ? [] : [name])];
  });
}

function member(value: unknown, key: string): Json {
  const field = isObject(value) ? value[key] : undefined;
  if (!isObject(field)) throw new ShapeError(`\`${key}\` is missing`);
  return field;
}
