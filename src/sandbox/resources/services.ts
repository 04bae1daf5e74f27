import { records } from '../account/records.ts';
import { byName, remember, type State } from '../account/state.ts';
import type { ApiRequest, Outcome } from '../wire/http.ts';
import { answer } from '../wire/http.ts';
import { queryMatcher } from '../wire/matching.ts';
import { includes, pageMembers, pageOf, slicePage } from '../wire/paging.ts';
import { badArguments, notFound } from '../wire/problem.ts';
import type { Route } from '../wire/route.ts';
import { API, type Reference, web } from '../wire/shown.ts';
import { escalationPolicyReference } from './escalation-policies.ts';
import { teamReference, teams, teamView } from './teams.ts';

export interface Service {
  readonly id: string;
  /** Empty: reads show null (fact 58). */
  readonly name: string;
  readonly teamIds: readonly string[];
  /** Reads show a null beside the teams (fact 58). */
  readonly hasNullTeam?: boolean | undefined;
}

export const services = records<Service>({ type: 'service' });

const scope = 'services.read';

export const serviceRoutes: readonly Route[] = [
  { method: 'GET', path: '/services', scope, handle: list },
  { method: 'GET', path: '/services/:id', scope, handle: get },
];

function list(state: State, request: ApiRequest): Outcome {
  const page = pageOf(request.query);
  const include = includes(request.query);
  const matches = matcher(state, request.query);
  const all = inOrder(state, request.query.get('sort_by') ?? 'name');
  const found = matches ? all.filter(matches) : all;
  const views = slicePage(found, page).map((service) => serviceView(state, service, include));
  return answer(200, { services: views, ...pageMembers(page, found.length) });
}

function inOrder(state: State, sortBy: string): readonly Service[] {
  const ascending = remember(state, 'service:name', () => [...services.in(state).values()].sort(byName));
  if (sortBy === 'name' || sortBy === 'name:asc') return ascending;
  if (sortBy === 'name:desc') return [...ascending].reverse();
  throw badArguments('sort_by must be name, name:asc or name:desc');
}

/** `name` is the whole name, `query` a part of it; null when nothing filters. */
function matcher(state: State, query: URLSearchParams): ((service: Service) => boolean) | null {
  const name = query.get('name');
  const found = queryMatcher(state, query);
  const teamIds = new Set(query.getAll('team_ids[]'));
  if (name === null && found === null && teamIds.size === 0) return null;
  return (service) =>
    (name === null || service.name === name) &&
    (found?.(service.name) ?? true) &&
    (teamIds.size === 0 || service.teamIds.some((id) => teamIds.has(id)));
}

function get(state: State, request: ApiRequest, id: string): Outcome {
  const include = includes(request.query);
  const service = services.in(state).get(id);
  if (!service) throw notFound();
  return answer(200, { service: serviceView(state, service, include) });
}

export function serviceReference(state: State, id: string): Reference {
  const summary = services.in(state).get(id)?.name || id;
  const html_url = web(state, `service-directory/${id}`);
  return { id, type: 'service_reference', summary, self: `${API}/services/${id}`, html_url };
}

export function serviceView(
  state: State,
  service: Service,
  include: ReadonlySet<string> = new Set(),
): Record<string, unknown> {
  const shown = service.teamIds.map((id) => {
    const team = teams.in(state).get(id);
    return include.has('teams') && team ? teamView(state, team) : teamReference(state, id);
  });
  return {
    ...serviceReference(state, service.id),
    type: 'service',
    name: service.name || null,
    description: '',
    status: 'active',
    escalation_policy: escalationPolicyReference(state),
    teams: service.hasNullTeam ? [...shown, null] : shown,
    integrations: [],
    addons: [],
    scheduled_actions: [],
    alert_creation: 'create_alerts_and_incidents',
  };
}
