/** The rights of tokens (facts 16, 17, 21, 22). */
import type { State } from './account/state.ts';
import { appTokenOf } from './resources/app-tokens.ts';
import type { ApiRequest, ApiResponse } from './wire/http.ts';
import { ApiProblem, accessDenied } from './wire/problem.ts';
import { sameSecret } from './wire/same-secret.ts';

/**
 * The answer to a request whose token is missing or wrong: its body is not JSON (fact 22). Null if the token is the sandbox's, or
 * that of an app.
 * The received token is not stored anywhere, because it may be a real one (T50).
 */
export function refuseToken(state: State, request: ApiRequest): ApiResponse | null {
  const { authorization } = request.headers;
  const given = /^(?:Token token=|Bearer )"?([^"\s]+)"?$/.exec(authorization ?? '')?.[1];
  if (given !== undefined && sameSecret(given, state.token)) return null;
  if (appTokenOf(state, request)) return null;
  return {
    status: 401,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'www-authenticate': 'Token realm="Application"',
    },
    body: 'HTTP Token: Access denied.\n',
  };
}

/** @throws ApiProblem 403 if this kind of token lacks the right (facts 17 and 21) */
export function authorize(state: State, request: ApiRequest, scope: string | null): void {
  const app = appTokenOf(state, request);
  if (app) {
    if (scope !== null && !app.scopes.includes(scope)) throw missingScope(scope);
    return;
  }
  const { tokenKind } = state.switches;
  if (request.method === 'GET') return;
  if (tokenKind === 'read-only') throw accessDenied();
  if (tokenKind === 'scoped-read' && scope !== null) throw missingScope(scope);
}

function missingScope(scope: string): ApiProblem {
  return new ApiProblem(403, 2010, 'Token missing required scopes', [], { required_scopes: [scope] });
}
