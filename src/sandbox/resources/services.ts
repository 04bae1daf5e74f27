import { byName, remember, type Service, type State } from '../account/state.ts';
import type { ApiRequest, Outcome } from '../wire/http.ts';
import { answer } from '../wire/http.ts';
import { queryMatcher } from '../wire/matching.ts';
import { includes, pageMembers, pageOf, slicePage } from '../wire/paging.ts';
import { badArguments, notFound } from '../wire/problem.ts';
import type { Route } from '../wire/route.ts';
import { serviceView } from './views.ts';

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
  const services = slicePage(found, page).map((service) => serviceView(state, service, include));
  return answer(200, { services, ...pageMembers(page, found.length) });
}

function inOrder(state: State, sortBy: string): readonly Service[] {
  const ascending = remember(state, 'service:name', () => [...state.services.values()].sort(byName));
  if (sortBy === 'name' || sortBy === 'name:asc') return ascending;
  if (sortBy === 'name:desc') return [...ascending].reverse();
  throw badArguments('sort_by must be name, name:asc or name:desc');
}

/** `name` is the whole name, `query` a part of it; null when nothing filters. */
function matcher(state: State, query: URLSearchParams): ((service: Service) => boolean) | null {
  const name = query.get('name');
  const found = queryMatcher(state, query);
  const teams = new Set(query.getAll('team_ids[]'));
  if (name === null && found === null && teams.size === 0) return null;
  return (service) =>
    (name === null || service.name === name) &&
    (found?.(service.name) ?? true) &&
    (teams.size === 0 || service.teamIds.some((id) => teams.has(id)));
}

function get(state: State, request: ApiRequest, id: string): Outcome {
  const include = includes(request.query);
  const service = state.services.get(id);
  if (!service) throw notFound();
  return answer(200, { service: serviceView(state, service, include) });
}
