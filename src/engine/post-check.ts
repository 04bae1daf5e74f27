/**
 * After the last write: what a run has written is read back, and what it created is looked for twice (F14, F39). One read for all
 * services, planned by cost.
 */
import type { Service } from '../core/action.ts';
import type { LiveService } from '../core/live.ts';
import { looksAlike } from '../core/look-alike.ts';
import { sameUrl } from '../core/same-url.ts';
import { PdactionsError } from '../errors.ts';
import { readBack, type WrittenOutcome } from './read-back.ts';
import type { Duplicate, Outcome, Report } from './report.ts';
import type { Run } from './run.ts';

type Check = Pick<Report, 'outcomes' | 'duplicates' | 'unchecked'>;

/**
 * Checks a run whose writes are done.
 * @param outcomes as the answers told them, in the plan's order
 * @returns the same outcomes as a read shows them, and labels that exist more than once where this run created them
 */
export async function checkAfterwards(run: Run, outcomes: readonly Outcome[]): Promise<Check> {
  const unchecked = { outcomes, duplicates: [], unchecked: true };
  const created = outcomes.filter(mayHaveCreated);
  const written = outcomes.filter(wasWritten);
  const stop = run.stopped()?.why;
  if (created.length + written.length === 0 || stop === 'interrupted')
    return { ...unchecked, unchecked: false };
  if (stop !== undefined) return unchecked;
  try {
    const {
      live,
      outcomes: read,
      complete,
    } = await readBack(run, servicesOf([...created, ...written]), written);
    return {
      outcomes: outcomes.map((outcome) => read.get(outcome as WrittenOutcome) ?? outcome),
      duplicates: created.flatMap((outcome) => duplicatesOf(outcome, live)),
      unchecked: !complete,
    };
  } catch (error) {
    if (error instanceof PdactionsError) return unchecked;
    throw error;
  }
}

/** True when a write was answered as done; what was found done already has been read. */
function wasWritten(outcome: Outcome): outcome is WrittenOutcome {
  if (outcome.status === 'differs' || outcome.status === 'not kept') return true;
  return outcome.status === 'applied' && outcome.note !== 'already there' && outcome.note !== 'already gone';
}

function mayHaveCreated(outcome: Outcome): boolean {
  if (outcome.status === 'skipped') return false;
  return outcome.change.kind === 'create' || ('note' in outcome && outcome.note === 'recreated');
}

function servicesOf(outcomes: readonly Outcome[]): Service[] {
  const services = new Map(outcomes.map(({ change: { service } }) => [service.id, service]));
  return [...services.values()].map((service) => ({ ...service, teamIds: [], htmlUrl: null }));
}

/** Actions with the created label, or with the same URL and what PagerDuty may have made of the label (fact 53). */
function duplicatesOf({ change }: Outcome, live: ReadonlyMap<string, LiveService>): Duplicate[] {
  const wanted = 'after' in change ? change.after : undefined;
  if (!wanted) return [];
  const own = live.get(change.service.id)?.own ?? [];
  const same = own.filter(
    ({ label, url }) =>
      label === wanted.label || (looksAlike(wanted.label, label) && sameUrl(wanted.url, url)),
  );
  const ids = same.map(({ id }) => id);
  return ids.length > 1 ? [{ service: change.service, label: wanted.label, ids }] : [];
}
