/**
 * The error classes, divided by what the user can do about them. Anything thrown that is not one of these is a bug.
 *
 * Message grammar: what failed + on what + why, lower case, no final period; `hint` is the next step, whole sentences.
 * Nothing here may carry a secret: messages name header and variable names, never values.
 */

/** Stable machine-readable causes, one for each kind of failure; shown in `--json` and in each error line. */
export type Reason =
  | 'rate_limited'
  | 'server_error'
  | 'network'
  | 'dns'
  | 'tls'
  | 'lost_response'
  | 'timeout'
  | 'bad_body'
  | 'contract'
  | 'unauthorized'
  | 'forbidden'
  | 'ability'
  | 'gone'
  | 'limit'
  | 'invalid'
  | 'conflict'
  | 'duplicate'
  | 'unstable_list'
  | 'too_many_records'
  | 'redirect'
  | 'proxy'
  | 'schema'
  | 'stale_plan'
  | 'interrupted'
  | 'local_io'
  | 'internal';

/** The answer of PagerDuty (or of another server in its place) to one request. Texts are as received: sanitise before showing. */
export interface HttpFacts {
  readonly method: string;
  /** Path without the query, for example `/extensions/PABC123`. */
  readonly path: string;
  readonly host: string;
  /** Absent without an answer. */
  readonly status?: number;
  /** PagerDuty's own error code (fact 27). */
  readonly code?: number;
  readonly message?: string;
  readonly errors?: readonly string[];
  readonly requestId?: string;
  /** OAuth scopes that the answer says are missing (fact 21). */
  readonly requiredScopes?: readonly string[];
}

interface ErrorOptions {
  readonly hint?: string | undefined;
  readonly details?: readonly string[] | undefined;
  readonly reason?: Reason | undefined;
  readonly http?: HttpFacts | undefined;
  readonly cause?: unknown;
}

/** The base of all expected failures. `kind` decides the exit code (one map, in `main.ts`). */
export abstract class PdactionsError extends Error {
  /** Written out, since the build shortens the names of classes. */
  abstract override readonly name: string;
  abstract readonly kind:
    | 'usage'
    | 'config'
    | 'auth'
    | 'remote'
    | 'refused'
    | 'local-io'
    | 'declined'
    | 'cancelled';
  /** The next step for the user. */
  readonly hint: string | undefined;
  /** Further lines below the message, in reading order. */
  readonly details: readonly string[];
  readonly reason: Reason | undefined;
  readonly http: HttpFacts | undefined;

  constructor(message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
    this.details = options.details ?? [];
    this.reason = options.reason;
    this.http = options.http;
  }
}

/** Wrong flags, a missing value off a terminal, an unsafe environment. Exit 3. */
export class UsageError extends PdactionsError {
  override readonly name = 'UsageError';
  readonly kind = 'usage';
}

/** One thing wrong with a configuration file. `line` and `column` count from 1. */
export interface Problem {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  /** Dotted path inside the document, for example `actions.restart-server.url`. */
  readonly path: string;
  readonly message: string;
  readonly fix?: string | undefined;
}

/** The configuration is invalid. Carries every problem at once. Exit 4; no request was sent. */
export class ConfigError extends PdactionsError {
  override readonly name = 'ConfigError';
  readonly kind = 'config';
  readonly problems: readonly Problem[];

  constructor(message: string, problems: readonly Problem[], options: ErrorOptions = {}) {
    super(message, options);
    this.problems = problems;
  }
}

/** The token is missing, refused (401), lacks a right (403) or an ability (402), or its file is unsafe. Exit 5. */
export class AuthError extends PdactionsError {
  override readonly name = 'AuthError';
  readonly kind = 'auth';
}

/**
 * The consequence of a failed call (docs/faults.md):
 * - `skip`: this operation failed, the rest of its service is skipped, other services continue (`SK`);
 * - `stop`: no further operations at all (`ST`; in the read phase, abort);
 * - `verify`: the write may have happened; look it up before anything else (`VF`).
 */
export type Aftermath = 'skip' | 'stop' | 'verify';

/** PagerDuty could not be reached, answered with an error, or the answer is not PagerDuty's. */
export class RemoteError extends PdactionsError {
  override readonly name = 'RemoteError';
  readonly kind = 'remote';
  readonly aftermath: Aftermath;
  /** True if the request certainly had no effect, whatever the reason. */
  readonly certain: boolean;
  /** True when the request was not sent at all. */
  readonly unsent: boolean;

  constructor(
    message: string,
    options: ErrorOptions & {
      readonly aftermath: Aftermath;
      readonly certain?: boolean | undefined;
      readonly unsent?: boolean | undefined;
    },
  ) {
    super(message, options);
    this.aftermath = options.aftermath;
    this.unsent = options.unsent ?? false;
    this.certain = options.certain ?? this.unsent;
  }
}

/** A 403 for one object: it was deleted, or this token may not see it. It proves neither (fact 57). */
export class HiddenError extends RemoteError {}

/** A safety stop: a guard, a full service, an ambiguity, a stale plan, another account. Exit 8. */
export class RefusedError extends PdactionsError {
  override readonly name = 'RefusedError';
  readonly kind = 'refused';
}

/** A local file could not be read, written, or kept from another process. Exit 9. */
export class LocalIoError extends PdactionsError {
  override readonly name = 'LocalIoError';
  readonly kind = 'local-io';
}

/** The user declined, or pressed Esc, before any change. Exit 0, because that is the requested result. */
export class DeclinedError extends PdactionsError {
  override readonly name = 'DeclinedError';
  readonly kind = 'declined';

  constructor() {
    super('Cancelled; nothing was done.');
  }
}

/** The user pressed Ctrl-C, or a signal came. Exit 130, 143 or 129. */
export class CancelledError extends PdactionsError {
  override readonly name = 'CancelledError';
  readonly kind = 'cancelled';
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP';

  constructor(message = 'cancelled', signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' = 'SIGINT') {
    super(message, { reason: 'interrupted' });
    this.signal = signal;
  }
}
