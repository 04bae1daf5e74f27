import { RefusedError } from '../errors.ts';
import { reportDocument } from '../ui/render/documents.ts';
import { applyWith } from './apply-with.ts';
import type { ReportDocument } from './documents.ts';
import { type Plan, shown, takePlan } from './plan.ts';

export interface ApplyOptions {
  /** The digest of the approved plan; a plan with a different digest is refused. */
  readonly expectDigest?: string | undefined;
}

/** The outcome of every change. */
export interface Report extends ReportDocument {
  /** True if every change was applied and confirmed, and the checks afterwards found nothing. */
  readonly ok: boolean;
}

/**
 * Applies a result of `plan`, once. A failure on one service never stops the others, so failed changes are in the report.
 * @throws RefusedError for a plan that is refused or not the approved one, with nothing written; UsageError for any other object, and
 *   for a plan of a `readOnly` connection
 */
export async function apply(plan: Plan, { expectDigest }: ApplyOptions = {}): Promise<Report> {
  const { prepared, opened, redactor } = takePlan(plan);
  if (expectDigest !== undefined && expectDigest !== prepared.digest) {
    throw new RefusedError('this is not the plan that was approved', {
      reason: 'stale_plan',
      hint: 'Review this plan and approve its digest. Nothing was written.',
    });
  }
  const { store, clock, signal, concurrency, secrets } = opened;
  const report = await applyWith(store, prepared, {
    clock,
    readAt: prepared.readAt,
    interrupted: signal,
    concurrency,
  });
  for (const secret of secrets) redactor.add(secret);
  const document = shown<ReportDocument>(reportDocument(report), redactor);
  return Object.freeze({ ...document, ok: isGood(document) });
}

function isGood({ outcomes, duplicates, overfull, stopped, duplicatesChecked }: ReportDocument): boolean {
  const isDone = outcomes.every((outcome) => outcome.status === 'applied' && !outcome.unconfirmed);
  return isDone && duplicatesChecked && stopped === null && duplicates.length + overfull.length === 0;
}
