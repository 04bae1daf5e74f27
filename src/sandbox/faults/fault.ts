/** Faults: the injected failure, the request, and the moment. Always by count, never by chance. */
import type { InsertionInput } from '../seed/seed.ts';

/**
 * - `before-read`: the request has arrived and is still unread;
 * - `before-commit`: token and rate limit are fine, nothing has changed;
 * - `after-commit`: the change is made, nothing has been answered;
 * - `mid-body`: half of the answer's body is out.
 */
export type FaultPhase = 'before-read' | 'before-commit' | 'after-commit' | 'mid-body';

/** Selects the request. All given members must match. Counting starts when the faults are set. */
interface FaultMatch {
  /** The n-th request of all, from 1. */
  readonly index?: number | undefined;
  readonly method?: string | undefined;
  /** Without the query; `*` stands for one segment, for example an id: `/extensions/*`. */
  readonly path?: string | undefined;
  /** The n-th of the matching ones, from 1. */
  readonly nth?: number | undefined;
  /** The id of a service that the request is about: by filter, by body, or by the extension that the path names. */
  readonly service?: string | undefined;
}

/** The effect. The first nine end the request; the others let it go on. */
type FaultAction =
  /** Sends this answer. A body that is not a string is sent as JSON. */
  | {
      readonly action: 'status';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>> | undefined;
      readonly contentType?: string | undefined;
    }
  /** Breaks the connection with RST. */
  | { readonly action: 'reset' }
  /** Sends nothing more, and keeps the connection. */
  | { readonly action: 'hang' }
  /** Sends spaces forever, one at a time. */
  | { readonly action: 'drip'; readonly everyMs?: number | undefined }
  /** Sends half of the body: less than `Content-Length` says, closed without a length, or in a chunk that never ends. */
  | { readonly action: 'truncate'; readonly cut?: 'length' | 'close' | 'chunk' | undefined }
  /** Breaks the connection, and carries the request out this much later on the sandbox's clock. */
  | { readonly action: 'late-commit'; readonly afterMs: number }
  | { readonly action: 'redirect'; readonly location: string; readonly status?: number | undefined }
  /** Sends a small compressed body that becomes this large. */
  | { readonly action: 'gzip-bomb'; readonly megabytes?: number | undefined }
  /** Asks the owner of the sandbox to send this signal to the client, and continues after that. */
  | { readonly action: 'signal'; readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGKILL' }
  /** Waits until the gate of this name is released. */
  | { readonly action: 'gate'; readonly gate: string }
  /** Adds records, or replaces those whose id is known. */
  | { readonly action: 'insert'; readonly insert: InsertionInput }
  /** Removes records. */
  | { readonly action: 'remove'; readonly ids: readonly string[] };

export type InjectedFault = FaultAction & {
  readonly match?: FaultMatch | undefined;
  /** By default `before-commit`, and `mid-body` for `truncate`. */
  readonly phase?: FaultPhase | undefined;
  /** The number of times; 1 by default. */
  readonly times?: number | 'always' | undefined;
};

/** The phase of a fault that does not name one. */
export function phaseOf(fault: InjectedFault): FaultPhase {
  return fault.phase ?? (fault.action === 'truncate' ? 'mid-body' : 'before-commit');
}
