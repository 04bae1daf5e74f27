/** After the last write: whether anything that was created is there twice (F14, F39). One read for all services, planned by cost. */
import type { Service } from '../core/action.ts';
import { type LiveService, liveByService, NOTHING } from '../core/live.ts';
import { labelOf } from '../core/plan.ts';
import { PdactionsError } from '../errors.ts';
import { LOOKS_MS } from './create.ts';
import { findById } from './guard-read.ts';
import type { Duplicate, Outcome, Report } from './report.ts';
import type { Run } from './run.ts';

type Check = Pick<Report, 'duplicates' | 'unchecked'>;

const NOTHING_TO_CHECK: Check = { duplicates: [], unchecked: false };
const UNCHECKED: Check = { duplicates: [], unchecked: true };

/** Labels that stand more than once on a service where this run created them, sorted by service as applied. */
export async function findDuplicates(run: Run, outcomes: Iterable<Outcome>): Promise<Check> {
  const created = [...outcomes].filter(mayHaveCreated);
  const stop = run.stopped()?.why;
  if (created.length === 0 || stop === 'interrupted') return NOTHING_TO_CHECK;
  if (stop !== undefined) return UNCHECKED;
  try {
    const { live, complete } = await readSettled(run, created);
    return { duplicates: duplicatesIn(live, created), unchecked: !complete };
  } catch (error) {
    if (error instanceof PdactionsError) return UNCHECKED;
    throw error;
  }
}

function mayHaveCreated(outcome: Outcome): boolean {
  if (outcome.status === 'skipped') return false;
  const { kind } = outcome.change;
  return kind === 'create' || (outcome.status === 'applied' && outcome.note === 'recreated');
}

/**
 * Everything on the services where something was created, as soon as all of it can be seen. Reads may lag behind writes (fact 50): a
 * list without what was just created says nothing about duplicates, and the next run would create it again.
 */
async function readSettled(run: Run, created: readonly Outcome[]): Promise<Reading> {
  const services = new Map<string, Service>(
    created.map(({ change: { service } }) => [service.id, { ...service, teamIds: [], htmlUrl: null }]),
  );
  const read = async () => liveByService(await run.store.actions([...services.values()]));
  let live = await read();
  for (const wait of LOOKS_MS) {
    if (isSeen(live, created)) break;
    await run.clock.sleep(wait, run.interrupted);
    live = await read();
  }
  return { live, complete: isSeen(live, created) };
}

interface Reading {
  readonly live: ReadonlyMap<string, LiveService>;
  /** False when something that was created is still not there. */
  readonly complete: boolean;
}

function isSeen(live: Reading['live'], created: readonly Outcome[]): boolean {
  return created.every(
    (outcome) =>
      outcome.status !== 'applied' || findById(live.get(outcome.change.service.id) ?? NOTHING, outcome.id),
  );
}

function duplicatesIn(live: Reading['live'], created: readonly Outcome[]): Duplicate[] {
  return created.flatMap(({ change }) => {
    const label = labelOf(change);
    const own = live.get(change.service.id)?.own ?? [];
    const ids = own.filter((action) => action.label === label).map(({ id }) => id);
    return ids.length > 1 ? [{ service: change.service, label, ids }] : [];
  });
}
