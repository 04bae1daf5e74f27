/** The two kinds of requests that read: one page of a list, and one thing. */
import { AuthError, type HttpFacts, RemoteError } from '../../errors.ts';
import type { Caller } from '../http/call.ts';
import { decodePage, expectId, type Page, unwrap } from '../wire.ts';
import type { PageRequest } from './paging.ts';

export type Query = Record<string, string | string[]>;

/** Requests over one caller. `what` is named in messages, and reads after "read the list of" or "read". */
export function createRequests(call: Caller) {
  const page = <T>(key: string, query: Query, decode: (item: unknown, at: number) => T, what: string) => {
    return ({ offset, limit, total, off }: PageRequest): Promise<Page<T>> =>
      call({
        class: 'read',
        request: {
          method: 'GET',
          path: `/${key}`,
          query: {
            ...query,
            limit: String(limit),
            offset: String(offset),
            ...(total ? { total: 'true' } : {}),
          },
        },
        what: `read the list of ${what}`,
        off,
        decode: (document) => decodePage(document, key, (item, index) => decode(item, offset + index)),
      });
  };

  const one = <T>(
    path: string,
    id: string,
    key: string,
    decode: (item: unknown) => T,
    what: string,
    { query, off }: { readonly query?: Query; readonly off?: AbortSignal } = {},
  ) =>
    call({
      class: 'read',
      request: { method: 'GET', path: `${path}/${id}`, query },
      what: `read ${what}`,
      off,
      decode: (document) => unwrap(document, key, (item) => decode(expectId(item, id))),
    });

  const listing = (key: string): HttpFacts => ({ method: 'GET', path: `/${key}`, host: call.host });

  /** One thing, or none when it is gone. */
  const orNone = async <T>(read: () => Promise<T>): Promise<T[]> => {
    try {
      return [await read()];
    } catch (error) {
      if (error instanceof RemoteError && error.reason === 'gone') return [];

      throw error;
    }
  };

  /** The same where a 403 that names no scope means gone, too (fact 57): for what is reported when it is missing. */
  const orHidden = async <T>(read: () => Promise<T>): Promise<T[]> => {
    try {
      return await orNone(read);
    } catch (error) {
      if (isHidden(error)) return [];
      throw error;
    }
  };

  return { page, one, listing, orNone, orHidden, expect: call.expect };
}

export type Requests = ReturnType<typeof createRequests>;

/** A refusal of this one thing, and not of the token or one of its scopes. */
export function isHidden(error: unknown): error is AuthError {
  return (
    error instanceof AuthError &&
    error.reason === 'forbidden' &&
    (error.http?.requiredScopes ?? []).length === 0
  );
}
