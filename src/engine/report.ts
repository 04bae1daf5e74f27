/** The report of an applied plan: an outcome for every change, in every case (I7). */
import type { LiveAction } from '../core/action.ts';
import type { FieldDiff } from '../core/diff.ts';
import type { Change } from '../core/plan.ts';
import type { ServiceRef } from '../core/refusal.ts';
import type { Unkept } from '../core/stored.ts';
import { AuthError, type PdactionsError, RemoteError } from '../errors.ts';

/** Why a change was not started in an interrupted run. */
export const INTERRUPTED = 'interrupted';

/** Remarks on a change, other than a plain success. */
export type AppliedNote = 'confirmed by read' | 'already there' | 'already gone' | 'recreated';

export type ChangeOutcome =
  | {
      readonly change: Change;
      readonly status: 'applied';
      /** The action's id; a created action gets a new one. */
      readonly id: string;
      readonly note?: AppliedNote | undefined;
      /** A problem that the user should fix. */
      readonly warning?: string | undefined;
      /** PagerDuty answered with success, but the change could not be read back. */
      readonly unconfirmed?: true | undefined;
    }
  | {
      readonly change: Change;
      /** Applied, but PagerDuty stored something other than was sent (fact 53), or dropped headers (U4). */
      readonly status: 'differs';
      readonly id: string;
      /** The action as PagerDuty has it now. */
      readonly stored: LiveAction;
      /** `before` is PagerDuty's value, `after` the sent one. */
      readonly fields: readonly FieldDiff[];
      /** Names of headers that the change did not mention and that are gone. */
      readonly lost: readonly string[];
      readonly note?: AppliedNote | undefined;
      readonly warning?: string | undefined;
    }
  | {
      readonly change: Change;
      /** Answered with success, and read back without effect (fact 56). */
      readonly status: 'not kept';
      readonly id: string;
      /** PagerDuty's action with this id; null if it shows none. */
      readonly stored: LiveAction | null;
      readonly fields: readonly Unkept[];
    }
  | {
      readonly change: Change;
      /** Created, and removed again because another run changed the same service (F54). */
      readonly status: 'withdrawn';
      readonly id: string;
    }
  | {
      readonly change: Change;
      /** `unknown`: it may have happened. */
      readonly status: 'failed' | 'unknown';
      readonly error: PdactionsError;
      /** True if a write was sent. */
      readonly attempted: boolean;
    }
  | {
      readonly change: Change;
      readonly status: 'skipped';
      readonly why: string;
      /** The error that ended the run before this change was sent. */
      readonly error?: PdactionsError;
      /** Not sent because an update like it has lost the headers of another action (U4). */
      readonly spared?: true | undefined;
    };

/** Surplus actions of a service, found after creating: from two runs at once, or an edit by hand (F39, F54). */
export interface Conflict {
  readonly service: ServiceRef;
  /** All of them, as they were found. */
  readonly ids: readonly string[];
  /** Those that this run created. */
  readonly made: readonly string[];
  /** Those of them that it removed again. */
  readonly withdrawn: readonly string[];
  /** The ids found at the last look. */
  readonly left: readonly string[];
}

/** Actions with one label on one service: duplicates, or a create that came late (F14). */
export interface Duplicate extends Conflict {
  readonly label: string;
}

export interface RunReport {
  /** One for each change, in the plan's order. */
  readonly outcomes: readonly ChangeOutcome[];
  readonly duplicates: readonly Duplicate[];
  /** Services with more than three actions. */
  readonly overfull: readonly Conflict[];
  /** Why the run ended early; null if it did not. */
  readonly stopped: Stop | null;
  /** True if the writes could not be read back, so that duplicates and lost writes may have gone unnoticed. */
  readonly unchecked: boolean;
}

export type Stop =
  | { readonly why: 'interrupted' }
  | { readonly why: 'error'; readonly error: PdactionsError }
  | { readonly why: 'breaker'; readonly failures: number }
  | { readonly why: 'bug'; readonly cause: unknown };

/** The verdict of a report, for the exit code; `main.ts` knows the numbers. */
export type ReportVerdict = 'ok' | 'auth' | 'refused' | 'partial' | 'remote' | 'cancelled' | 'bug';

/** All verdicts of a report; their precedence is decided elsewhere, in one place. */
export function verdictsOf(report: RunReport): ReportVerdict[] {
  const verdicts: ReportVerdict[] = ['ok'];
  const bad = report.outcomes.filter((outcome) => outcome.status !== 'applied' || outcome.unconfirmed);
  if (report.stopped?.why === 'interrupted') verdicts.push('cancelled');
  if (report.stopped?.why === 'bug') verdicts.push('bug');
  if (report.duplicates.length + report.overfull.length > 0) verdicts.push('refused');
  if (isAuth(report)) verdicts.push('auth');
  if (bad.length > 0) verdicts.push(report.outcomes.some(isAttempted) ? 'partial' : withoutWrites(report));
  return verdicts;
}

function isAttempted(outcome: ChangeOutcome): boolean {
  return 'attempted' in outcome ? outcome.attempted : outcome.status !== 'skipped';
}

/** Nothing was sent: a read failed, or a read before the first write showed something unexpected (F40). */
function withoutWrites({ outcomes }: RunReport): ReportVerdict {
  const errors = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error] : []));
  return errors.some((error) => error instanceof RemoteError) ? 'remote' : 'refused';
}

/** The token itself was refused, or every single write was forbidden (F20–F22). */
function isAuth({ outcomes, stopped }: RunReport): boolean {
  if (stopped?.why === 'error' && stopped.error instanceof AuthError) return true;
  const failed = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error] : []));
  return (
    failed.length > 0 &&
    failed.every((error) => error instanceof AuthError) &&
    !outcomes.some((outcome) => !('attempted' in outcome) && outcome.status !== 'skipped')
  );
}
