/** `PUT /incidents` and `PUT /incidents/{id}`: acknowledge, resolve, and other changes. */

import type { AccountChange } from '../../account/change.ts';
import { freshId } from '../../account/ids.ts';
import type { State } from '../../account/state.ts';
import { isObject, textOf } from '../../narrow.ts';
import type { ApiRequest, RouteOutcome } from '../../wire/http.ts';
import { json } from '../../wire/http.ts';
import { invalidInput } from '../../wire/problem.ts';
import { type ApiRoute, bodyOf, wrapped } from '../../wire/route.ts';
import { priorities } from '../priorities.ts';
import { requester, type User } from '../users.ts';
import { withEntry } from './log-entries.ts';
import { type Incident, incidentOf, incidents } from './record.ts';
import { incidentView } from './view.ts';

const scope = 'incidents.write';
/** Limit for incidents in one request. */
const MOST = 250;

export const incidentUpdateRoutes: readonly ApiRoute[] = [
  { method: 'PUT', path: '/incidents', scope, handle: updateMany },
  { method: 'PUT', path: '/incidents/:id', scope, handle: updateOne },
];

type Fields = Readonly<Record<string, unknown>>;

function updateOne(state: State, request: ApiRequest, id: string): RouteOutcome {
  const before = incidentOf(state, id);
  const user = requester(state, request);
  const [after, changes] = update(state, request, user, before, wrapped(state, request, 'incident'));
  return { response: json(200, { incident: incidentView(state, after) }), changes, effects: [] };
}

/** All of them or none. */
function updateMany(state: State, request: ApiRequest): RouteOutcome {
  const user = requester(state, request);
  const { incidents: given } = bodyOf(request);
  if (!Array.isArray(given) || given.length === 0 || given.length > MOST) {
    throw invalidInput(`Incidents must be a list of 1 to ${MOST}`);
  }
  const changes: AccountChange[] = [];
  const views = given.map((fields: unknown) => {
    if (!isObject(fields) || typeof fields.id !== 'string') {
      throw invalidInput('Incidents must be references with id and type');
    }
    // Each id is assigned after those before it.
    const ids = changes.flatMap((change) => (change.op === 'sequence' ? [change.sequence] : []));
    const ahead = { ...state, sequence: Math.max(state.sequence, ...ids) };
    const [after, made] = update(ahead, request, user, incidentOf(state, fields.id), fields);
    changes.push(...made);
    return incidentView(state, after);
  });
  if (new Set(views.map(({ id }) => id)).size < views.length)
    throw invalidInput('Incidents must be different');
  return { response: json(200, { incidents: views }), changes, effects: [] };
}

function update(
  state: State,
  request: ApiRequest,
  user: User,
  before: Incident,
  fields: Fields,
): readonly [Incident, readonly AccountChange[]] {
  const status = readStatus(before, fields);
  const value = { ...before, ...readRest(state, fields) };
  if (status === null) return [value, [incidents.put('update', value)]];
  const at = new Date(request.now).toISOString();
  const kind = status === 'resolved' ? 'resolve' : 'acknowledge';
  const fresh = freshId(state);
  const changed = { ...value, status, statusChangedAt: at, statusChangedBy: user.id };
  const after = withEntry(changed, fresh, { kind, at, userId: user.id });
  return [after, [{ op: 'sequence', sequence: fresh.sequence }, incidents.put('update', after)]];
}

/** The new status, or null without a change. A resolved incident stays resolved. */
function readStatus(before: Incident, { type, status }: Fields): 'acknowledged' | 'resolved' | null {
  if (type !== 'incident' && type !== 'incident_reference') throw invalidInput('Type must be incident');
  if (before.status === 'resolved') throw invalidInput('Incident Already Resolved');
  if (status === undefined) return null;
  if (status === 'acknowledged' || status === 'resolved') return status;
  throw invalidInput('Status must be acknowledged or resolved');
}

function readRest(state: State, { title, urgency, priority }: Fields): Partial<Incident> {
  const problems = [
    ...(title === undefined || (typeof title === 'string' && title !== '') ? [] : ["Title can't be blank"]),
    ...(urgency === undefined || urgency === 'high' || urgency === 'low'
      ? []
      : ['Urgency must be high or low']),
  ];
  const priorityId = readPriority(state, priority, problems);
  if (problems.length > 0) throw invalidInput(...problems);
  return {
    ...(typeof title === 'string' && { title }),
    ...((urgency === 'high' || urgency === 'low') && { urgency }),
    ...(priorityId !== undefined && { priorityId }),
  };
}

/** The id of the priority in a body; null removes it, undefined leaves it. */
export function readPriority(state: State, priority: unknown, problems: string[]): string | null | undefined {
  if (priority === undefined || priority === null) return priority;
  const id = textOf(priority, 'id') ?? '';
  if (priorities.in(state).has(id)) return id;
  problems.push('Priority not found');
  return undefined;
}
