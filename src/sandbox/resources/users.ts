import type { State } from '../account/state.ts';
import { resource } from '../resource.ts';
import type { ApiRequest, RouteOutcome } from '../wire/http.ts';
import { answer } from '../wire/http.ts';
import { ApiProblem } from '../wire/problem.ts';
import { API, type Reference, web } from '../wire/shown.ts';
import { appTokenOf } from './app-tokens.ts';
import { teamReference, teams } from './teams.ts';

export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** Every account has one. */
export const users = resource({
  type: 'user',
  plural: 'users',
  initial: (account): readonly User[] => [
    { id: 'PUSER01', name: 'Sam Sandbox', email: `sam@${account}.example` },
  ],
  view: userView,
  find,
  routes: [{ method: 'GET', path: '/users/me', scope: null, handle: me }],
});

/** The person behind a user token; account keys and app tokens have none. */
export function tokenUser(state: State, request: ApiRequest): User | null {
  const [user = null] = users.in(state).values();
  return state.switches.tokenKind === 'user' && !appTokenOf(state, request) ? user : null;
}

/** A text, whereas every other refusal has an object (fact 18). */
const NO_USER = 'Current user is not available with an account-level access token';

function me(state: State, request: ApiRequest): RouteOutcome {
  const user = tokenUser(state, request);
  if (!user) return answer(400, { error: NO_USER });
  return answer(200, { user: userView(state, user) });
}

function find(state: State, query: URLSearchParams): readonly User[] {
  const part = query.get('query')?.toLowerCase() ?? '';
  return [...users.in(state).values()].filter(({ name, email }) =>
    `${name}\n${email}`.toLowerCase().includes(part),
  );
}

/**
 * The user who acts on an incident: the one in `From`, or else the owner of the token. A token without a user must
 * name one (fact 16).
 * @throws ApiProblem 400 code 1008 if the user does not exist
 */
export function requester(state: State, request: ApiRequest): User {
  const user = requesterOf(state, request);
  if (!user) throw new ApiProblem(400, 1008, 'Requester User Not Found');
  return user;
}

/** The same, or null without a user. */
export function requesterOf(state: State, request: ApiRequest): User | null {
  const { from } = request.headers;
  if (from === undefined) return tokenUser(state, request);
  return [...users.in(state).values()].find(({ email }) => email === from) ?? null;
}

export function userReference(state: State, user: User): Reference {
  const html_url = web(state, `users/${user.id}`);
  return {
    id: user.id,
    type: 'user_reference',
    summary: user.name,
    self: `${API}/users/${user.id}`,
    html_url,
  };
}

export function userView(state: State, user: User): Record<string, unknown> {
  const memberOf = [...teams.in(state).values()].filter(({ members }) => members?.includes(user.id));
  return {
    ...userReference(state, user),
    type: 'user',
    name: user.name,
    email: user.email,
    time_zone: 'Etc/UTC',
    color: 'green',
    role: 'admin',
    job_title: 'Sandbox user',
    teams: memberOf.map(({ id }) => teamReference(state, id)),
    contact_methods: [],
    notification_rules: [],
  };
}
