/** Updates that omit existing headers (U4): sent through the canary, and read back while their effect is unknown. */
import type { LiveAction } from '../core/action.ts';
import type { Update } from '../core/plan.ts';
import { judgeStored, lostHeaders, showsTheSame } from '../core/stored.ts';
import { PdactionsError } from '../errors.ts';
import { LOOKS_MS, type Run } from './run.ts';

/** The result of the PUT; only an action that kept its id can have lost headers. */
interface Sent {
  readonly kind: string;
  readonly action?: { readonly id: string };
  readonly note?: string;
}

/** True if the update sends no `config` although the action has headers. */
export function leavesOutHeaders({ after, before }: Update): boolean {
  return after.headers === null && (before.headerNames?.length ?? 0) > 0;
}

/**
 * Sends such an update, unless a similar one has lost headers in this run.
 * @param write sends it
 * @returns the result of `write`, with the state that a read has shown since; null if it was not sent
 */
export async function sendSparing<T extends Sent>(
  run: Run,
  change: Update,
  write: () => Promise<T>,
): Promise<T | null> {
  const passed = await run.canary.pass(async (readBack) => {
    const result = await write();
    const answered = answerOf(result, change);
    if (!answered) return { result, headersKept: null };
    if (!readBack)
      return { result, headersKept: lostHeaders(change.before, answered).length > 0 ? false : null };
    const now = await readHeaders(run, change, answered);
    if (!now) return { result, headersKept: null };
    return { result: { ...result, action: now }, headersKept: lostHeaders(change.before, now).length === 0 };
  });
  return passed?.result ?? null;
}

function answerOf({ action, note }: Sent, { id }: Update): LiveAction | undefined {
  return action && action.id === id && note === undefined && 'headerNames' in action
    ? (action as LiveAction)
    : undefined;
}

/** The action as soon as a read shows that headers are gone, or shows the written values with its header names; reads may lag (fact 50). */
async function readHeaders(run: Run, change: Update, answered: LiveAction): Promise<LiveAction | undefined> {
  try {
    for (const wait of [0, ...LOOKS_MS]) {
      if (wait > 0) await run.pause(wait);
      const now = await run.store.action(change.id);
      if (lostHeaders(change.before, now).length > 0) return now;
      const isCurrent =
        showsTheSame(now, answered) || judgeStored(change, change.id, now).is === 'as written';
      if (isCurrent && now.headerNames !== null) return now;
    }
  } catch (error) {
    // Without a conclusion, the next update is read back instead.
    if (!(error instanceof PdactionsError)) throw error;
  }
  return undefined;
}
