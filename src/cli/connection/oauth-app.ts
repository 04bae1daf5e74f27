/** The OAuth app of the environment, in the same variables as for the Terraform provider (fact 20). */
import { AuthError } from '../../errors.ts';
import type { AppCredential } from '../../lib/way/app-tokens.ts';
import type { Context } from '../context.ts';
import { SCOPES } from './scope-table.ts';
import { readTokenFile, type TokenFileRules } from './token-file.ts';

/**
 * The app as the credential of a command.
 * @throws AuthError if a part of it is missing
 */
export async function readApp({
  env,
  io,
  platform,
  command,
}: Pick<Context, 'env' | 'io' | 'platform' | 'command'>): Promise<AppCredential> {
  const scopes = SCOPES[command];
  if (!scopes) throw new Error(`\`${command}\` has no scopes`);
  const { PAGERDUTY_CLIENT_ID: clientId = '', PAGERDUTY_SUBDOMAIN: subdomain = '' } = env;
  const clientSecret = await readSecret(env, { platform, warn: (text) => io.warn(text) });
  const missing = [
    ...(clientSecret === '' ? ['PAGERDUTY_CLIENT_SECRET (or PAGERDUTY_CLIENT_SECRET_FILE)'] : []),
    ...(subdomain === '' ? ['PAGERDUTY_SUBDOMAIN'] : []),
  ];
  if (missing.length > 0) {
    throw new AuthError(`PAGERDUTY_CLIENT_ID is set without ${missing.join(' and ')}`, {
      hint: 'An OAuth app needs all three variables. Unset PAGERDUTY_CLIENT_ID to use no app.',
    });
  }
  io.addSecret(clientSecret);
  return {
    app: { clientId, clientSecret, subdomain },
    scopes,
    neededBy: `\`pdactions ${command}\``,
    names: {
      app: 'PAGERDUTY_CLIENT_ID, PAGERDUTY_CLIENT_SECRET, PAGERDUTY_SUBDOMAIN',
      subdomain: 'PAGERDUTY_SUBDOMAIN',
      region: '`--region us|eu`',
    },
  };
}

async function readSecret(env: Context['env'], rules: TokenFileRules): Promise<string> {
  const { PAGERDUTY_CLIENT_SECRET: secret, PAGERDUTY_CLIENT_SECRET_FILE: file } = env;
  return secret || (file ? (await readTokenFile(file, rules)).trim() : '');
}
