/** Access tokens of OAuth apps (fact 20). A token contains its own data, signed, so the account keeps no list of them. */

import { createHmac } from 'node:crypto';
import type { State } from '../account/state.ts';
import { isObject, parseJson } from '../narrow.ts';
import type { ApiRequest } from '../wire/http.ts';
import { sameSecret } from '../wire/same-secret.ts';
import { apps } from './apps.ts';

export interface AppToken {
  /** The client id of the app. */
  readonly app: string;
  readonly scopes: readonly string[];
  /** In milliseconds since 1970. */
  readonly until: number;
}

/** The form of newer tokens (fact 64). */
const PREFIX = 'pdus+_';

/** Signs a token for this start of the sandbox; tokens of earlier starts are refused. */
export function signToken(state: State, token: AppToken): string {
  const contents = Buffer.from(JSON.stringify(token)).toString('base64url');
  return `${PREFIX}${contents}.${signatureOf(state, contents)}`;
}

/** The app token of a request; null for any other token, and for an expired one. */
export function appTokenOf(state: State, { headers, now }: ApiRequest): AppToken | null {
  const [, contents = '', signature = ''] =
    /^Bearer pdus\+_([\w-]+)\.([\w-]+)$/.exec(headers.authorization ?? '') ?? [];
  if (contents === '' || !sameSecret(signature, signatureOf(state, contents))) return null;
  const token = parseJson(Buffer.from(contents, 'base64url').toString());
  if (!isObject(token)) return null;
  const { app, scopes, until } = token as unknown as AppToken;
  return apps.in(state).has(app) && now < until ? { app, scopes, until } : null;
}

function signatureOf({ token }: State, contents: string): string {
  return createHmac('sha256', token).update(contents).digest('base64url');
}
