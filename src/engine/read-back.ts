/**
 * Reads back the changes of a run, because success is claimed only after a read has confirmed it. Reads may lag behind writes (fact 50),
 * so missing changes are read again after a while.
 */
import { type LiveAction, NO_SERVICE, type Service } from '../core/action.ts';
import { type LiveService, liveByService, NOTHING } from '../core/live.ts';
import { judgeStored, showsTheSame } from '../core/stored.ts';
import { HiddenError, RemoteError } from '../errors.ts';
import type { ActionStore } from '../pagerduty/store.ts';
import { findById } from './guard-read.ts';
import type { ChangeOutcome } from './report.ts';
import { LOOKS_MS, type Run } from './run.ts';

/** Outcomes that a read can confirm or correct. */
export type WrittenOutcome = Extract<ChangeOutcome, { readonly status: 'applied' | 'differs' | 'not kept' }>;

export interface ReadBack {
  /** The actions of each service read. */
  readonly live: ReadonlyMap<string, LiveService>;
  /** The outcomes according to the last read. */
  readonly outcomes: ReadonlyMap<WrittenOutcome, WrittenOutcome>;
  /** False if a list lacks an action that a read by id shows, so that the next run may not see it either. */
  readonly complete: boolean;
}

/** Limit for reads by id of actions that the list does not confirm; beyond it, the list is believed. */
const MOST_SINGLE_READS = 20;

/**
 * Reads the services, and reads again if a change is missing.
 * @param services the services to read, including those of `written`
 * @throws PdactionsError if a read fails
 */
export async function readBack(
  run: Run,
  services: readonly Service[],
  written: readonly WrittenOutcome[],
): Promise<ReadBack> {
  const live = new Map<string, LiveService>();
  const shown = new Map<WrittenOutcome, LiveAction | null>();
  let [reading, open] = [services, written];
  for (const wait of [0, ...LOOKS_MS]) {
    if (wait > 0) await run.pause(wait);
    const byService = liveByService(await run.store.actions(reading));
    for (const { id } of reading) live.set(id, byService.get(id) ?? NOTHING);
    for (const outcome of open) shown.set(outcome, await shownIn(run.store, live, outcome));
    open = open.filter((outcome) => !isSettled(outcome, shown.get(outcome) ?? null));
    if (open.length === 0) break;
    const ids = new Set(open.map(({ change }) => change.service.id));
    reading = services.filter(({ id }) => ids.has(id));
  }
  const single = open.slice(0, MOST_SINGLE_READS);
  let complete = true;
  for (const outcome of single) {
    const listed = shown.get(outcome) ?? null;
    const now = await actionNow(run.store, outcome.id, listed);
    shown.set(outcome, now);
    if (isSettled(outcome, now) && !isSettled(outcome, listed)) complete = false;
  }
  const outcomes = new Map(written.map((outcome) => [outcome, revised(outcome, shown.get(outcome) ?? null)]));
  return { live, outcomes, complete };
}

/** The action in the list. If the list omits whether it is disabled and that matters, a read by id shows it (fact 9). */
async function shownIn(
  store: ActionStore,
  live: ReadonlyMap<string, LiveService>,
  { change, id }: WrittenOutcome,
): Promise<LiveAction | null> {
  // No list shows an action on no service.
  if (change.service.id === NO_SERVICE.id) return actionNow(store, id, null);
  const listed = findById(live.get(change.service.id) ?? NOTHING, id) ?? null;
  return change.kind === 'enable' && listed?.disabled === null ? actionNow(store, id, listed) : listed;
}

/** @param listed the result if the read by id is refused, which proves nothing (fact 57) */
async function actionNow(
  store: ActionStore,
  id: string,
  listed: LiveAction | null,
): Promise<LiveAction | null> {
  try {
    return await store.action(id);
  } catch (error) {
    if (error instanceof HiddenError) return listed;
    if (error instanceof RemoteError && error.reason === 'gone') return null;
    throw error;
  }
}

/** True if a read shows the written values, or the stored ones that the answer reported. */
function isSettled(outcome: WrittenOutcome, now: LiveAction | null): boolean {
  if (judgeStored(outcome.change, outcome.id, now).is === 'as written') return true;
  return outcome.status === 'differs' && now !== null && showsTheSame(outcome.stored, now);
}

function revised(outcome: WrittenOutcome, now: LiveAction | null): WrittenOutcome {
  const { change, id } = outcome;
  const stored = judgeStored(change, id, now);
  const remarks = outcome.status === 'not kept' ? {} : { note: outcome.note, warning: outcome.warning };
  if (stored.is === 'not kept') return { change, id, status: 'not kept', stored: now, fields: stored.fields };
  if (stored.is === 'as written' || now === null) return { change, id, status: 'applied', ...remarks };
  return { change, id, status: 'differs', stored: now, fields: stored.fields, lost: stored.lost, ...remarks };
}
