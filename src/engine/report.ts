/** The report of an applied plan: an outcome for every change, in every case (I7). */
import type { LiveAction } from '../core/action.ts';
import type { FieldDiff } from '../core/diff.ts';
import type { Change } from '../core/plan.ts';
import type { ServiceRef } from '../core/refusal.ts';
import type { Unkept } from '../core/stored.ts';
import { AuthError, type PdactionsError, RemoteError } from '../errors.ts';

/** Why a change was not begun in a run that was interrupted. */
export const INTERRUPTED = 'interrupted';

/** Remarks on a change that was not simply applied by PagerDuty's answer. */
export type AppliedNote = 'confirmed by read' | 'already there' | 'already gone' | 'recreated';

export type Outcome =
  | {
      readonly change: Change;
      readonly status: 'applied';
      /** The action's id; that of a created one is new. */
      readonly id: string;
      readonly note?: AppliedNote | undefined;
      /** Something that a person has to see to. */
      readonly warning?: string | undefined;
      /** PagerDuty answered that it was done, and it could not be read back. */
      readonly unconfirmed?: true | undefined;
    }
  | {
      readonly change: Change;
      /** Applied, but PagerDuty stored something else than was sent (fact 53), or dropped headers (U4). */
      readonly status: 'differs';
      readonly id: string;
      /** The action as PagerDuty has it now. */
      readonly stored: LiveAction;
      /** `before` is what PagerDuty has, `after` what was sent. */
      readonly fields: readonly FieldDiff[];
      /** Names of headers that the change did not mention and that are gone. */
      readonly lost: readonly string[];
      readonly note?: AppliedNote | undefined;
      readonly warning?: string | undefined;
    }
  | {
      readonly change: Change;
      /** Answered as done, and read back without effect (fact 56). */
      readonly status: 'not kept';
      readonly id: string;
      /** The action that PagerDuty shows instead; null when it shows none with this id. */
      readonly stored: LiveAction | null;
      readonly fields: readonly Unkept[];
    }
  | {
      readonly change: Change;
      /** Created, and removed again because another run was at work on the same service (F54). */
      readonly status: 'withdrawn';
      readonly id: string;
    }
  | {
      readonly change: Change;
      /** `unknown`: it may have happened. */
      readonly status: 'failed' | 'unknown';
      readonly error: PdactionsError;
      /** True if a write was sent at all. */
      readonly attempted: boolean;
    }
  | {
      readonly change: Change;
      readonly status: 'skipped';
      readonly why: string;
      /** Not sent because an update like it has lost the headers of another action (U4). */
      readonly spared?: true | undefined;
    };

/** Actions that are too many for a service, found after creating: two runs at once, or a person (F39, F54). */
export interface Conflict {
  readonly service: ServiceRef;
  /** All of them, as they were found. */
  readonly ids: readonly string[];
  /** Those that this run has made. */
  readonly made: readonly string[];
  /** Those of them that it has removed again. */
  readonly withdrawn: readonly string[];
  /** The ids found at the last look. */
  readonly left: readonly string[];
}

/** Actions with one label on one service: the same, or a create that came late (F14). */
export interface Duplicate extends Conflict {
  readonly label: string;
}

export interface Report {
  /** One for each change, in the plan's order. */
  readonly outcomes: readonly Outcome[];
  readonly duplicates: readonly Duplicate[];
  /** Services with more than three actions. */
  readonly overfull: readonly Conflict[];
  /** Why the run ended early; null when it did not. */
  readonly stopped: Stop | null;
  /** True when what was written could not be read back, so duplicates and lost writes would have gone unnoticed. */
  readonly unchecked: boolean;
}

export type Stop =
  | { readonly why: 'interrupted' }
  | { readonly why: 'error'; readonly error: PdactionsError }
  | { readonly why: 'breaker'; readonly failures: number }
  | { readonly why: 'bug'; readonly cause: unknown };

/** The verdict of a report, for the exit code; `main.ts` knows the numbers. */
export type ReportVerdict = 'ok' | 'auth' | 'refused' | 'partial' | 'remote' | 'cancelled' | 'bug';

/** Everything that a report means; which one counts is decided by precedence, in one place. */
export function verdictsOf(report: Report): ReportVerdict[] {
  const verdicts: ReportVerdict[] = ['ok'];
  const bad = report.outcomes.filter((outcome) => outcome.status !== 'applied' || outcome.unconfirmed);
  if (report.stopped?.why === 'interrupted') verdicts.push('cancelled');
  if (report.stopped?.why === 'bug') verdicts.push('bug');
  if (report.duplicates.length + report.overfull.length > 0) verdicts.push('refused');
  if (isAuth(report)) verdicts.push('auth');
  if (bad.length > 0) verdicts.push(report.outcomes.some(isAttempted) ? 'partial' : withoutWrites(report));
  return verdicts;
}

function isAttempted(outcome: Outcome): boolean {
  return 'attempted' in outcome ? outcome.attempted : outcome.status !== 'skipped';
}

/** Nothing was even sent: a read failed, or a read before the first write showed something unexpected (F40). */
function withoutWrites({ outcomes }: Report): ReportVerdict {
  const errors = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error] : []));
  return errors.some((error) => error instanceof RemoteError) ? 'remote' : 'refused';
}

/** The token itself was refused, or every single write was forbidden (F20–F22). */
function isAuth({ outcomes, stopped }: Report): boolean {
  if (stopped?.why === 'error' && stopped.error instanceof AuthError) return true;
  const failed = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error] : []));
  return (
    failed.length > 0 &&
    failed.every((error) => error instanceof AuthError) &&
    !outcomes.some((outcome) => !('attempted' in outcome) && outcome.status !== 'skipped')
  );
}
