/** The log of requests and their effects: append-only, without tokens. */

import { appendFileSync, closeSync, constants, openSync } from 'node:fs';
import { LocalIoError } from '../errors.ts';
import type { Committed } from './account/change.ts';
import { fileText } from './keeping/file-text.ts';

/** The end of a request. */
export type RequestEnd =
  | 'open'
  | 'answered'
  | 'reset'
  | 'hang'
  | 'drip'
  | 'truncate'
  | 'late-commit'
  | 'redirect'
  | 'gzip-bomb';

interface RequestRecord {
  /** Counts the requests to the API since the start or the last reset, from 1. */
  readonly index: number;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  /** Without the `?`. Empty when the token was refused. */
  readonly query: string;
  /** By lower-case name, without credentials. Empty when the token was refused. */
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON value, or the text when it is not JSON; null without a body or when the token was refused. */
  readonly body: unknown;
  readonly status: number | null;
  readonly end: RequestEnd;
  /** The faults that hit it, as `action@phase`. */
  readonly faults: readonly string[];
}

export interface CommitRecord extends Committed {
  readonly seq: number;
  readonly at: string;
  /** The author: the API, a late commit of it, a person (an edit or a fault that inserts or removes), a delivery, or the page. */
  readonly by: 'api' | 'late' | 'edit' | 'delivery' | 'page';
  /** The request that caused it. */
  readonly request: number | null;
}

export interface LoggedTraffic {
  readonly requests: readonly RequestRecord[];
  readonly commits: readonly CommitRecord[];
}

/** A request in progress. */
export interface OpenRequest {
  readonly index: number;
  note(
    change: Partial<Pick<RequestRecord, 'status' | 'end' | 'faults' | 'query' | 'headers' | 'body'>>,
  ): void;
  /** Writes its line into the log file. */
  close(): void;
}

export interface SandboxLog {
  begin(request: { readonly at: string; readonly method: string; readonly path: string }): OpenRequest;
  commit(entry: Omit<CommitRecord, 'seq'>): void;
  log(): LoggedTraffic;
  clear(): void;
}

/**
 * @param file also gets one JSON line for each request and each commit: without bodies, queries and header values, because people read
 *   and keep it
 * @throws LocalIoError if that file cannot be written
 */
export function createJournal(file: string | undefined): SandboxLog {
  let requests: RequestRecord[] = [];
  let commits: CommitRecord[] = [];
  let count = 0;
  // Now rather than at the first request, so that an unwritable path stops the start.
  if (file !== undefined) append(file, '');
  const write: LogWrite = (line) => {
    if (file !== undefined) append(file, `${fileText(line)}\n`);
  };
  return {
    begin: (request) => {
      count += 1;
      return openRequest(requests, { index: count, ...request }, write);
    },
    commit: (entry) => {
      const record = { seq: commits.length + 1, ...entry };
      commits.push(record);
      const { seq, at, by, request, verb, id } = record;
      write({ type: 'commit', seq, at, by, request, verb, what: record.type, id });
    },
    log: () => ({ requests: [...requests], commits: [...commits] }),
    clear: () => {
      requests = [];
      commits = [];
      count = 0;
    },
  };
}

type LogWrite = (line: Readonly<Record<string, unknown>>) => void;

/** Adds a new request to the list, where its record changes until it is closed. */
function openRequest(
  list: RequestRecord[],
  request: Pick<RequestRecord, 'index' | 'at' | 'method' | 'path'>,
  write: LogWrite,
): OpenRequest {
  const { index } = request;
  const nothing = { query: '', headers: {}, body: null, status: null, end: 'open', faults: [] } as const;
  let record: RequestRecord = { ...request, ...nothing };
  const slot = list.push(record) - 1;
  return {
    index,
    note: (change) => {
      record = { ...record, ...change };
      list[slot] = record;
    },
    close: () => {
      const { at, method, path, status, end, faults } = record;
      const befell = faults.length > 0 && { faults };
      write({ type: 'request', index, at, method, path, status, end, ...befell });
    },
  };
}

/** A planted link in place of the file is not followed (T59). */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);

function append(file: string, text: string): void {
  try {
    const handle = openSync(file, APPEND, 0o600);
    try {
      appendFileSync(handle, text);
    } finally {
      closeSync(handle);
    }
  } catch (cause) {
    throw new LocalIoError(`the sandbox log file ${file} could not be written`, {
      reason: 'local_io',
      cause,
    });
  }
}
