/** Lets `update`, `delete` and `enable` ask if a label means more actions than the user has named. */
import { isOrphan, type LiveAction } from '../../core/action.ts';
import type { GuardVerdict } from '../../core/guard.ts';
import type { Plan } from '../../core/plan.ts';
import { RefusedError } from '../../errors.ts';
import { renderCounts } from '../../ui/render/plan/plan-counts.ts';
import { renderGroups } from '../../ui/render/plan/plan-groups.ts';
import { renderVerdict } from '../../ui/render/refusal.ts';
import { line, plain, styled } from '../../ui/text/text.ts';
import type { CanConfirm, Context } from '../context.ts';
import { confirm } from './confirm.ts';
import { whyNotWritable } from './find-action.ts';

/** True if there are more actions than the user has named one by one, so that the user must see them first. */
export function isMoreThanNamed(actions: readonly unknown[], texts: readonly string[]): boolean {
  return texts.length > 0 && actions.length > texts.length;
}

/**
 * The writable ones of several actions. The others are reported, and the run ends as incomplete.
 * @param orphans true if an action on no service counts as writable, because it can be deleted
 */
export function writableAmong(
  { io, verdict }: Pick<Context, 'io' | 'verdict'>,
  actions: readonly LiveAction[],
  orphans = false,
): LiveAction[] {
  const why = (action: LiveAction): string | undefined =>
    orphans && isOrphan(action) ? undefined : whyNotWritable(action);
  const skipped = actions.filter((action) => why(action) !== undefined);
  for (const action of skipped) {
    io.say(line(styled('warn', 'skipped: '), `${action.label} (${action.id}) ${why(action)}`));
  }
  if (skipped.length > 0) verdict('partial');
  return actions.filter((action) => !skipped.includes(action));
}

/**
 * Shows the whole plan, reports violated guards, and asks once.
 * @throws RefusedError for a guard, UsageError off a terminal without `--yes`, DeclinedError after a no
 */
export async function previewAndAsk(
  context: CanConfirm,
  plan: Plan,
  {
    question,
    command,
    verdicts = [],
  }: { readonly question: string; readonly command: string; readonly verdicts?: readonly GuardVerdict[] },
): Promise<void> {
  for (const parts of [...renderGroups(plan), ...renderCounts(plan)]) {
    context.io.say(parts, { always: !context.globals.yes });
  }
  expectUnguarded(verdicts);
  await confirm(context, question, command);
}

/** @throws RefusedError for a violated guard, like in a sync: with the numbers and the flag */
export function expectUnguarded(verdicts: readonly GuardVerdict[]): void {
  const [first] = verdicts;
  if (!first) return;
  const [head, ...hints] = renderVerdict(first).map((parts) => plain(parts).replace(/^ *[✗→] /, ''));
  throw new RefusedError(head ?? '', { hint: `${hints.join(' ')} Nothing was written.` });
}
