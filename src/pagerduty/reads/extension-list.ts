/** The list of extensions, of our schema or of any. */
import { RemoteError } from '../../errors.ts';
import { type Extension, type Page, readExtension } from '../wire.ts';
import { type ListOptions, listAll, type ReadPage } from './paging.ts';
import type { Query, Requests } from './requests.ts';

export type Record = Extension & { readonly id: string };

/** The id of the schema, read at most once. */
export interface SchemaId {
  (): Promise<string>;
  isKnown(): boolean;
}

/** Reads the list over one caller; a refused query is not sent again. */
export class ExtensionList {
  readonly #requests: Requests;
  readonly #schemaId: SchemaId;
  readonly #onProgress: (done: number, total: number) => void;
  /** The list may refuse the state of actions (fact 9); then it is read without. */
  #include: Query = { 'include[]': ['temporarily_disabled'] };

  constructor(requests: Requests, schemaId: SchemaId, onProgress: (done: number, total: number) => void) {
    this.#requests = requests;
    this.#schemaId = schemaId;
    this.#onProgress = onProgress;
  }

  /** Pages of the actions of our schema. */
  pages(query: Query): ReadPage<Record> {
    return async (request) =>
      this.anyPages({ extension_schema_id: await this.#schemaId(), ...query })(request);
  }

  /** Pages of extensions of any schema, unless the query names one. */
  anyPages(query: Query): ReadPage<Record> {
    const { extension_object_id: service } = query;
    const what = service === undefined ? 'actions' : `actions on the service ${service}`;
    const read = (extra: Query) => this.#requests.page('extensions', { ...query, ...extra }, withId, what);
    return async (request) => {
      const used = this.#include;
      try {
        return await read(used)(request);
      } catch (error) {
        const refused = error instanceof RemoteError && error.reason === 'invalid' && 'include[]' in used;
        if (!refused) throw error;
        this.#include = {};
        return await read(this.#include)(request);
      }
    };
  }

  /** A whole list. */
  read(readPage: ReadPage<Record>, options: Partial<ListOptions<Record>>): Promise<Record[]> {
    return listAll({ what: 'extensions', readPage, http: this.#requests.listing('extensions'), ...options });
  }

  list(
    query: Query,
    options: { readonly off?: AbortSignal; readonly first?: Page<Record> },
  ): Promise<Record[]> {
    const onProgress = 'extension_object_id' in query ? undefined : this.#onProgress;
    return this.read(this.pages(query), { onProgress, ...options });
  }

  /** A function that reads the list of one service. */
  onService(id: string): (off: AbortSignal) => Promise<Record[]> {
    return (off) => this.list({ extension_object_id: id }, { off });
  }
}

/** @param at its place in the list, for one without an id */
function withId(item: unknown, at: number): Record {
  const extension = readExtension(item, `no-id-${at + 1}`);
  return { ...extension, id: extension.action.id };
}
