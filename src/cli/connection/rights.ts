/** Finds out whether a token may change actions, by requests that cannot change anything. */
import { isObject } from '../../json-fields.ts';
import type { Probe, Probed } from '../../pagerduty/http/probe.ts';

/** The right to change actions: null if PagerDuty did not show it. */
export type WriteRight = { readonly may: true | null } | { readonly may: false; readonly why: string };

/** Roles of users who may not change anything. */
const READ_ONLY_ROLES = ['read_only_user', 'read_only_limited_user', 'observer', 'restricted_access'];

/** No extension has this id: PagerDuty's have 7 or 14 characters. */
const NO_SUCH_ID = 'PNOSUCHACTION';

/**
 * Finds out if the token may write.
 * @param granted the scopes of an OAuth app, which are sufficient
 * @param me the answer of `/users/me`
 */
export async function writeRight(
  granted: readonly string[] | undefined,
  me: Probed,
  probe: Probe,
): Promise<WriteRight> {
  if (granted) {
    return granted.includes('extensions.write')
      ? { may: true }
      : { may: false, why: 'the app lacks the scope extensions.write' };
  }
  const role = isObject(me.document) && isObject(me.document.user) ? me.document.user.role : undefined;
  if (READ_ONLY_ROLES.includes(String(role))) {
    return { may: false, why: `the user's role is ${String(role)}` };
  }
  return askToEnable(probe);
}

/**
 * Sends an enable for an action that does not exist, which can change nothing: a token that may write gets 404, and a read-only one is
 * refused before. A 403 can also mean "gone" (fact 57), so a read of the same id must not answer 403 as well.
 */
async function askToEnable(probe: Probe): Promise<WriteRight> {
  const path = `/extensions/${NO_SUCH_ID}`;
  const [enabling, reading] = await Promise.all([
    probe({ method: 'POST', path: `${path}/enable` }, 'check write access'),
    probe({ method: 'GET', path }, 'read an action that does not exist'),
  ]);
  if (enabling.answer?.status === 404) return { may: true };
  const isRefused = enabling.answer?.status === 403 && reading.answer?.status === 404;
  return isRefused ? { may: false, why: whyRefused(enabling) } : { may: null };
}

function whyRefused({ error }: Probed): string {
  const scopes = error?.http?.requiredScopes;
  return scopes?.length ? `it lacks the scope ${scopes.join(', ')}` : 'PagerDuty refuses to change actions';
}
