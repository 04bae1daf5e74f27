/**
 * Carries out a plan: one change after the other within a service, several services at a time, an outcome for each. A failure on
 * one service never stops the others, unless the token itself is refused (docs/architecture.md).
 */
import { SLOTS_PER_SERVICE } from '../core/action.ts';
import type { Change, Plan, ServicePlan } from '../core/plan.ts';
import { CancelledError, PdactionsError, RemoteError } from '../errors.ts';
import { inParallel } from '../in-parallel.ts';
import type { ActionStore } from '../pagerduty/store.ts';
import { applyChange, type Ground } from './change.ts';
import { checkUnmoved, expectRoom, FRESH_MS, readService, readWith } from './guard-read.ts';
import { checkAfterwards } from './post-check.ts';
import { type ChangeOutcome, INTERRUPTED, type RunReport } from './report.ts';
import { type Run, type RunOptions, startRun } from './run.ts';

export interface ApplySettings extends RunOptions {
  /** Services at a time. */
  readonly concurrency: number;
  /** Called with each outcome as it comes. */
  readonly onOutcome?: ((outcome: ChangeOutcome) => void) | undefined;
}

/**
 * Applies the plan. Never throws for failures of PagerDuty or the network: the report accounts for every change.
 * @param plan must have no refusals; the guards are the caller's
 */
export async function applyPlan(plan: Plan, store: ActionStore, options: ApplySettings): Promise<RunReport> {
  const run = startRun(store, options);
  const waiting = plan.services.filter(({ changes }) => changes.length > 0);
  const outcomes = new Map<Change, ChangeOutcome>();
  const record = (outcome: ChangeOutcome): void => {
    outcomes.set(outcome.change, outcome);
    options.onOutcome?.(outcome);
  };
  const changes = waiting.flatMap((service) => service.changes);
  // A read and a write for each, so that the default time limit leaves room for all of them.
  store.expect(2 * changes.length);
  await inParallel(waiting, options.concurrency, (service) => applyService(run, service, record));
  const check = await checkAfterwards(
    run,
    changes.flatMap((change) => outcomes.get(change) ?? []),
    waiting,
  );
  return { stopped: run.stopped(), ...check };
}

async function applyService(
  run: Run,
  service: ServicePlan,
  record: (outcome: ChangeOutcome) => void,
): Promise<void> {
  const { changes } = service;
  const skipFrom = (first: number, why: string): void => {
    for (const change of changes.slice(first)) record({ change, status: 'skipped', why });
  };
  if (run.stopped()) return skipFrom(0, whyStopped(run));
  const ground = await findGround(run, service);
  if (ground instanceof PdactionsError) return refuseService(changes, ground, record);
  let deleted = false;
  let used = ground.live.writable.length + ground.live.shared.length;
  for (const [index, change] of changes.entries()) {
    if (run.stopped()) return skipFrom(index, whyStopped(run));
    const creates = change.kind === 'create';
    const fillsLast = creates && !deleted && used + 1 >= SLOTS_PER_SERVICE && !(ground.fresh && index === 0);
    const look = fillsLast ? 'whole' : creates && deleted ? 'room' : 'none';
    const outcome = await attempt(run, { ...service, changes: [change] }, change, ground, look);
    record(outcome);
    deleted ||= change.kind === 'delete';
    used += creates ? 1 : 0;
    if (outcome.status === 'failed' || outcome.status === 'unknown' || outcome.status === 'skipped') {
      const wasStopped = outcome.status === 'skipped' && outcome.why === INTERRUPTED;
      return skipFrom(
        index + 1,
        wasStopped ? INTERRUPTED : 'an earlier change to this service did not succeed',
      );
    }
  }
}

/** The read that the changes rely on: the plan's own, or a new one if that is too old or an action will be deleted. */
async function findGround(run: Run, service: ServicePlan): Promise<Ground | PdactionsError> {
  const deletes = service.changes.some(({ kind }) => kind === 'delete');
  if (!deletes && run.clock.now() - run.readAt <= FRESH_MS) return { live: service.live, fresh: false };
  const ids = service.changes.flatMap((change) => (change.kind === 'create' ? [] : [change.id]));
  try {
    const { live, hidden } = await readWith(run.store, service.service, ids);
    return { live: checkUnmoved(service, live), hidden, fresh: true };
  } catch (error) {
    run.failed(error);
    return error instanceof PdactionsError ? error : asBug(error);
  }
}

function refuseService(
  changes: readonly Change[],
  error: PdactionsError,
  record: (outcome: ChangeOutcome) => void,
): void {
  const [first, ...others] = changes;
  if (error instanceof CancelledError) {
    for (const change of changes) record({ change, status: 'skipped', why: INTERRUPTED });
    return;
  }
  if (first) record(notBegun(first, error));
  for (const change of others) record({ change, status: 'skipped', why: 'the service could not be checked' });
}

/**
 * The read right before a change: confirms that a delete has freed a slot, or checks all of a service whose last slot it fills (F24, F54).
 */
type Look = 'none' | 'room' | 'whole';

/** Carries out a change. @param service the plan's data of its service, with this change alone */
async function attempt(
  run: Run,
  service: ServicePlan,
  change: Change,
  known: Ground,
  look: Look,
): Promise<ChangeOutcome> {
  try {
    if (look === 'room') await expectRoom(run, change.service);
    const now = look === 'whole' && checkUnmoved(service, await readService(run.store, change.service));
    const ground = now ? { live: now, fresh: true } : known;
    const outcome = await applyChange(run, change, ground);
    if ('error' in outcome) run.failed(outcome.error);
    else if (outcome.status !== 'skipped') run.succeeded();
    return outcome;
  } catch (error) {
    run.failed(error);
    if (error instanceof CancelledError) return { change, status: 'skipped', why: INTERRUPTED };
    return error instanceof PdactionsError
      ? notBegun(change, error)
      : { change, status: 'unknown', error: asBug(error), attempted: true };
  }
}

/** The outcome of a change whose write was not sent, since a read before it failed or came too late. */
function notBegun(change: Change, error: PdactionsError): ChangeOutcome {
  return error instanceof RemoteError && error.unsent
    ? { change, status: 'skipped', why: 'not sent', error }
    : { change, status: 'failed', error, attempted: false };
}

function whyStopped(run: Run): string {
  const stop = run.stopped();
  switch (stop?.why) {
    case 'interrupted':
      return INTERRUPTED;
    case 'breaker':
      return `${stop.failures} changes in a row failed`;
    case 'error':
      return stop.error.message;
    default:
      return 'an internal error ended the run';
  }
}

function asBug(cause: unknown): PdactionsError {
  return new RemoteError('an internal error occurred', {
    reason: 'internal',
    aftermath: 'stop',
    cause,
  });
}
