import { freshId } from '../../account/ids.ts';
import { compare, type State } from '../../account/state.ts';
import { isObject, textOf } from '../../narrow.ts';
import { resource } from '../../resource.ts';
import type { ApiRequest, RouteOutcome } from '../../wire/http.ts';
import { answer, json } from '../../wire/http.ts';
import { pageMembers, pageOf, slicePage } from '../../wire/paging.ts';
import { badArguments, invalidInput } from '../../wire/problem.ts';
import { type ApiRoute, wrapped } from '../../wire/route.ts';
import { services } from '../services.ts';
import { requester } from '../users.ts';
import { type Incident, incidentOf, incidents } from './record.ts';
import { kept, row, seed } from './seed.ts';
import { incidentUpdateRoutes, readPriority } from './updates.ts';
import { incidentView } from './view.ts';

const read = 'incidents.read';
/** An incident created by the API has no source. */
const SILENT = { source: null, component: null, group: null, class: null, severity: null };

const routes: readonly ApiRoute[] = [
  { method: 'GET', path: '/incidents', scope: read, handle: list },
  { method: 'POST', path: '/incidents', scope: 'incidents.write', handle: create },
  { method: 'GET', path: '/incidents/:id', scope: read, handle: get },
];

export const incidentResource = resource({
  type: 'incident',
  plural: 'incidents',
  records: incidents,
  seed,
  row,
  kept,
  links: {
    service: { to: 'service', of: ({ service }) => [service] },
    priority: { to: 'priority', of: ({ priority }) => (priority === undefined ? [] : [priority]) },
  },
  innerIds: ({ alerts }) => ({ alerts }),
  routes: [...routes, ...incidentUpdateRoutes],
});

function list(state: State, request: ApiRequest): RouteOutcome {
  const page = pageOf(request.query);
  const listed = [...incidents.in(state).values()]
    .filter(matcher(state, request.query))
    .sort(order(request.query));
  const views = slicePage(listed, page).map((incident) => incidentView(state, incident));
  return answer(200, { incidents: views, ...pageMembers(page, listed.length) });
}

function matcher(state: State, query: URLSearchParams): (incident: Incident) => boolean {
  const among = (name: string, value: string) => !query.has(name) || query.getAll(name).includes(value);
  const teams = query.getAll('team_ids[]');
  const key = query.get('incident_key');
  return (incident) =>
    among('statuses[]', incident.status) &&
    among('service_ids[]', incident.serviceId) &&
    among('urgencies[]', incident.urgency) &&
    (key === null || key === incident.key) &&
    (teams.length === 0 ||
      (services
        .in(state)
        .get(incident.serviceId)
        ?.teamIds.some((id) => teams.includes(id)) ??
        false));
}

const SORTS: Readonly<Record<string, (a: Incident, b: Incident) => number>> = {
  incident_number: (a, b) => a.number - b.number,
  created_at: (a, b) => compare(a.createdAt, b.createdAt) || a.number - b.number,
  resolved_at: (a, b) => a.number - b.number,
  urgency: (a, b) => compare(a.urgency, b.urgency) || a.number - b.number,
};

function order(query: URLSearchParams): (a: Incident, b: Incident) => number {
  const [field = '', direction = 'asc'] = (query.get('sort_by') ?? 'created_at').split(':');
  const sort = Object.hasOwn(SORTS, field) ? SORTS[field] : undefined;
  if (!sort || !['asc', 'desc'].includes(direction)) throw badArguments('sort_by is not valid');
  return direction === 'asc' ? sort : (a, b) => sort(b, a);
}

function get(state: State, _request: ApiRequest, id: string): RouteOutcome {
  return answer(200, { incident: incidentView(state, incidentOf(state, id)) });
}

function create(state: State, request: ApiRequest): RouteOutcome {
  requester(state, request);
  const { id, sequence } = freshId(state);
  const incident = readIncident(state, request, id);
  const open = [...incidents.in(state).values()].some(
    ({ key, status, serviceId }) =>
      key === incident.key && status !== 'resolved' && serviceId === incident.serviceId,
  );
  if (open) throw badArguments('Open incident with matching dedup key already exists on this service');
  return {
    response: json(201, { incident: incidentView(state, incident) }),
    changes: [{ op: 'sequence', sequence }, incidents.put('create', incident)],
    effects: [],
  };
}

function readIncident(state: State, request: ApiRequest, id: string): Incident {
  const fields = wrapped(state, request, 'incident');
  const { type, title, service, urgency = 'high', incident_key, body, priority } = fields;
  const problems = [
    ...(type === 'incident' ? [] : ['Type must be incident']),
    ...(typeof title === 'string' && title !== '' ? [] : ["Title can't be blank"]),
    ...(urgency === 'high' || urgency === 'low' ? [] : ['Urgency must be high or low']),
  ];
  const serviceId = textOf(service, 'id') ?? '';
  if (!services.in(state).has(serviceId)) problems.push('Service not found');
  const priorityId = readPriority(state, priority, problems) ?? null;
  if (problems.length > 0) throw invalidInput(...problems);
  const createdAt = new Date(request.now).toISOString();
  return {
    id,
    number: Math.max(0, ...[...incidents.in(state).values()].map((incident) => incident.number)) + 1,
    key: typeof incident_key === 'string' ? incident_key : id,
    title: String(title),
    serviceId,
    urgency: urgency === 'low' ? 'low' : 'high',
    status: 'triggered',
    createdAt,
    statusChangedAt: createdAt,
    statusChangedBy: null,
    priorityId,
    trigger: { ...SILENT, details: isObject(body) ? (body.details ?? null) : null },
    alerts: [],
    log: [],
    notes: [],
  };
}
