/** Presses buttons one after the other, and reports each outcome. */
import type { LiveAction } from '../../../core/action.ts';
import { AuthError, CancelledError, PdactionsError, RemoteError } from '../../../errors.ts';
import type { Incident, PressStore } from '../../../pagerduty/stores/press-store.ts';
import type { Verdict } from '../../verdict.ts';

/** A button on an incident. */
export interface ChosenPress {
  readonly action: LiveAction;
  readonly incident: Incident;
}

export interface PressOutcome extends ChosenPress {
  /** `applied`: PagerDuty accepted it; `unknown`: it may have, and it was not tried again. */
  readonly status: 'applied' | 'failed' | 'unknown' | 'skipped';
  readonly error?: PdactionsError | undefined;
  /** Why it was skipped. */
  readonly why?: string | undefined;
}

export interface PressOptions {
  readonly from: string | undefined;
  readonly interrupted: AbortSignal;
}

/** Presses them one after the other. Skips the rest after a signal, or an error that the others would also get. */
export async function pressAll(
  store: PressStore,
  presses: readonly ChosenPress[],
  { from, interrupted }: PressOptions,
): Promise<readonly PressOutcome[]> {
  const outcomes: PressOutcome[] = [];
  let stopped: string | undefined;
  for (const press of presses) {
    if (interrupted.aborted) stopped ??= 'interrupted';
    if (stopped !== undefined) {
      outcomes.push({ ...press, status: 'skipped', why: stopped });
      continue;
    }
    const outcome = await pressOne(store, press, from);
    outcomes.push(outcome);
    stopped = stopsAfter(outcome);
  }
  return outcomes;
}

async function pressOne(
  store: PressStore,
  press: ChosenPress,
  from: string | undefined,
): Promise<PressOutcome> {
  try {
    await store.press(press.action.id, press.incident.id, from);
    return { ...press, status: 'applied' };
  } catch (error) {
    // A signal before its turn: nothing was sent.
    if (error instanceof CancelledError) return { ...press, status: 'skipped', why: 'interrupted' };
    if (!(error instanceof PdactionsError)) throw error;
    const open = error instanceof RemoteError && error.aftermath === 'verify';
    return { ...press, status: open ? 'unknown' : 'failed', error };
  }
}

function stopsAfter({ error, why }: PressOutcome): string | undefined {
  if (why !== undefined) return why;
  if (error instanceof AuthError) return 'the token was refused';
  return error instanceof RemoteError && error.aftermath === 'stop' ? 'PagerDuty cannot be used' : undefined;
}

/** The verdicts of the outcomes: the same as for any other write. */
export function verdictsOfPresses(
  outcomes: readonly PressOutcome[],
  interrupted: boolean,
): readonly Verdict[] {
  const bad = outcomes.filter(({ status }) => status !== 'applied');
  const refused = outcomes.some(({ error }) => error instanceof AuthError);
  return [
    ...(interrupted ? (['cancelled'] as const) : []),
    ...(refused && !outcomes.some(({ status }) => status === 'applied') ? (['auth'] as const) : []),
    bad.length === 0 ? 'ok' : 'partial',
  ];
}
