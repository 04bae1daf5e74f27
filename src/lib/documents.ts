/** Plans and reports of the library: the same as `--json`, described by docs/plan.schema.json. */
import type { GuardVerdict } from '../core/guard.ts';
import type { HttpFacts, PdactionsError, Reason } from '../errors.ts';

export type ChangeKind = 'create' | 'update' | 'delete' | 'enable';

export interface ServiceReference {
  readonly id: string;
  readonly name: string;
}

export interface ActionReference {
  readonly id: string;
  readonly label: string;
}

/** An action on PagerDuty. Its URL has no login, and its query values are masked. */
export interface LiveActionDocument {
  readonly id: string;
  readonly label: string;
  readonly url: string | null;
  /** Header names; null if PagerDuty hides them. */
  readonly headers: readonly string[] | null;
  /** Null if PagerDuty does not show it. */
  readonly disabled: boolean | null;
  readonly services: readonly { readonly id: string; readonly name: string | null }[];
  readonly htmlUrl: string | null;
  /** Why it cannot be read in full. */
  readonly unreadable?: string;
}

/** An action as the config declares it. */
export interface DeclaredActionDocument {
  /** Its key in the config. */
  readonly action: string;
  readonly label: string;
  readonly url: string;
  /** Null if the config does not mention headers. Values are never included. */
  readonly headers: readonly { readonly name: string; readonly value: string }[] | null;
}

/** One difference of an update. */
export type FieldDocument =
  | { readonly field: 'label'; readonly before: string; readonly after: string }
  | {
      readonly field: 'url';
      readonly before: string | null;
      readonly after: string;
      /** `before` may be PagerDuty's stored form of `after`. */
      readonly storedForm?: boolean;
    }
  | {
      readonly field: 'headers';
      readonly added: readonly string[];
      readonly removed: readonly string[];
      readonly kept: readonly string[];
    }
  | { readonly field: 'secrets'; readonly names: readonly string[]; readonly changed?: true };

/** One change, by its `kind`. */
export type ChangeDocument =
  | { readonly kind: 'create'; readonly service: ServiceReference; readonly after: DeclaredActionDocument }
  | {
      readonly kind: 'update';
      readonly service: ServiceReference;
      readonly id: string;
      readonly before: LiveActionDocument;
      readonly after: DeclaredActionDocument;
      readonly fields: readonly FieldDocument[];
    }
  | {
      readonly kind: 'delete' | 'enable';
      readonly service: ServiceReference;
      readonly id: string;
      readonly before: LiveActionDocument;
    };

/** Everything about one service in scope. */
export interface ServicePlanDocument extends ServiceReference {
  readonly prune: boolean;
  /** Slots used before the changes, including those of unmanaged actions. */
  readonly slotsUsed: number;
  readonly changes: number;
  readonly unchanged: readonly ActionReference[];
  readonly unmanaged: readonly ActionReference[];
  readonly disabled: readonly ActionReference[];
  readonly lookAlikes: readonly { readonly id: string; readonly stored: string; readonly label: string }[];
  /** Declared actions that are not written, because the live ones are unreadable. */
  readonly blocked: readonly { readonly label: string; readonly id: string; readonly why: string }[];
}

/** Why a plan cannot be applied; the other members depend on `code`. */
export interface RefusalDocument {
  readonly code: string;
  readonly service: ServiceReference;
  readonly [member: string]: unknown;
}

export interface PlanDocument {
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

/** A failure inside a report. */
export interface ErrorDocument {
  readonly kind: PdactionsError['kind'];
  readonly reason: Reason | null;
  readonly message: string;
  readonly details: readonly string[];
  readonly hint: string | null;
  readonly http: HttpFacts | null;
}

/** The outcome of one change. */
export interface OutcomeDocument {
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

/** Surplus actions, found by the check after the last write. */
export interface ConflictDocument {
  readonly service: ServiceReference;
  readonly label?: string;
  readonly ids: readonly string[];
  readonly made: readonly string[];
  readonly withdrawn: readonly string[];
}

export interface ReportDocument {
  /** One for each change, in the plan's order. */
  readonly outcomes: readonly OutcomeDocument[];
  readonly duplicates: readonly ConflictDocument[];
  readonly overfull: readonly ConflictDocument[];
  /** Why it ended early: `interrupted`, `error`, `breaker` or `bug`; null if it did not. */
  readonly stopped: string | null;
  /** False if the changes could not be read back. */
  readonly duplicatesChecked: boolean;
}
