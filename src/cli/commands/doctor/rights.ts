/** Finds out the rights of a token without changing anything. */

import { AuthError } from '../../../errors.ts';
import { isObject } from '../../../json-fields.ts';
import { SCOPES } from '../../../pagerduty/auth/scopes.ts';
import type { Probe, Probed } from '../../../pagerduty/http/probe.ts';
import type { Connection } from '../../context.ts';
import { type Finding, ok, warn } from './finding.ts';

/** Roles of users who may change nothing. */
const READ_ONLY_ROLES = ['read_only_user', 'read_only_limited_user', 'observer', 'restricted_access'];

/** Decides whether the token may write: by the scopes of an app, the role of a user, or the answer to a create without content. */
export async function writeFinding(connection: Connection, me: Probed, probe: Probe): Promise<Finding> {
  const granted = connection.granted();
  if (granted) {
    return granted.includes('extensions.write')
      ? ok('write', 'the app may change actions')
      : readOnly('the app lacks the scope extensions.write');
  }
  const role = isObject(me.document) && isObject(me.document.user) ? me.document.user.role : undefined;
  if (READ_ONLY_ROLES.includes(String(role))) return readOnly(`the role of the user is ${String(role)}`);
  // Nothing can be created from an empty body, and a key that may only read is refused before the body is looked at.
  const { answer, error } = await probe(
    { method: 'POST', path: '/extensions', body: {} },
    'ask for the right to write',
  );
  if (error instanceof AuthError) return readOnly(`${error.message.replace(/^.*: /, '')}`);
  return answer?.status === 400
    ? ok('write', 'the token may change actions')
    : warn('write', 'unknown: PagerDuty did not say', '`pdactions plan` works; try a `sync` to find out.');
}

function readOnly(why: string): Finding {
  const next =
    'Enough for `list`, `plan` and `export`. To change anything, use a key with full access, or a user who is Manager or Global Admin.';
  return warn('write', `read-only: ${why}`, next);
}

/** For an OAuth app: the commands that lack a scope, by what they lack. */
export function scopeFindings(granted: readonly string[] | undefined): readonly Finding[] {
  if (!granted) return [];
  const lacking = new Map<string, string[]>();
  for (const [command, { required }] of Object.entries(SCOPES)) {
    const missing = required.filter((scope) => !granted.includes(scope)).join(', ');
    if (missing !== '') lacking.set(missing, [...(lacking.get(missing) ?? []), command]);
  }
  if (lacking.size === 0) return [ok('scopes', 'the app has the scopes of every command')];
  return [...lacking].map(([missing, commands]) =>
    warn(
      'scopes',
      `without ${missing}, these do not work: ${commands.join(', ')}`,
      'If you need them, add the scope to the app, in PagerDuty under Integrations → App Registration.',
    ),
  );
}
