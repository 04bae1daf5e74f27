/** After the last write: whether anything that was created is there twice (F14, F39). One read for all services, planned by cost. */
import type { Service } from '../core/action.ts';
import { liveByService } from '../core/normalize.ts';
import type { Change } from '../core/plan.ts';
import { PdactionsError } from '../errors.ts';
import type { Duplicate, Outcome, Report } from './report.ts';
import type { Run } from './run.ts';

type Check = Pick<Report, 'duplicates' | 'unchecked'>;

const NOTHING_TO_CHECK: Check = { duplicates: [], unchecked: false };

/** Labels that stand more than once on a service where this run created them, sorted by service as applied. */
export async function findDuplicates(run: Run, outcomes: Iterable<Outcome>): Promise<Check> {
  const created = [...outcomes].filter(mayHaveCreated).map(({ change }) => change);
  const stop = run.stopped()?.why;
  if (created.length === 0 || stop === 'interrupted') return NOTHING_TO_CHECK;
  if (stop !== undefined) return { duplicates: [], unchecked: true };
  try {
    return { duplicates: await readDuplicates(run, created), unchecked: false };
  } catch (error) {
    if (error instanceof PdactionsError) return { duplicates: [], unchecked: true };
    throw error;
  }
}

function mayHaveCreated(outcome: Outcome): boolean {
  if (outcome.status === 'skipped') return false;
  const { kind } = outcome.change;
  return kind === 'create' || (outcome.status === 'applied' && outcome.note === 'recreated');
}

async function readDuplicates(run: Run, created: readonly Change[]): Promise<Duplicate[]> {
  const services = new Map<string, Service>(
    created.map(({ service }) => [service.id, { ...service, teamIds: [], htmlUrl: null }]),
  );
  const live = liveByService(await run.store.actions([...services.values()]));
  return created.flatMap((change) => {
    const label = 'after' in change ? change.after.label : change.before.label;
    const own = live.get(change.service.id)?.own ?? [];
    const ids = own.filter((action) => action.label === label).map(({ id }) => id);
    return ids.length > 1 ? [{ service: change.service, label, ids }] : [];
  });
}
