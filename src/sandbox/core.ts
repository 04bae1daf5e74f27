/**
 * The simulated API as one pure function: state and request in; answer, changes and effects out. Nothing here waits, writes or
 * reads a clock.
 */

import type { State } from './account/state.ts';
import { authorize } from './auth.ts';
import { RESOURCES } from './resource-table.ts';
import { type ApiRequest, problemResponse, type RouteOutcome } from './wire/http.ts';
import { ApiProblem, accessDenied, notFound } from './wire/problem.ts';
import type { ApiRoute } from './wire/route.ts';

const ROUTES: readonly ApiRoute[] = RESOURCES.flatMap(({ routes }) => routes);

/**
 * Decides on the answer to a request, and on its changes. The token has been checked already.
 * @param byToken true if the rights of the token count
 */
export function handle(state: State, request: ApiRequest, byToken = true): RouteOutcome {
  try {
    const { route, id } = findRoute(request);
    if (byToken) authorize(state, request, route.scope);
    return orHidden(state, request, () => route.handle(state, request, id));
  } catch (problem) {
    return { response: problemResponse(problem), changes: [], effects: [] };
  }
}

/** Refuses a request for a deleted record, or does not find it, depending on a switch (fact 57). @throws ApiProblem */
function orHidden({ switches }: State, { method }: ApiRequest, find: () => RouteOutcome): RouteOutcome {
  try {
    return find();
  } catch (problem) {
    const hides = switches.gone === '403' || (switches.gone === '403-on-reads' && method === 'GET');
    throw hides && problem instanceof ApiProblem && problem.status === 404 ? accessDenied() : problem;
  }
}

function findRoute(request: ApiRequest): { route: ApiRoute; id: string } {
  const segments = request.path.split('/');
  const route = ROUTES.find(({ method, path }) => method === request.method && fits(path, segments));
  if (!route) throw notFound();
  return { route, id: segments[2] ?? '' };
}

function fits(path: string, segments: readonly string[]): boolean {
  const wanted = path.split('/');
  return (
    wanted.length === segments.length &&
    wanted.every((part, at) => part === segments[at] || (part.startsWith(':') && segments[at] !== ''))
  );
}
