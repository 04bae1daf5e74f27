import { records } from '../account/records.ts';
import { byName, remember, type State } from '../account/state.ts';
import type { ApiRequest, Outcome } from '../wire/http.ts';
import { answer } from '../wire/http.ts';
import { queryMatcher } from '../wire/matching.ts';
import { pageMembers, pageOf, slicePage } from '../wire/paging.ts';
import { notFound } from '../wire/problem.ts';
import type { Route } from '../wire/route.ts';
import { API, type Reference, web } from '../wire/shown.ts';

export interface Team {
  readonly id: string;
  /** Empty: reads show null (fact 58). */
  readonly name: string;
  /** Ids of users. */
  readonly members?: readonly string[] | undefined;
}

export const teams = records<Team>({ type: 'team', shownBy: () => null });

const scope = 'teams.read';

export const teamRoutes: readonly Route[] = [
  { method: 'GET', path: '/teams', scope, handle: list },
  { method: 'GET', path: '/teams/:id', scope, handle: get },
];

function list(state: State, request: ApiRequest): Outcome {
  const page = pageOf(request.query);
  const matches = queryMatcher(state, request.query);
  const all = remember(state, 'team:name', () => [...teams.in(state).values()].sort(byName));
  const found = matches ? all.filter(({ name }) => matches(name)) : all;
  const views = slicePage(found, page).map((team) => teamView(state, team));
  return answer(200, { teams: views, ...pageMembers(page, found.length) });
}

function get(state: State, _request: ApiRequest, id: string): Outcome {
  const team = teams.in(state).get(id);
  if (!team) throw notFound();
  return answer(200, { team: teamView(state, team) });
}

export function teamReference(state: State, id: string): Reference {
  const summary = teams.in(state).get(id)?.name || id;
  return {
    id,
    type: 'team_reference',
    summary,
    self: `${API}/teams/${id}`,
    html_url: web(state, `teams/${id}`),
  };
}

export function teamView(state: State, team: Team): Record<string, unknown> {
  const { id, name } = team;
  return {
    ...teamReference(state, id),
    type: 'team',
    name: name || null,
    description: '',
    default_role: 'manager',
  };
}
