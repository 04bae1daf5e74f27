/** The identity endpoint: exchanges the credentials of an OAuth app for a token (fact 20; errors by RFC 6749, 5.2). */
import type { State } from '../account/state.ts';
import { type ApiRequest, type ApiResponse, json } from '../wire/http.ts';
import { sameSecret } from '../wire/same-secret.ts';
import { signToken } from './app-tokens.ts';
import { apps, type OAuthApp } from './apps.ts';

/** The life of a token, in seconds, by the switch `appTokenLife`. */
const LIVES = { day: 86_400, minute: 60 } as const;

/** True for the only request without a token. */
export function asksForToken({ method, path }: Pick<ApiRequest, 'method' | 'path'>): boolean {
  return method === 'POST' && path === '/oauth/token';
}

/** Answers a request for a token. Silently omits scopes that the app lacks. */
export function grantToken(state: State, { headers, body, now }: ApiRequest): ApiResponse {
  if (!/^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '')) {
    return refused(400, 'invalid_request');
  }
  const form = new URLSearchParams(body);
  if (form.get('grant_type') !== 'client_credentials') return refused(400, 'unsupported_grant_type');
  const app = appOf(state, form);
  if (!app || state.switches.appLogin === 'refused') return refused(401, 'invalid_client');
  const [account = '', ...asked] = (form.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  if (!/^as_account-(us|eu)\./.test(account) || account.slice('as_account-us.'.length) !== state.account) {
    return refused(400, 'invalid_scope');
  }
  const granted = asked.filter((scope) => isGranted(state, app, scope));
  const seconds = LIVES[state.switches.appTokenLife];
  return json(200, {
    access_token: signToken(state, { app: app.id, scopes: granted, until: now + seconds * 1000 }),
    scope: [account, ...granted].join(' '),
    token_type: 'bearer',
    expires_in: seconds,
  });
}

function appOf(state: State, form: URLSearchParams): OAuthApp | null {
  const app = apps.in(state).get(form.get('client_id') ?? '');
  return app && sameSecret(form.get('client_secret') ?? '', app.secret) ? app : null;
}

function isGranted({ switches }: State, app: OAuthApp, scope: string): boolean {
  return app.scopes.includes(scope) && (switches.appScopes === 'all' || scope.endsWith('.read'));
}

function refused(status: number, error: string): ApiResponse {
  return json(status, { error });
}
