/** Finds the account and the user of a token, by reads that every token may make (fact 18). */
import { isObject } from '../../json-fields.ts';
import { createProbe } from '../../pagerduty/http/probe.ts';
import type { Transport } from '../../pagerduty/http/transport.ts';
import { accountIn, listedService } from '../../pagerduty/wire.ts';
import { type WriteRight, writeRight } from './rights.ts';

export interface Who {
  /** The subdomain; null if no service shows it. */
  readonly account: string | null;
  /** Name, email and role of the user behind the token; null for a key of the account. */
  readonly user: string | null;
}

/** The rights of a token. */
export interface Rights {
  /** Why actions cannot be read; null if they can. */
  readonly unread: string | null;
  readonly write: WriteRight;
}

/** @throws AuthError if the token is refused, RemoteError without a usable answer */
export async function whoIs(
  transport: Transport,
  about: Parameters<typeof createProbe>[1],
  signal: AbortSignal,
): Promise<Who & { readonly rights: Rights }> {
  const probe = createProbe(transport, about, signal);
  const services = { method: 'GET', path: '/services', query: { limit: '1' } } as const;
  const extensions = { method: 'GET', path: '/extensions', query: { limit: '1' } } as const;
  const [first, me, actions] = await Promise.all([
    probe(services, 'check the token'),
    probe({ method: 'GET', path: '/users/me' }, 'read the user behind the token'),
    probe(extensions, 'read the list of extensions'),
  ]);
  if (first.error) throw first.error;
  const write = await writeRight(undefined, me, probe);
  return {
    account: accountOf(first.document),
    user: userOf(me.document),
    rights: { unread: actions.error?.message ?? null, write },
  };
}

/** The subdomain in a list of services; null if it is empty. */
export function accountOf(document: unknown): string | null {
  const [service] = isObject(document) && Array.isArray(document.services) ? document.services : [];
  const htmlUrl = service === undefined ? null : listedService(service, '').htmlUrl;
  return htmlUrl === null ? null : accountIn(htmlUrl);
}

/** Name, email and role of the user in an answer of `/users/me`; null without one. */
export function userOf(document: unknown): string | null {
  const user = isObject(document) && isObject(document.user) ? document.user : {};
  const parts = [user.name, user.email, user.role].filter((part) => typeof part === 'string');
  return parts.length === 0 ? null : parts.join(', ');
}
