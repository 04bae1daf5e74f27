import { type LiveAction, NO_SERVICE, type Service } from '../../core/action.ts';
import { type Extension, type Page, readExtension } from '../wire.ts';
import { hasSchema, wayOn } from './ahead.ts';
import { readBeyondWall } from './beyond-wall.ts';
import { ExtensionList, type Record, type SchemaId } from './extension-list.ts';
import { FIRST_PAGE, isBeyondWall, pagesAfter } from './paging.ts';
import type { Requests } from './requests.ts';
import { FEW } from './services.ts';
import { together } from './together.ts';

type OnProgress = (done: number, total: number) => void;

interface ActionReadsOptions {
  readonly requests: Requests;
  readonly schemaId: SchemaId;
  readonly onProgress: { readonly actions: OnProgress; readonly oneByOne: OnProgress };
}

/** Reads of actions, over the id of their schema. */
export class ActionReads {
  readonly #requests: Requests;
  readonly #schemaId: SchemaId;
  readonly #onProgress: ActionReadsOptions['onProgress'];
  readonly #extensions: ExtensionList;
  #prefetched: Promise<Page<Record>> | undefined;

  constructor({ requests, schemaId, onProgress }: ActionReadsOptions) {
    this.#requests = requests;
    this.#schemaId = schemaId;
    this.#onProgress = onProgress;
    this.#extensions = new ExtensionList(requests, schemaId, onProgress.actions);
  }

  /** Starts to read the first page of all extensions for the next `on`, which may or may not need it. */
  prefetch(): void {
    this.#prefetched = this.#readAhead();
  }

  /**
   * The custom incident actions on these services, each once, verified complete.
   * @param services gives those of the whole account, in case they must be read one by one
   * @param labels that actions probably have
   */
  async on(
    asked: readonly Service[] | 'all',
    services: () => Promise<readonly Service[]>,
    labels: readonly string[],
  ): Promise<readonly LiveAction[]> {
    const of = asked === 'all' ? asked : asked.filter(({ id }) => id !== NO_SERVICE.id);
    if (of !== 'all' && of.length <= FEW) {
      this.#prefetched = undefined;
      return this.#oneByOne(of);
    }
    const ahead = this.#takeAhead();
    const whole = ahead && (await this.#fromAhead(ahead, of));
    return within(of, whole ?? (await this.#ofSchema(of, services, labels)));
  }

  /** Reads one record of the list. @throws AuthError for a token that may read no action at all */
  async expectReadable(): Promise<void> {
    await this.#extensions.pages({})({ limit: 1, offset: 0, total: false });
  }

  byId(id: string): Promise<Extension> {
    return this.#requests.one({
      path: '/extensions',
      id,
      key: 'extension',
      decode: (item) => readExtension(item, id),
      what: `the action ${id}`,
      query: { 'include[]': ['temporarily_disabled'] },
    });
  }

  #readAhead(): Promise<Page<Record>> {
    // The schema first, so that with one request at a time a failure names it.
    this.#schemaId().catch(() => undefined);
    const first = this.#extensions.anyPages({})(FIRST_PAGE);
    // A failure is reported by the read that needs the page.
    first.catch(() => undefined);
    return first;
  }

  /** Page 1 of all extensions: the prefetched one, or a new read if the schema is not known. */
  #takeAhead(): Promise<Page<Record>> | undefined {
    const ahead = this.#prefetched ?? (this.#schemaId.isKnown() ? undefined : this.#readAhead());
    this.#prefetched = undefined;
    return ahead;
  }

  /** The wanted actions from page 1 of all extensions; undefined if the list of our schema is necessary or cheaper. */
  async #fromAhead(
    ahead: Promise<Page<Record>>,
    of: readonly Service[] | 'all',
  ): Promise<readonly LiveAction[] | undefined> {
    const schema = await this.#schemaId();
    const first = await ahead;
    const way = wayOn(first, schema, of === 'all' ? Number.POSITIVE_INFINITY : of.length);
    if (way === 'services' && of !== 'all') return this.#oneByOne(of);
    if (way !== 'rest') return undefined;
    const onProgress = this.#onProgress.actions;
    const records = await this.#extensions.read(this.#extensions.anyPages({}), { first, onProgress });
    return records.every(hasSchema) ? this.#own(records) : undefined;
  }

  /** The list of our schema, or each service separately if that is cheaper. */
  async #ofSchema(
    of: readonly Service[] | 'all',
    services: () => Promise<readonly Service[]>,
    labels: readonly string[],
  ): Promise<readonly LiveAction[]> {
    const first = await this.#extensions.pages({})(FIRST_PAGE);
    if (of !== 'all' && pagesAfter(first) > of.length) return this.#oneByOne(of);
    if (!isBeyondWall(first)) return this.#own(await this.#extensions.list({}, { first }));
    const records = await readBeyondWall({
      extensions: this.#extensions,
      requests: this.#requests,
      services: [...idsOf(of === 'all' ? await services() : of)],
      first,
      labels,
      onProgress: this.#onProgress,
    });
    return this.#own(records);
  }

  /** Filtered again: a server that ignores the filter must not widen the scope. */
  async #own(records: Iterable<Record>): Promise<LiveAction[]> {
    const schema = await this.#schemaId();
    return [...records]
      .filter(({ schemaId: of }) => of === null || of === schema)
      .map(({ action }) => action);
  }

  /** Reads each service separately, and returns each record once. */
  async #oneByOne(of: readonly Service[]): Promise<LiveAction[]> {
    const wanted = idsOf(of);
    if (wanted.size > FEW) this.#requests.expect(wanted.size);
    let done = 0;
    const read = [...wanted].map((id) => async (off: AbortSignal) => {
      const records = await this.#extensions.onService(id)(off);
      done += 1;
      if (wanted.size > FEW) this.#onProgress.oneByOne(done, wanted.size);
      return records;
    });
    const lists = await together(read);
    const actions = await this.#own(new Map(lists.flat().map((record) => [record.id, record])).values());
    return actions.filter(isOn(wanted));
  }
}

/** An action on no known service may be on one of these: the caller decides whether to show it. */
function within(of: readonly Service[] | 'all', actions: readonly LiveAction[]): readonly LiveAction[] {
  if (of === 'all') return actions;
  const isWanted = isOn(idsOf(of));
  return actions.filter((action) => action.services.length === 0 || isWanted(action));
}

function idsOf(services: readonly Service[]): ReadonlySet<string> {
  return new Set(services.map(({ id }) => id));
}

function isOn(wanted: ReadonlySet<string>): (action: LiveAction) => boolean {
  return (action) => action.services.some(({ id }) => wanted.has(id));
}
