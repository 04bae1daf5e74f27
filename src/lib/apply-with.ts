import { type ApplySettings, applyPlan } from '../engine/apply.ts';
import type { Prepared } from '../engine/prepare.ts';
import type { RunReport } from '../engine/report.ts';
import { RefusedError } from '../errors.ts';
import type { ActionStore } from '../pagerduty/store.ts';
import { isStopped } from './plan-with.ts';

/**
 * Carries out a plan: the last gate before a write, for every caller.
 * @throws RefusedError for a plan with refusals, or one that violates a guard; nothing was written
 */
export async function applyWith(
  store: ActionStore,
  prepared: Pick<Prepared, 'plan' | 'verdicts'>,
  options: ApplySettings,
): Promise<RunReport> {
  if (isStopped(prepared)) {
    throw new RefusedError('this plan cannot be applied', {
      hint: 'Its `refusals` and `guards` give the reasons. Nothing was written.',
    });
  }
  return applyPlan(prepared.plan, store, options);
}
