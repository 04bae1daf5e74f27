import { byName, remember, type State } from '../account/state.ts';
import type { ApiRequest, Outcome } from '../wire/http.ts';
import { answer } from '../wire/http.ts';
import { queryMatcher } from '../wire/matching.ts';
import { pageMembers, pageOf, slicePage } from '../wire/paging.ts';
import { notFound } from '../wire/problem.ts';
import type { Route } from '../wire/route.ts';
import { teamView } from './views.ts';

const scope = 'teams.read';

export const teamRoutes: readonly Route[] = [
  { method: 'GET', path: '/teams', scope, handle: list },
  { method: 'GET', path: '/teams/:id', scope, handle: get },
];

function list(state: State, request: ApiRequest): Outcome {
  const page = pageOf(request.query);
  const matches = queryMatcher(state, request.query);
  const all = remember(state, 'team:name', () => [...state.teams.values()].sort(byName));
  const found = matches ? all.filter(({ name }) => matches(name)) : all;
  const teams = slicePage(found, page).map((team) => teamView(state, team));
  return answer(200, { teams, ...pageMembers(page, found.length) });
}

function get(state: State, _request: ApiRequest, id: string): Outcome {
  const team = state.teams.get(id);
  if (!team) throw notFound();
  return answer(200, { team: teamView(state, team) });
}
