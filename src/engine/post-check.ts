/**
 * Runs after the last write: reads back everything written, and looks for duplicates of created actions (F14, F39). One read for all
 * services, planned by cost.
 */
import type { Service } from '../core/action.ts';
import type { ServicePlan } from '../core/plan.ts';
import { PdactionsError } from '../errors.ts';
import { readBack, type WrittenOutcome } from './read-back.ts';
import type { ChangeOutcome, RunReport } from './report.ts';
import type { Run } from './run.ts';
import { type Site, withdrawConflicts } from './withdraw.ts';

type Check = Pick<RunReport, 'outcomes' | 'duplicates' | 'overfull' | 'unchecked'>;

/**
 * Checks a run whose writes are done.
 * @param outcomes according to the answers, in the plan's order
 * @param plan the services as the plan knew them
 * @returns the outcomes as a read shows them, and surplus actions where this run created some
 */
export async function checkAfterwards(
  run: Run,
  outcomes: readonly ChangeOutcome[],
  plan: readonly ServicePlan[],
): Promise<Check> {
  const created = outcomes.filter(mayHaveCreated);
  const written = lastOfEach(outcomes.filter(wasWritten));
  if (created.length + written.length === 0) {
    return { outcomes, duplicates: [], overfull: [], unchecked: false };
  }
  const unchecked = { outcomes: outcomes.map(unconfirmed), duplicates: [], overfull: [], unchecked: true };
  if (run.stopped()) return unchecked;
  try {
    const {
      live,
      outcomes: read,
      complete,
    } = await readBack(run, servicesOf([...created, ...written]), written);
    const { withdrawn, duplicates, overfull, ...rest } = await withdrawConflicts(
      run,
      sitesOf(created, plan),
      live,
    );
    const shown = outcomes.map((outcome) => read.get(outcome as WrittenOutcome) ?? outcome);
    return {
      outcomes: shown.map((outcome) =>
        'id' in outcome && withdrawn.has(outcome.id)
          ? { change: outcome.change, status: 'withdrawn', id: outcome.id }
          : outcome,
      ),
      duplicates,
      overfull,
      unchecked: !complete || !rest.complete,
    };
  } catch (error) {
    if (error instanceof PdactionsError) return unchecked;
    throw error;
  }
}

/** Success is claimed only after a read has confirmed it. */
function unconfirmed(outcome: ChangeOutcome): ChangeOutcome {
  return outcome.status === 'applied' && outcome.note !== 'confirmed by read' && wasWritten(outcome)
    ? { ...outcome, unconfirmed: true }
    : outcome;
}

/** True if a write was answered as done; an action found already done has been read. */
function wasWritten(outcome: ChangeOutcome): outcome is WrittenOutcome {
  if (outcome.status === 'differs' || outcome.status === 'not kept') return true;
  return outcome.status === 'applied' && outcome.note !== 'already there' && outcome.note !== 'already gone';
}

/** Omits updates that a later update of the same action has replaced: a rename in two steps shows only its second. */
function lastOfEach(written: readonly WrittenOutcome[]): WrittenOutcome[] {
  const last = new Map(
    written.flatMap((entry) => (entry.change.kind === 'update' ? [[entry.change.id, entry] as const] : [])),
  );
  return written.filter((entry) => entry.change.kind !== 'update' || last.get(entry.change.id) === entry);
}

function mayHaveCreated(outcome: ChangeOutcome): boolean {
  if (outcome.status === 'skipped') return false;
  return outcome.change.kind === 'create' || ('note' in outcome && outcome.note === 'recreated');
}

function servicesOf(outcomes: readonly ChangeOutcome[]): Service[] {
  const services = new Map(outcomes.map(({ change: { service } }) => [service.id, service]));
  return [...services.values()].map((service) => ({ ...service, teamIds: [], htmlUrl: null }));
}

/** The services with new actions, with their declared actions and their previous state. */
function sitesOf(created: readonly ChangeOutcome[], plan: readonly ServicePlan[]): Site[] {
  const ids = new Set(created.map(({ change }) => change.service.id));
  return plan
    .filter(({ service }) => ids.has(service.id))
    .map(({ service, live }) => ({
      service,
      wanted: created.flatMap(({ change }) =>
        change.service.id === service.id && 'after' in change && change.after ? [change.after] : [],
      ),
      known: new Set([...live.writable, ...live.shared].map(({ id }) => id)),
    }));
}
