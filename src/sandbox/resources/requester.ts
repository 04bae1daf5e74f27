import type { State, User } from '../account/state.ts';
import type { ApiRequest } from '../wire/http.ts';
import { ApiProblem } from '../wire/problem.ts';
import { tokenUser } from './users.ts';

/**
 * Who does something to an incident: the user that `From` names, or else the owner of the token. A token without a user has to
 * name one (fact 16).
 * @throws ApiProblem 400 code 1008 when there is no such user
 */
export function requester(state: State, request: ApiRequest): User {
  const user = requesterOf(state, request);
  if (!user) throw new ApiProblem(400, 1008, 'Requester User Not Found');
  return user;
}

/** The same, or null when that is nobody. */
export function requesterOf(state: State, request: ApiRequest): User | null {
  const { from } = request.headers;
  if (from === undefined) return tokenUser(state, request);
  return [...state.users.values()].find(({ email }) => email === from) ?? null;
}
