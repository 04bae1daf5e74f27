/**
 * Reads a service again right before the first write to it, and compares it with the plan. Happens if the plan is older than
 * 30 s, and always before a delete (docs/faults.md).
 */
import {
  type ActionSpec,
  isOrphan,
  isWritable,
  type LiveAction,
  NO_SERVICE,
  type Service,
  SLOTS_PER_SERVICE,
} from '../core/action.ts';
import { diffAction } from '../core/diff.ts';
import { type LiveService, liveByService, NOTHING } from '../core/live.ts';
import { type Change, labelOf, type ServicePlan } from '../core/plan.ts';
import { looksAlike } from '../core/same/look-alike.ts';
import { sameUrl } from '../core/same/same-url.ts';
import { countSlots } from '../core/slots.ts';
import { HiddenError, RefusedError, RemoteError } from '../errors.ts';
import type { ActionStore } from '../pagerduty/store.ts';
import { fullService } from './occupants.ts';
import { LOOKS_MS, type Run } from './run.ts';

/** The maximum age of a trusted plan. */
export const FRESH_MS = 30_000;

/** Everything on one service, now. */
export async function readService(
  store: ActionStore,
  service: { readonly id: string; readonly name: string },
): Promise<LiveService> {
  const asService: Service = { ...service, teamIds: [], htmlUrl: null };
  return liveByService(await store.actions([asService])).get(service.id) ?? NOTHING;
}

/**
 * The same, with existing actions among `ids` that the list does not show. A list may lag (fact 50), and an action missing only there
 * must be neither created anew nor taken for deleted: it is read by its id, and counts as gone only if it is not on this service.
 * @returns also the ids that are refused there: those are gone, or not visible to this token (fact 57)
 */
export async function readWith(
  store: ActionStore,
  service: { readonly id: string; readonly name: string },
  ids: readonly string[],
): Promise<{ readonly live: LiveService; readonly hidden: readonly string[] }> {
  const live = await readService(store, service);
  const late: LiveAction[] = [];
  const hidden: string[] = [];
  for (const id of ids) {
    const action = findById(live, id) ? undefined : await actionOn(store, service, id);
    if (action === 'hidden') hidden.push(id);
    else if (action) late.push(action);
  }
  return { live: late.length === 0 ? live : { ...live, writable: [...live.writable, ...late] }, hidden };
}

async function actionOn(
  store: ActionStore,
  service: { readonly id: string },
  id: string,
): Promise<LiveAction | 'hidden' | undefined> {
  try {
    const action = await store.action(id);
    const [place = NO_SERVICE] = action.services;
    return place.id === service.id && (isWritable(action) || isOrphan(action)) ? action : undefined;
  } catch (error) {
    if (error instanceof HiddenError) return 'hidden';
    if (error instanceof RemoteError && error.reason === 'gone') return undefined;
    throw error;
  }
}

/**
 * Checks that the service's changes can still be carried out.
 * @returns the service as read, for the changes to work with
 * @throws RefusedError if the planned actions were edited meanwhile, or the slots they need are taken (F40, F24)
 */
export function checkUnmoved({ service, changes, live }: ServicePlan, now: LiveService): LiveService {
  const edited = changes.flatMap((change) => (hasMoved(change, live, now) ? [labelOf(change)] : []));
  if (edited.length > 0) {
    throw new RefusedError(
      `\`${edited.join('`, `')}\` on ${service.name} changed after the plan was made; nothing was written to this service`,
      { reason: 'conflict', hint: 'Run `pdactions plan` again and review it.' },
    );
  }
  const creates = changes.filter((change) => change.kind === 'create' && !findEqual(change.after, now));
  const deletes = changes.filter((change) => change.kind === 'delete' && findById(now, change.id));
  const used = now.writable.length + now.shared.length;
  if (creates.length > 0 && used + creates.length - deletes.length > SLOTS_PER_SERVICE) {
    throw fullService(service, now);
  }
  return now;
}

/**
 * Waits until a service has a free slot, after a delete that succeeded: it may not have been stored (fact 56), and reads may lag
 * behind it (fact 50).
 * @throws RefusedError if the slots are still taken after the last look; any error of the store
 */
export async function expectRoom(
  run: Run,
  service: { readonly id: string; readonly name: string },
): Promise<void> {
  let live = await readService(run.store, service);
  for (const wait of LOOKS_MS) {
    if (countSlots(live).free > 0) return;
    await run.pause(wait);
    live = await readService(run.store, service);
  }
  if (countSlots(live).free === 0) throw fullService(service, live);
}

function hasMoved(change: Change, then: LiveService, now: LiveService): boolean {
  if (change.kind === 'create') {
    const known = new Set(then.writable.map(({ id }) => id));
    const newcomers = now.writable.filter((action) => !known.has(action.id) && isLike(change.after, action));
    return newcomers.length > 0 && !findEqual(change.after, now);
  }
  const current = findById(now, change.id);
  // Another run with the same config was faster (F39).
  if (change.kind === 'update' && current && diffAction(change.after, current).length === 0) return false;
  // Gone is not moved: each kind of change handles a missing action (F23).
  return current !== undefined && visibleOf(current) !== visibleOf(change.before);
}

/** The same label, or PagerDuty's possible form of it with the same URL (fact 53). */
export function isLike(wanted: ActionSpec, { label, url }: LiveAction): boolean {
  return label === wanted.label || (looksAlike(wanted.label, label) && sameUrl(wanted.url, url));
}

/** The action that equals the result of a create. */
export function findEqual(wanted: ActionSpec, { writable }: LiveService): LiveAction | undefined {
  const [first, ...others] = writable.filter(({ label }) => label === wanted.label);
  return first && others.length === 0 && diffAction(wanted, first).length === 0 ? first : undefined;
}

/** The action with this id, even if it is not on this service alone. */
export function findById({ writable, shared }: LiveService, id: string): LiveAction | undefined {
  return writable.find((action) => action.id === id) ?? shared.find((action) => action.id === id);
}

/** All editable fields of a readable action. */
function visibleOf({ label, url, headerNames, services }: LiveAction): string {
  return JSON.stringify([label, url, headerNames?.toSorted(), services.map(({ id }) => id).toSorted()]);
}
