import type { State, User } from '../account/state.ts';
import { appTokenOf } from '../wire/app-token.ts';
import type { ApiRequest, Outcome } from '../wire/http.ts';
import { answer } from '../wire/http.ts';
import { pageMembers, pageOf, slicePage } from '../wire/paging.ts';
import { notFound } from '../wire/problem.ts';
import type { Route } from '../wire/route.ts';
import { userView } from './views.ts';

export const userRoutes: readonly Route[] = [
  { method: 'GET', path: '/users/me', scope: null, handle: me },
  { method: 'GET', path: '/users', scope: 'users.read', handle: list },
  { method: 'GET', path: '/users/:id', scope: 'users.read', handle: get },
];

/** The person behind a user token; account keys and app tokens have none. */
export function tokenUser(state: State, request: ApiRequest): User | null {
  const [user = null] = state.users.values();
  return state.switches.tokenKind === 'user' && !appTokenOf(state, request) ? user : null;
}

/** A text where every other refusal has an object (fact 18). */
const NO_USER = 'Current user is not available with an account-level access token';

function me(state: State, request: ApiRequest): Outcome {
  const user = tokenUser(state, request);
  if (!user) return answer(400, { error: NO_USER });
  return answer(200, { user: userView(state, user) });
}

function list(state: State, request: ApiRequest): Outcome {
  const page = pageOf(request.query);
  const part = request.query.get('query')?.toLowerCase() ?? '';
  const found = [...state.users.values()].filter(({ name, email }) =>
    `${name}\n${email}`.toLowerCase().includes(part),
  );
  const users = slicePage(found, page).map((user) => userView(state, user));
  return answer(200, { users, ...pageMembers(page, found.length) });
}

function get(state: State, _request: ApiRequest, id: string): Outcome {
  const user = state.users.get(id);
  if (!user) throw notFound();
  return answer(200, { user: userView(state, user) });
}
