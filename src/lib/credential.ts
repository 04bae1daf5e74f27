/** The credential of a connection, checked before anything is sent. */
import { UsageError } from '../errors.ts';
import { READ_ACTIONS, READ_TEAMS, WRITE_ACTIONS } from '../pagerduty/auth/scopes.ts';
import {
  TOKEN_TYPES,
  type Token,
  type TokenType,
  typeOf,
  whatIsWrong,
} from '../pagerduty/auth/token-kind.ts';
import type { AppCredential } from './way/app-tokens.ts';

/** The credential: a token or an OAuth app, and whether it may write. */
export interface CredentialOptions {
  /** An API key, or an OAuth access token. Required unless `app` is given. */
  readonly token?: string | undefined;
  /** The form of the Authorization header. By default, derived from the token. */
  readonly tokenType?: TokenType | undefined;
  /** A scoped OAuth app. Its tokens are requested on demand, kept in memory, and renewed. */
  readonly app?: OAuthAppOptions | undefined;
  /** True for a connection that only plans: `apply` refuses it, and an OAuth app requests no write scope. */
  readonly readOnly?: boolean | undefined;
}

/** The client credentials of a scoped OAuth app. */
export interface OAuthAppOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The account's subdomain: `acme` for https://acme.pagerduty.com. */
  readonly subdomain: string;
}

/** A credential, with the values that no output may show. */
interface LibraryCredential {
  readonly value: Token | AppCredential;
  readonly secrets: readonly string[];
}

/** @throws UsageError without a credential, with two, or with an invalid one; never repeats its value */
export function credentialOf({
  token,
  tokenType,
  app,
  readOnly = false,
}: CredentialOptions): LibraryCredential {
  if (app !== undefined) {
    if (token !== undefined || tokenType !== undefined) {
      const other = token === undefined ? 'tokenType' : 'token';
      throw new UsageError(`\`app\` and \`${other}\` cannot be combined`, {
        hint: 'Omit one of them.',
      });
    }
    return { value: appCredential(app, readOnly), secrets: [app.clientSecret] };
  }
  const objection = typeof token === 'string' ? whatIsWrong(token) : 'it is not a string';
  if (typeof token !== 'string' || objection !== undefined) {
    throw new UsageError(`\`token\` is not a valid token: ${objection}`);
  }
  if (tokenType !== undefined && !TOKEN_TYPES.includes(tokenType)) {
    throw new UsageError('`tokenType` must be `token` or `bearer`');
  }
  return { value: { token, tokenType: tokenType ?? typeOf(token) }, secrets: [token] };
}

function appCredential(app: OAuthAppOptions, readOnly: boolean): AppCredential {
  const parts = ['clientId', 'clientSecret', 'subdomain'] as const;
  const missing = parts.find((part) => typeof app[part] !== 'string' || app[part] === '');
  if (missing !== undefined) throw new UsageError(`\`app.${missing}\` is missing or empty`);
  const { clientId, clientSecret, subdomain } = app;
  const required = readOnly ? READ_ACTIONS : [...READ_ACTIONS, WRITE_ACTIONS];
  return {
    app: { clientId, clientSecret, subdomain },
    scopes: { required, asked: [...required, READ_TEAMS] },
    neededBy: readOnly ? 'A read-only connection' : 'A connection without `readOnly`',
    names: { app: 'the parts of `app`', subdomain: '`app.subdomain`', region: '`region`' },
  };
}
