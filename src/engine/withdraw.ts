/**
 * Resolves conflicts between two runs, or a run and a person. PagerDuty has no locks, so each may fill the last slot or create the same
 * label. Every run that finds a service over its slots, or a label twice, applies the same rule: the new actions with the largest ids
 * go. A run removes only its own actions; if others do not withdraw theirs, this run gives way (F39, F54).
 */
import { type ActionSpec, type LiveAction, type Service, SLOTS_PER_SERVICE } from '../core/action.ts';
import { compareText, type LiveService, liveByService, NOTHING } from '../core/live.ts';
import type { ServiceRef } from '../core/refusal.ts';
import { PdactionsError } from '../errors.ts';
import { isLike } from './guard-read.ts';
import type { Conflict, Duplicate } from './report.ts';
import { LOOKS_MS, type Run } from './run.ts';

/** A service on which this run has created an action. */
export interface Site {
  readonly service: ServiceRef;
  readonly wanted: readonly ActionSpec[];
  /** Ids of the actions on the service when the plan was made. */
  readonly known: ReadonlySet<string>;
}

export interface Withdrawal {
  readonly duplicates: readonly Duplicate[];
  readonly overfull: readonly Conflict[];
  /** Ids of actions that this run has created and removed again. */
  readonly withdrawn: ReadonlySet<string>;
  /** False if a look or a withdrawal failed, so that more conflicts may exist. */
  readonly complete: boolean;
}

type LiveServices = Map<string, LiveService>;

/** The progress of a withdrawal. */
interface Course {
  readonly run: Run;
  readonly live: LiveServices;
  readonly withdrawn: Set<string>;
  /** Actions that others should have withdrawn by the rule, but have not: made by a person, or by a run that has ended. */
  readonly staying: Set<string>;
}

/** Finds conflicts on the sites, and withdraws this run's share. @param read the state of the sites, read just now */
export async function withdrawConflicts(
  run: Run,
  sites: readonly Site[],
  read: ReadonlyMap<string, LiveService>,
): Promise<Withdrawal> {
  const course: Course = { run, live: new Map(read), withdrawn: new Set(), staying: new Set() };
  const concerned = sites.filter((site) => isTorn(site, course.live));
  const complete = await settle(course, concerned);
  return {
    withdrawn: course.withdrawn,
    complete,
    duplicates: concerned.flatMap(({ service, wanted }) =>
      twins(wanted, read.get(service.id)).map(({ label, actions }) => ({
        label,
        ...conflictOf(course, service, actions),
      })),
    ),
    overfull: concerned.flatMap(({ service }) => {
      const actions = all(read.get(service.id));
      return actions.length > SLOTS_PER_SERVICE ? [conflictOf(course, service, actions)] : [];
    }),
  };
}

/** Looks and gives way until this run has nothing left to remove. @returns false if a look or a withdrawal failed */
async function settle(course: Course, sites: readonly Site[]): Promise<boolean> {
  const { run, live } = course;
  let open = sites;
  try {
    for (const wait of [0, ...LOOKS_MS]) {
      if (wait > 0) {
        await run.pause(wait);
        await readAgain(run, open, live);
      }
      open = open.filter((site) => isTorn(site, live));
      for (const site of open) await giveWay(course, site, wait === LOOKS_MS.at(-1));
      open = open.filter((site) => isTorn(site, live) && canGiveWay(course, site));
      if (open.length === 0) break;
    }
    return true;
  } catch (error) {
    if (!(error instanceof PdactionsError)) throw error;
    return false;
  }
}

function conflictOf(
  { run, live, withdrawn }: Course,
  service: ServiceRef,
  actions: readonly LiveAction[],
): Conflict {
  const ids = actions.map(({ id }) => id).sort(compareText);
  const present = new Set(all(live.get(service.id)).map(({ id }) => id));
  return {
    service,
    ids,
    made: ids.filter((id) => run.made.has(id)),
    withdrawn: ids.filter((id) => withdrawn.has(id)),
    left: ids.filter((id) => present.has(id)),
  };
}

function all(live: LiveService = NOTHING): LiveAction[] {
  return [...live.writable, ...live.shared];
}

/** Labels that exist more than once, with all their actions. */
function twins(wanted: readonly ActionSpec[], { writable }: LiveService = NOTHING) {
  const groups = wanted.map((spec) => ({
    label: spec.label,
    actions: writable.filter((action) => isLike(spec, action)),
  }));
  return groups.filter(({ actions }) => actions.length > 1);
}

function isTorn({ service, wanted }: Site, live: LiveServices): boolean {
  const now = live.get(service.id);
  return all(now).length > SLOTS_PER_SERVICE || twins(wanted, now).length > 0;
}

async function readAgain(run: Run, sites: readonly Site[], live: LiveServices): Promise<void> {
  const services = sites.map(({ service }): Service => ({ ...service, teamIds: [], htmlUrl: null }));
  const byService = liveByService(await run.store.actions(services));
  for (const { id } of services) live.set(id, byService.get(id) ?? NOTHING);
}

/** True if this run could still remove something. */
function canGiveWay({ run, live, staying }: Course, { service }: Site): boolean {
  return all(live.get(service.id)).some(({ id }) => run.made.has(id) && !staying.has(id));
}

/**
 * Removes this run's share of the surplus; other runs get until the next look to remove the rest.
 * @param isLast the run waits for no other run any more
 */
async function giveWay(
  { run, live, staying, withdrawn }: Course,
  site: Site,
  isLast: boolean,
): Promise<void> {
  if (isLast) for (const { id } of all(live.get(site.service.id))) if (!run.made.has(id)) staying.add(id);
  for (const id of excessOn(site, live.get(site.service.id), staying)) {
    // An action that could not be removed stays, and is named.
    if (run.made.has(id) && (await remove(run, id))) {
      withdrawn.add(id);
      live.set(site.service.id, without(live.get(site.service.id), id));
    } else {
      staying.add(id);
    }
  }
}

async function remove(run: Run, id: string): Promise<boolean> {
  try {
    return (await run.awaitWrite(run.store.delete(id))) !== 'late';
  } catch (error) {
    if (!(error instanceof PdactionsError)) throw error;
    run.failed(error);
    return false;
  }
}

function without({ writable, shared }: LiveService = NOTHING, gone: string): LiveService {
  return {
    writable: writable.filter(({ id }) => id !== gone),
    shared: shared.filter(({ id }) => id !== gone),
  };
}

/** The actions to remove: for each label all but one, and those over three; always the largest ids among the new, unconfirmed ones. */
function excessOn(
  { wanted, known }: Site,
  now: LiveService | undefined,
  staying: ReadonlySet<string>,
): string[] {
  const excess = new Set<string>();
  const take = (count: number, actions: readonly LiveAction[]): void => {
    const open = actions
      .map(({ id }) => id)
      .filter((id) => !known.has(id) && !staying.has(id) && !excess.has(id));
    for (const id of open.sort(compareText).reverse().slice(0, Math.max(0, count))) excess.add(id);
  };
  for (const { actions } of twins(wanted, now)) take(actions.length - 1, actions);
  const actions = all(now);
  take(actions.length - excess.size - SLOTS_PER_SERVICE, actions);
  return [...excess];
}
