/** The two kinds of reads: one page of a list, and one object. */
import { AuthError, type HttpFacts, RemoteError } from '../../errors.ts';
import type { Caller } from '../http/call.ts';
import { decodePage, expectId, unwrap } from '../wire.ts';
import type { ReadPage } from './paging.ts';

export type Query = Record<string, string | string[]>;

/** One object to read. */
interface One<T> {
  /** The path before the id: `/services`. */
  readonly path: string;
  readonly id: string;
  /** The member of the answer that contains it. */
  readonly key: string;
  readonly decode: (item: unknown) => T;
  /** For messages, after "read". */
  readonly what: string;
  readonly query?: Query;
  readonly off?: AbortSignal;
}

/** Requests over one caller. */
export class Requests {
  readonly #call: Caller;

  constructor(call: Caller) {
    this.#call = call;
  }

  /**
   * A function that reads a page of a list.
   * @param key the last part of its path, and the member of the answer that contains it
   * @param what for messages, after "read the list of"
   */
  page<T>(key: string, query: Query, decode: (item: unknown, at: number) => T, what: string): ReadPage<T> {
    return ({ offset, limit, total, off }) =>
      this.#call({
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
  }

  one<T>({ path, id, key, decode, what, query, off }: One<T>): Promise<T> {
    return this.#call({
      class: 'read',
      request: { method: 'GET', path: `${path}/${id}`, query },
      what: `read ${what}`,
      off,
      decode: (document) => unwrap(document, key, (item) => decode(expectId(item, id))),
    });
  }

  /** The request for a list, for messages. */
  listing(key: string): HttpFacts {
    return { method: 'GET', path: `/${key}`, host: this.#call.host };
  }

  /** Announces at least this many more requests. */
  expect(requests: number): void {
    this.#call.expect(requests);
  }
}

/** One object, or undefined if it is gone. A 403 without a scope means gone, too (fact 57): for objects that are reported if missing. */
export async function orHidden<T>(read: Promise<T>): Promise<T[]> {
  try {
    return [await read];
  } catch (error) {
    const isGone = error instanceof RemoteError && error.reason === 'gone';
    if (isGone || isHidden(error)) return [];
    throw error;
  }
}

/** A refusal of this one object, and not of the token or one of its scopes. */
export function isHidden(error: unknown): error is AuthError {
  return (
    error instanceof AuthError &&
    error.reason === 'forbidden' &&
    (error.http?.requiredScopes ?? []).length === 0
  );
}
