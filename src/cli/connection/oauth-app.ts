/** The OAuth app that the environment names, by the variables that the Terraform provider uses (fact 20). */
import { AuthError, UsageError } from '../../errors.ts';
import { type MintOptions, type OAuthApp, tokensOf } from '../../pagerduty/auth/oauth.ts';
import type { Context } from '../context.ts';
import { openRoute } from './open-route.ts';
import type { Environment } from './proxy-env.ts';
import { SCOPES } from './scope-table.ts';
import { readTokenFile, type TokenFileRules } from './token-file.ts';

const IDENTITY = 'https://identity.pagerduty.com';
/** The region of an address of PagerDuty's own. */
export const REGIONS: Readonly<Record<string, 'us' | 'eu'>> = {
  'https://api.pagerduty.com': 'us',
  'https://api.eu.pagerduty.com': 'eu',
};

/**
 * The supply of tokens for a command. Nothing is sent yet.
 * @throws AuthError when a part of the credentials is missing, UsageError for an invalid subdomain
 */
export async function appTokens(
  context: Pick<Context, 'globals' | 'command' | 'io' | 'env' | 'cwd' | 'platform'>,
  url: string,
  base: Pick<MintOptions, 'userAgent' | 'timeoutMs'> &
    MintOptions['calling'] &
    Pick<MintOptions, 'onGranted'> & { readonly end: AbortSignal; readonly warn: TokenFileRules['warn'] },
): Promise<() => Promise<string>> {
  const { env, io, platform, command } = context;
  const scopes = SCOPES[command];
  if (!scopes) throw new Error(`\`${command}\` has no scopes`);
  // Anything but PagerDuty itself hands out its own tokens: a sandbox, or a gateway that a person has named.
  const region = REGIONS[url];
  const identityUrl = region ? IDENTITY : new URL(url).origin;
  const app = await readApp(env, region ?? 'us', { platform, warn: base.warn });
  io.addSecret(app.clientSecret);
  return tokensOf({
    ...base,
    app,
    identityUrl,
    command,
    scopes,
    calling: base,
    route: await openRoute(context, new URL(identityUrl), base.end),
    onToken: (token) => io.addSecret(token),
  });
}

async function readApp(
  env: Environment,
  region: OAuthApp['region'],
  rules: TokenFileRules,
): Promise<OAuthApp> {
  const { PAGERDUTY_CLIENT_ID: clientId = '', PAGERDUTY_CLIENT_SECRET_FILE: file } = env;
  const subdomain = env.PAGERDUTY_SUBDOMAIN ?? '';
  const clientSecret = env.PAGERDUTY_CLIENT_SECRET || (file ? (await readTokenFile(file, rules)).trim() : '');
  const missing = [
    ...(clientSecret === '' ? ['PAGERDUTY_CLIENT_SECRET (or PAGERDUTY_CLIENT_SECRET_FILE)'] : []),
    ...(subdomain === '' ? ['PAGERDUTY_SUBDOMAIN'] : []),
  ];
  if (missing.length > 0) {
    throw new AuthError(`PAGERDUTY_CLIENT_ID is set, but not ${missing.join(' and ')}`, {
      hint: 'An OAuth app needs all three. Unset PAGERDUTY_CLIENT_ID to use no app.',
    });
  }
  if (!/^[a-z\d-]{1,63}$/.test(subdomain)) {
    throw new UsageError('PAGERDUTY_SUBDOMAIN is not a subdomain', {
      hint: 'For https://acme.pagerduty.com it is `acme`.',
    });
  }
  return { clientId, clientSecret, subdomain, region };
}
