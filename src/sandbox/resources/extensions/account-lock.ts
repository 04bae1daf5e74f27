/** Writes to an account exclude each other, and a write that finds the lock taken fails at once (fact 54). */
import type { State } from '../../account/state.ts';
import { type ApiRequest, problemResponse, type RouteOutcome } from '../../wire/http.ts';
import { ApiProblem } from '../../wire/problem.ts';
import type { ApiRoute } from '../../wire/route.ts';

const SAID = 'Unable to perform request at this time. account could not be locked';

/** The route behind the lock: if the switch says so, each write is refused once, before anything is done. */
export function underLock(route: ApiRoute): ApiRoute {
  const handle = (state: State, request: ApiRequest, id: string): RouteOutcome => {
    if (state.switches.accountLock === 'free') return route.handle(state, request, id);
    const write = `${request.method} ${request.path} ${request.body}`;
    if (!state.refused.has(write))
      return { response: locked(), changes: [{ op: 'refuse', write }], effects: [] };
    const outcome = route.handle(state, request, id);
    return { ...outcome, changes: [{ op: 'pass', write }, ...outcome.changes] };
  };
  return { ...route, handle };
}

function locked() {
  return problemResponse(new ApiProblem(400, 2001, SAID));
}
