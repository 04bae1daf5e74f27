/**
 * The port: everything that the rest of the program may request from PagerDuty. `api-store.ts` implements it over HTTP. Methods throw only
 * the classes of `errors.ts`, after their own retries and pacing (docs/faults.md); an aborted signal becomes a CancelledError.
 */
import type { Header, LiveAction, Service, Team } from '../core/action.ts';
import type { Selector } from '../core/selector.ts';

/** The services and teams that resolve the selectors of a run: enough to match them, at the lowest cost. */
export interface ServiceCatalogue {
  readonly services: readonly Service[];
  /** Teams that the selectors name, by name; a missing name does not exist. */
  readonly teams: readonly Team[];
}

/** One page of a search, for pickers and for suggestions. */
export interface ServicePage {
  readonly services: readonly Service[];
  readonly hasMore: boolean;
}

/** The fields of an action that a write carries. `headers` absent: the body has no `config` at all (fact 11, U4). */
export interface ActionBody {
  readonly label: string;
  readonly url: string;
  readonly headers?: readonly Header[] | undefined;
}

export interface ActionStore {
  /** Scheme, host and port, for messages. */
  readonly origin: string;

  /**
   * Announces `catalogue` and then `actions` for these selectors, and starts the reads that both always need. Gives
   * nothing, and never throws: the call that needs the answer throws the failure.
   */
  prefetch(selectors: readonly Selector[] | 'all'): void;

  /** Announces at least this many more requests, so that a default time limit can grow with the work. */
  expect(requests: number): void;

  /** Milliseconds until the time for this run is up, never negative. */
  timeLeft(): number;

  /**
   * Yields to signals in the middle of long computations.
   * @throws CancelledError if the run was interrupted, RemoteError if its time is up
   */
  breathe(): Promise<void>;

  /**
   * Services and teams that can match `selectors`, read the cheaper way: by id, by exact name, or all pages. `'all'` reads all.
   * A selector that matches nothing is not an error here.
   */
  catalogue(selectors: readonly Selector[] | 'all'): Promise<ServiceCatalogue>;

  /** The teams of exactly these names. */
  teamsNamed(names: readonly string[]): Promise<readonly Team[]>;

  /** Those of these teams that exist. */
  teamsById(ids: readonly string[]): Promise<readonly Team[]>;

  /** All teams; none for a token that may not see teams. */
  teams(): Promise<readonly Team[]>;

  /** Up to `limit` (at most 100) services whose name contains `text`, from `offset` on. For pickers and for "did you mean". */
  searchServices(
    text: string,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<ServicePage>;

  /** Up to 100 teams whose name contains `text`, for "did you mean". */
  searchTeams(text: string): Promise<readonly Team[]>;

  /**
   * The custom incident actions on the given services, or of the whole account, each once, verified complete. Grouping is the
   * caller's. `disabled` is set if lists contain it (fact 9).
   * @param labels that actions probably have, to read an account with more of them than one list shows
   */
  actions(of: readonly Service[] | 'all', labels?: readonly string[]): Promise<readonly LiveAction[]>;

  /** One custom incident action with `disabled` known. @throws RemoteError with reason `gone` for an unknown id. */
  action(id: string): Promise<LiveAction>;

  /** The account's subdomain, or null if no record shows it (fact 18). Costs a request only before the first read. */
  account(): Promise<string | null>;

  /**
   * Creates an action and gives PagerDuty's answer, even if it differs from `body`; if the answer is little more than an id,
   * `services` is empty. A RemoteError with aftermath `verify` means: it may exist; look before sending again.
   */
  create(serviceId: string, body: ActionBody): Promise<LiveAction>;

  /** Replaces an action (PUT with a full body) and gives PagerDuty's answer, even if it differs from `body`. */
  update(id: string, serviceId: string, body: ActionBody): Promise<LiveAction>;

  /**
   * Deletes an action. If it is already gone, it counts as deleted after a resend, and as `gone` if the first answer
   * says so.
   */
  delete(id: string): Promise<'deleted' | 'gone'>;

  /** Re-enables an action that PagerDuty has disabled (fact 41). */
  enable(id: string): Promise<LiveAction>;

  /** Requests sent so far in this run, retries included. */
  requests(): number;
}

/** Events of the transport, for progress displays and `--debug`. They never carry headers or bodies. */
export type StoreEvent =
  /** `number` counts the requests of a connection, resent ones included. */
  | { readonly type: 'request'; readonly method: string; readonly path: string; readonly number: number }
  | {
      readonly type: 'response';
      readonly method: string;
      readonly path: string;
      readonly status: number;
      readonly ms: number;
      readonly requestId: string | null;
    }
  | { readonly type: 'failure'; readonly method: string; readonly path: string; readonly reason: string }
  /** Everything waits `ms` milliseconds from now; `why` is `rate-limit` (server or pacing) or `retry`. */
  | { readonly type: 'wait'; readonly ms: number; readonly why: 'rate-limit' | 'retry' }
  /** Reading a list: `done` of `total` records so far; `services one by one` counts services, not their actions. */
  | {
      readonly type: 'reading';
      readonly what: 'services' | 'actions' | 'services one by one';
      readonly done: number;
      readonly total: number;
    }
  /** Services of a list without a valid id, which cannot be selected (F50). May come more than once. */
  | {
      readonly type: 'left out';
      readonly services: readonly { readonly id: string; readonly name: string }[];
    }
  /** The run ends at `at` on the run's clock, even if unfinished. Sent again when that changes. */
  | { readonly type: 'limit'; readonly at: number };
