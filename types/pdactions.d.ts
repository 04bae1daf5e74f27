// Written by `npm run generate:types`. docs/library.md describes it.

export declare interface ActionReference {
    readonly id: string;
    readonly label: string;
}

/**
 * The consequence of a failed call (docs/faults.md):
 * - `skip`: this operation failed, the rest of its service is skipped, other services continue (`SK`);
 * - `stop`: no further operations at all (`ST`; in the read phase, abort);
 * - `verify`: the write may have happened; look it up before anything else (`VF`).
 */
declare type Aftermath = 'skip' | 'stop' | 'verify';

/**
 * Applies a result of `plan`, once. A failure on one service never stops the others, so failed changes are in the report.
 * @throws RefusedError for a plan that is refused or not the approved one, with nothing written; UsageError for any other object, and
 *   for a plan of a `readOnly` connection
 */
export declare function apply(plan: Plan, { expectDigest }?: ApplyOptions): Promise<Report>;

export declare interface ApplyOptions {
    /** The digest of the approved plan; a plan with a different digest is refused. */
    readonly expectDigest?: string | undefined;
}

/** The token is missing, refused (401), lacks a right (403) or an ability (402), or its file is unsafe. Exit 5. */
export declare class AuthError extends PdactionsError {
    readonly name = "AuthError";
    readonly kind = "auth";
}

/** The user pressed Ctrl-C, or a signal came. Exit 130, 143 or 129. */
export declare class CancelledError extends PdactionsError {
    readonly name = "CancelledError";
    readonly kind = "cancelled";
    readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP';
    constructor(message?: string, signal?: 'SIGINT' | 'SIGTERM' | 'SIGHUP');
}

/** One change, by its `kind`. */
export declare type ChangeDocument = {
    readonly kind: 'create';
    readonly service: ServiceReference;
    readonly after: DeclaredActionDocument;
} | {
    readonly kind: 'update';
    readonly service: ServiceReference;
    readonly id: string;
    readonly before: LiveActionDocument;
    readonly after: DeclaredActionDocument;
    readonly fields: readonly FieldDocument[];
} | {
    readonly kind: 'delete' | 'enable';
    readonly service: ServiceReference;
    readonly id: string;
    readonly before: LiveActionDocument;
};

export declare type ChangeKind = 'create' | 'update' | 'delete' | 'enable';

/** The configuration is invalid. Carries every problem at once. Exit 4; no request was sent. */
export declare class ConfigError extends PdactionsError {
    readonly name = "ConfigError";
    readonly kind = "config";
    readonly problems: readonly Problem[];
    constructor(message: string, problems: readonly Problem[], options?: ErrorOptions_2);
}

/** Surplus actions, found by the check after the last write. */
export declare interface ConflictDocument {
    readonly service: ServiceReference;
    readonly label?: string;
    readonly ids: readonly string[];
    readonly made: readonly string[];
    readonly withdrawn: readonly string[];
}

/**
 * Opens a connection to an account. Nothing is sent yet.
 * @throws UsageError for invalid options, LocalIoError for an unreadable file of certificates
 */
export declare function connect(options: ConnectOptions): Promise<Connection>;

/** A connection to one account. */
export declare interface Connection {
    /** The base URL of the API. */
    readonly url: string;
    /** The account's subdomain; null if PagerDuty does not show it. */
    account(): Promise<string | null>;
    /** Number of requests sent so far, including retries. */
    requests(): number;
    /** Ends requests in flight. The connection cannot be used afterwards. */
    close(): void;
}

/** The account, and the options of the connection. Nothing is read from the environment. */
export declare interface ConnectOptions extends CredentialOptions {
    /** `us` by default; accepts the `region` of a loaded config. */
    readonly region?: 'us' | 'eu' | null | undefined;
    /** A base URL instead of a region, for example of a sandbox. Must be https, or point to this machine. */
    readonly url?: string | undefined;
    /**
     * The URL of an HTTP proxy, or an object of variables such as `process.env`, of which HTTPS_PROXY, ALL_PROXY and NO_PROXY are used, in
     * either case. Never used for this machine. By default, the connection is direct.
     */
    readonly proxy?: string | Readonly<Record<string, string | undefined>> | undefined;
    /** PEM files with certificate authorities to trust in addition to Node's. */
    readonly caFile?: string | readonly string[] | undefined;
    /** Also trusts the operating system's certificate store (Node 22.15, 24 and later). */
    readonly useSystemCa?: boolean | undefined;
    /** Number of services processed at a time. Default: 4. */
    readonly concurrency?: number | undefined;
    /** Time limit for all calls of this connection, in milliseconds. By default, it grows with the work. */
    readonly timeoutMs?: number | undefined;
    /** Ends waits and reads. A write in flight gets up to 5 seconds to finish. */
    readonly signal?: AbortSignal | undefined;
    /** Called for each request, wait and page, without headers or bodies. */
    readonly onEvent?: ((event: StoreEvent) => void) | undefined;
}

/** The credential: a token or an OAuth app, and whether it may write. */
export declare interface CredentialOptions {
    /** An API key, or an OAuth access token. Required unless `app` is given. */
    readonly token?: string | undefined;
    /** The form of the Authorization header. By default, derived from the token. */
    readonly tokenType?: TokenType | undefined;
    /** A scoped OAuth app. Its tokens are requested on demand, kept in memory, and renewed. */
    readonly app?: OAuthAppOptions | undefined;
    /** True for a connection that only plans: `apply` refuses it, and an OAuth app requests no write scope. */
    readonly readOnly?: boolean | undefined;
}

/** An action as the config declares it. */
export declare interface DeclaredActionDocument {
    /** Its key in the config. */
    readonly action: string;
    readonly label: string;
    readonly url: string;
    /** Null if the config does not mention headers. Values are never included. */
    readonly headers: readonly {
        readonly name: string;
        readonly value: string;
    }[] | null;
}

/** A failure inside a report. */
export declare interface ErrorDocument {
    readonly kind: PdactionsError['kind'];
    readonly reason: Reason | null;
    readonly message: string;
    readonly details: readonly string[];
    readonly hint: string | null;
    readonly http: HttpFacts | null;
}

declare interface ErrorOptions_2 {
    readonly hint?: string | undefined;
    readonly details?: readonly string[] | undefined;
    readonly reason?: Reason | undefined;
    readonly http?: HttpFacts | undefined;
    readonly cause?: unknown;
}

/** One difference of an update. */
export declare type FieldDocument = {
    readonly field: 'label';
    readonly before: string;
    readonly after: string;
} | {
    readonly field: 'url';
    readonly before: string | null;
    readonly after: string;
    /** `before` may be PagerDuty's stored form of `after`. */
    readonly storedForm?: boolean;
} | {
    readonly field: 'headers';
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly kept: readonly string[];
} | {
    readonly field: 'secrets';
    readonly names: readonly string[];
    readonly changed?: true;
};

declare type GuardVerdict = {
    readonly guard: 'max-deletes';
    readonly deletes: number;
    readonly limit: number;
    /** Custom incident actions on all services in scope. */
    readonly inScope: number;
} | {
    readonly guard: 'allow-empty';
    readonly deletes: number;
} | {
    readonly guard: 'keep-headers';
    readonly actions: readonly MovedHeaders[];
};

/** The answer of PagerDuty (or of another server in its place) to one request. Texts are as received: sanitise before showing. */
export declare interface HttpFacts {
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

/** An action on PagerDuty. Its URL has no login, and its query values are masked. */
export declare interface LiveActionDocument {
    readonly id: string;
    readonly label: string;
    readonly url: string | null;
    /** Header names; null if PagerDuty hides them. */
    readonly headers: readonly string[] | null;
    /** Null if PagerDuty does not show it. */
    readonly disabled: boolean | null;
    readonly services: readonly {
        readonly id: string;
        readonly name: string | null;
    }[];
    readonly htmlUrl: string | null;
    /** Why it cannot be read in full. */
    readonly unreadable?: string;
}

/**
 * Loads a config with everything that it extends.
 * @throws ConfigError with all problems, or if no config is found
 */
export declare function loadConfig(options?: LoadConfigOptions): Promise<LoadedConfig>;

/** The config to load, and the variables it may read. */
export declare interface LoadConfigOptions {
    /** The directory where the search starts; it goes up to the root of the repository. Default: the working directory. */
    readonly cwd?: string | undefined;
    /** The config file, or several. By default, the search finds one. */
    readonly file?: string | readonly string[] | undefined;
    /** Values for `${NAME}`. The process environment is read only if you pass it here. */
    readonly env?: Readonly<Record<string, string | undefined>> | undefined;
    /** The only variables that may be expanded. By default, those listed in `PDACTIONS_ALLOW_ENV` of `env`. */
    readonly allowEnv?: readonly string[] | undefined;
    /** Reports endpoints that PagerDuty cannot reach as problems, not as warnings. */
    readonly strict?: boolean | undefined;
}

/** A valid config. Its contents, which include secrets, are private. */
export declare interface LoadedConfig {
    /** The files it consists of. */
    readonly files: readonly string[];
    readonly account: string | null;
    readonly region: 'us' | 'eu' | null;
    /** The keys of its actions. */
    readonly actions: readonly string[];
    readonly warnings: readonly Problem[];
}

/** A local file could not be read, written, or kept from another process. Exit 9. */
export declare class LocalIoError extends PdactionsError {
    readonly name = "LocalIoError";
    readonly kind = "local-io";
}

/** An update that sends stored headers to another origin: the config does not mention them, so they stay. */
declare interface MovedHeaders {
    readonly id: string;
    readonly label: string;
    readonly service: {
        readonly id: string;
        readonly name: string;
    };
    readonly headers: readonly string[];
}

/** The client credentials of a scoped OAuth app. */
export declare interface OAuthAppOptions {
    readonly clientId: string;
    readonly clientSecret: string;
    /** The account's subdomain: `acme` for https://acme.pagerduty.com. */
    readonly subdomain: string;
}

/** The outcome of one change. */
export declare interface OutcomeDocument {
    readonly kind: ChangeKind;
    readonly service: ServiceReference;
    readonly label: string;
    /** `unknown`: it may have happened; plan again. */
    readonly status: 'applied' | 'differs' | 'not kept' | 'withdrawn' | 'failed' | 'unknown' | 'skipped';
    readonly id: string | null;
    readonly note?: string;
    readonly warning?: string;
    /** PagerDuty answered with success, but the change could not be read back. */
    readonly unconfirmed?: boolean;
    readonly why?: string;
    readonly spared?: boolean;
    /** Only for `differs` and `not kept`: the differing fields, PagerDuty's values, and dropped headers. */
    readonly fields?: readonly string[];
    readonly stored?: {
        readonly label: string;
        readonly url: string | null;
        readonly headers: readonly string[] | null;
    } | null;
    readonly lost?: readonly string[];
    readonly error?: ErrorDocument;
}

/** The base of all expected failures. `kind` decides the exit code (one map, in `main.ts`). */
export declare abstract class PdactionsError extends Error {
    /** Written out, since the build shortens the names of classes. */
    abstract readonly name: string;
    abstract readonly kind: 'usage' | 'config' | 'auth' | 'remote' | 'refused' | 'local-io' | 'declined' | 'cancelled';
    /** The next step for the user. */
    readonly hint: string | undefined;
    /** Further lines below the message, in reading order. */
    readonly details: readonly string[];
    readonly reason: Reason | undefined;
    readonly http: HttpFacts | undefined;
    constructor(message: string, options?: ErrorOptions_2);
}

/** A plan: data to inspect and keep, and to apply once. */
export declare interface Plan extends PlanDocument {
    readonly hasChanges: boolean;
    /** True if it must not be applied: `refusals` and `guards` give the reasons. */
    readonly isRefused: boolean;
}

/**
 * Computes the changes that make the account match the config. Writes nothing.
 * @throws RefusedError if a selector matches nothing or the token is of another account, AuthError, RemoteError, UsageError
 */
export declare function plan(connection: Connection, config: LoadedConfig, options?: PlanOptions): Promise<Plan>;

export declare interface PlanDocument {
    readonly account: string | null;
    /** Equal if, and only if, the same changes would be made to the same state. */
    readonly digest: string;
    readonly counts: Readonly<Record<ChangeKind | 'unchanged' | 'unmanaged' | 'services', number>>;
    /** In the order of execution. */
    readonly changes: readonly ChangeDocument[];
    readonly services: readonly ServicePlanDocument[];
    readonly refusals: readonly RefusalDocument[];
    /** The guards that need an option first: `maxDeletes`, `allowEmpty` or `keepHeaders`. */
    readonly guards: readonly GuardVerdict[];
}

/** The options of `pdactions plan`, with the same names. */
export declare interface PlanOptions {
    /** Only these services of the config: exact names, `id:…`, `team:…` or patterns with `*`. */
    readonly services?: readonly string[] | undefined;
    /** Deletes actions on these services that are not in the config. */
    readonly prune?: boolean | undefined;
    /** Re-enables declared actions that PagerDuty has disabled. */
    readonly enable?: boolean | undefined;
    /** Sends header values again: for all actions, or for these keys. */
    readonly rotateSecrets?: true | readonly string[] | undefined;
    readonly maxDeletes?: number | undefined;
    readonly allowEmpty?: boolean | undefined;
    readonly keepHeaders?: boolean | undefined;
    /** The key for fingerprints, if the config requests them. Without it, they are not compared. */
    readonly fingerprintKey?: string | undefined;
}

/** One thing wrong with a configuration file. `line` and `column` count from 1. */
export declare interface Problem {
    readonly file: string;
    readonly line?: number | undefined;
    readonly column?: number | undefined;
    /** Dotted path inside the document, for example `actions.restart-server.url`. */
    readonly path: string;
    readonly message: string;
    readonly fix?: string | undefined;
}

/**
 * The error classes, divided by what the user can do about them. Anything thrown that is not one of these is a bug.
 *
 * Message grammar: what failed + on what + why, lower case, no final period; `hint` is the next step, whole sentences.
 * Nothing here may carry a secret: messages name header and variable names, never values.
 */
/** Stable machine-readable causes, one for each kind of failure; shown in `--json` and in each error line. */
export declare type Reason = 'rate_limited' | 'server_error' | 'network' | 'dns' | 'tls' | 'lost_response' | 'timeout' | 'bad_body' | 'contract' | 'unauthorized' | 'forbidden' | 'ability' | 'gone' | 'limit' | 'invalid' | 'conflict' | 'duplicate' | 'unstable_list' | 'too_many_records' | 'redirect' | 'proxy' | 'schema' | 'stale_plan' | 'interrupted' | 'local_io' | 'internal';

/** Why a plan cannot be applied; the other members depend on `code`. */
export declare interface RefusalDocument {
    readonly code: string;
    readonly service: ServiceReference;
    readonly [member: string]: unknown;
}

/** A safety stop: a guard, a full service, an ambiguity, a stale plan, another account. Exit 8. */
export declare class RefusedError extends PdactionsError {
    readonly name = "RefusedError";
    readonly kind = "refused";
}

/** PagerDuty could not be reached, answered with an error, or the answer is not PagerDuty's. */
export declare class RemoteError extends PdactionsError {
    readonly name = "RemoteError";
    readonly kind = "remote";
    readonly aftermath: Aftermath;
    /** True if the request certainly had no effect, whatever the reason. */
    readonly certain: boolean;
    /** True when the request was not sent at all. */
    readonly unsent: boolean;
    constructor(message: string, options: ErrorOptions_2 & {
        readonly aftermath: Aftermath;
        readonly certain?: boolean | undefined;
        readonly unsent?: boolean | undefined;
    });
}

/** The outcome of every change. */
export declare interface Report extends ReportDocument {
    /** True if every change was applied and confirmed, and the checks afterwards found nothing. */
    readonly ok: boolean;
}

export declare interface ReportDocument {
    /** One for each change, in the plan's order. */
    readonly outcomes: readonly OutcomeDocument[];
    readonly duplicates: readonly ConflictDocument[];
    readonly overfull: readonly ConflictDocument[];
    /** Why it ended early: `interrupted`, `error`, `breaker` or `bug`; null if it did not. */
    readonly stopped: string | null;
    /** False if the changes could not be read back. */
    readonly duplicatesChecked: boolean;
}

/** Everything about one service in scope. */
export declare interface ServicePlanDocument extends ServiceReference {
    readonly prune: boolean;
    /** Slots used before the changes, including those of unmanaged actions. */
    readonly slotsUsed: number;
    readonly changes: number;
    readonly unchanged: readonly ActionReference[];
    readonly unmanaged: readonly ActionReference[];
    readonly disabled: readonly ActionReference[];
    readonly lookAlikes: readonly {
        readonly id: string;
        readonly stored: string;
        readonly label: string;
    }[];
    /** Declared actions that are not written, because the live ones are unreadable. */
    readonly blocked: readonly {
        readonly label: string;
        readonly id: string;
        readonly why: string;
    }[];
}

export declare interface ServiceReference {
    readonly id: string;
    readonly name: string;
}

/** Events of the transport, for progress displays and `--debug`. They never carry headers or bodies. */
export declare type StoreEvent = 
/** `number` counts the requests of a connection, resent ones included. */
    {
    readonly type: 'request';
    readonly method: string;
    readonly path: string;
    readonly number: number;
} | {
    readonly type: 'response';
    readonly method: string;
    readonly path: string;
    readonly status: number;
    readonly ms: number;
    readonly requestId: string | null;
} | {
    readonly type: 'failure';
    readonly method: string;
    readonly path: string;
    readonly reason: string;
}
/** Everything waits `ms` milliseconds from now; `why` is `rate-limit` (server or pacing) or `retry`. */
| {
    readonly type: 'wait';
    readonly ms: number;
    readonly why: 'rate-limit' | 'retry';
}
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
    readonly services: readonly {
        readonly id: string;
        readonly name: string;
    }[];
}
/** The run ends at `at` on the run's clock, even if unfinished. Sent again when that changes. */
| {
    readonly type: 'limit';
    readonly at: number;
};

/** The forms of the Authorization header: API keys as `Token token=…`, OAuth access tokens as `Bearer …`. */
declare const TOKEN_TYPES: readonly ['token', 'bearer'];

declare type TokenType = (typeof TOKEN_TYPES)[number];

/** Wrong flags, a missing value off a terminal, an unsafe environment. Exit 3. */
export declare class UsageError extends PdactionsError {
    readonly name = "UsageError";
    readonly kind = "usage";
}

export { }
