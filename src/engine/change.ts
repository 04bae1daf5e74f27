/** One change, carried out. */
import type { LiveAction } from '../core/action.ts';
import type { LiveService } from '../core/live.ts';
import type { Change } from '../core/plan.ts';
import { countSlots } from '../core/slots.ts';
import { judgeStored } from '../core/stored.ts';
import {
  AuthError,
  CancelledError,
  HiddenError,
  PdactionsError,
  RefusedError,
  RemoteError,
} from '../errors.ts';
import { bodyOf, createOnce, interrupted, type Written } from './create.ts';
import { findById, findEqual, readService, readWith } from './guard-read.ts';
import { fullService } from './occupants.ts';
import { type ChangeOutcome, INTERRUPTED } from './report.ts';
import type { Run } from './run.ts';
import { leavesOutHeaders, sendSparing } from './spare.ts';

const SPARED = 'PagerDuty dropped the headers of another action in an update like this one';

/** The state of the service while its changes are carried out. */
export interface Ground {
  readonly live: LiveService;
  /** True if `live` was read right now, so that missing actions are gone. */
  readonly fresh: boolean;
  /** Ids that the list does not show and that are refused by id (fact 57). */
  readonly hidden?: readonly string[];
}

/** Carries out one change; expected failures are outcomes, anything else is thrown. */
export async function applyChange(run: Run, change: Change, ground: Ground): Promise<ChangeOutcome> {
  try {
    const written = await write(run, change, ground);
    if (written.kind === 'spared') return { change, status: 'skipped', why: SPARED, spared: true };
    return written.kind === 'done' ? answered(change, written) : failed(change, written.error, 'unknown');
  } catch (error) {
    // Thrown only if the outcome is certain: the write was not sent, or certainly not carried out.
    if (error instanceof CancelledError) return { change, status: 'skipped', why: INTERRUPTED };
    if (!(error instanceof PdactionsError)) throw error;
    if (isUnsent(error)) return { change, status: 'skipped', why: 'not sent', error };
    return failed(change, error, isUnknown(error) ? 'unknown' : 'failed');
  }
}

/** The write happened. */
type Done = Extract<Written, { readonly kind: 'done' }>;

type ChangeResult =
  | Written
  | { readonly kind: 'done'; readonly action: LiveAction; readonly note?: 'already gone' }
  /** Not sent, so that headers are not lost (U4). */
  | { readonly kind: 'spared' };

function write(run: Run, change: Change, ground: Ground): Promise<ChangeResult> {
  switch (change.kind) {
    case 'create':
      return create(run, change, ground);
    case 'update':
      return update(run, change, ground);
    case 'delete':
      return remove(run, change, ground);
    case 'enable':
      return enable(run, change);
  }
}

/** A change to an action that must exist in the end. */
type WantedUpdate = Pick<ChangeOf<'update'>, 'service' | 'id' | 'after'>;

type ChangeOf<Kind extends Change['kind']> = Extract<Change, { readonly kind: Kind }>;

async function create(
  run: Run,
  { service, after }: ChangeOf<'create'>,
  ground: Ground,
): Promise<ChangeResult> {
  const equal = findEqual(after, ground.live);
  if (equal) return { kind: 'done', action: equal, note: 'already there' };
  try {
    return await createOnce(run, service, after, ground.live);
  } catch (error) {
    if (!(error instanceof PdactionsError) || error.reason !== 'limit' || error instanceof RefusedError)
      throw error;
    throw await whoIsThere(run, service, error);
  }
}

/** The error with the names of the occupants, if they can be read and the service is full. */
async function whoIsThere(run: Run, service: Change['service'], limit: PdactionsError): Promise<unknown> {
  try {
    const live = await readService(run.store, service);
    return countSlots(live).free === 0 ? fullService(service, live, limit) : limit;
  } catch (error) {
    return error instanceof PdactionsError ? limit : error;
  }
}

async function update(run: Run, change: ChangeOf<'update'>, ground: Ground): Promise<ChangeResult> {
  const { service, id, after } = change;
  expectKnown(change, ground);
  const gone = ground.fresh && !ground.live.writable.some((action) => action.id === id);
  if (gone) return recreate(run, change, ground.live);
  const write = () => overwrite(run, change, () => run.store.update(id, service.id, bodyOf(after)));
  return leavesOutHeaders(change) ? ((await sendSparing(run, change, write)) ?? { kind: 'spared' }) : write();
}

/**
 * Writes to an action of the plan. If it is gone, it is created anew; if it still exists, the 404 was a lag or a lie (fact 50):
 * a second action would be a duplicate, and the same write is sent once more.
 */
async function overwrite(
  run: Run,
  change: WantedUpdate,
  write: () => Promise<LiveAction>,
): Promise<ChangeResult> {
  const { service, id } = change;
  const attempt = async () => settled(await run.awaitWrite(write()), service);
  try {
    return await attempt();
  } catch (error) {
    if (!isGone(error)) throw error;
    const { live } = await readWith(run.store, service, [id]);
    return findById(live, id) ? attempt() : recreate(run, change, live);
  }
}

function isGone(error: unknown): boolean {
  return error instanceof RemoteError && error.reason === 'gone';
}

/** Deleted in between, and still declared: created anew if a slot is free (F23). */
async function recreate(
  run: Run,
  { service, after }: WantedUpdate,
  live: LiveService,
): Promise<ChangeResult> {
  const equal = findEqual(after, live);
  if (equal) return { kind: 'done', action: equal, note: 'already there' };
  const other = live.writable.find(({ label }) => label === after.label);
  if (other) throw alreadyThere(service, other);
  if (countSlots(live).free === 0) throw fullService(service, live);
  const written = await createOnce(run, service, after, live);
  return written.kind === 'done' ? { ...written, note: 'recreated' } : written;
}

/** Another run created a different action with this label; the user decides which one is right (F40). */
function alreadyThere(service: Change['service'], { id, label }: LiveAction): RefusedError {
  return new RefusedError(`\`${label}\` on ${service.name} was replaced by ${id} after the plan was made`, {
    reason: 'conflict',
    hint: 'Run `pdactions plan` again and review it.',
  });
}

async function remove(run: Run, change: ChangeOf<'delete'>, ground: Ground): Promise<ChangeResult> {
  const { service, id, before } = change;
  expectKnown(change, ground);
  const gone = ground.fresh && !ground.live.writable.some((action) => action.id === id);
  if (gone) return { kind: 'done', action: before, note: 'already gone' };
  for (let attempts = 0; attempts < 2; attempts += 1) {
    const answer = await run.awaitWrite(run.store.delete(id));
    if (answer === 'late') return { kind: 'unknown', error: interrupted(service) };
    if (answer === 'deleted') return { kind: 'done', action: before };
    // It existed a moment ago, so a 404 alone may be a lag or a lie (fact 50).
    const { live } = await readWith(run.store, service, [id]);
    if (!findById(live, id)) return { kind: 'done', action: before, note: 'already gone' };
  }
  throw stillThere(service, before);
}

/**
 * A 403 is no proof that an action is gone, so the action is neither created anew nor called deleted.
 * @throws HiddenError
 */
function expectKnown({ id, before, service }: ChangeOf<'update' | 'delete'>, { hidden = [] }: Ground): void {
  if (!hidden.includes(id)) return;
  throw new HiddenError(
    `\`${before.label}\` (${id}) on ${service.name} was deleted, or is no longer visible to this token (HTTP 403)`,
    {
      reason: 'gone',
      aftermath: 'skip',
      certain: true,
      hint: 'Nothing was sent for it. `pdactions plan` shows what this token can see now.',
    },
  );
}

function stillThere({ name }: Change['service'], { id, label }: LiveAction): RemoteError {
  return new RemoteError(
    `PagerDuty reports that ${id} does not exist (HTTP 404), but still lists \`${label}\` on ${name}`,
    {
      reason: 'conflict',
      aftermath: 'skip',
      hint: 'Reads from PagerDuty may lag behind. Run the same command again in a moment.',
    },
  );
}

async function enable(run: Run, { service, id, after }: ChangeOf<'enable'>): Promise<ChangeResult> {
  const write = () => run.store.enable(id);
  return after === undefined
    ? settled(await run.awaitWrite(write()), service)
    : overwrite(run, { service, id, after }, write);
}

function settled(answer: LiveAction | 'late', service: Change['service']): ChangeResult {
  return answer === 'late'
    ? { kind: 'unknown', error: interrupted(service) }
    : { kind: 'done', action: answer };
}

/** The outcome of a write by its own answer; the read-back decides in the end. */
function answered(change: Change, { action, note, warning }: Done): ChangeOutcome {
  const { id } = action;
  const remarks = { ...(note ? { note } : {}), ...(warning === undefined ? {} : { warning }) };
  if (change.kind === 'delete' || !('label' in action)) return { change, status: 'applied', id, ...remarks };
  const stored = judgeStored(change, id, withUrl(action, change));
  switch (stored.is) {
    case 'as written':
      return { change, status: 'applied', id, ...remarks };
    case 'differs':
      return {
        change,
        status: 'differs',
        id,
        stored: action,
        fields: stored.fields,
        lost: stored.lost,
        ...remarks,
      };
    case 'not kept':
      return { change, status: 'not kept', id, stored: action, fields: stored.fields };
  }
}

/** An answer without a URL proves nothing about it. */
function withUrl(action: LiveAction, change: Change): LiveAction {
  const url = action.url ?? ('after' in change ? change.after?.url : undefined) ?? null;
  return { ...action, url };
}

/** True for a write that was not sent because the run ended first. A failed read proves nothing: it may follow a sent write. */
function isUnsent(error: PdactionsError): boolean {
  return error instanceof RemoteError && error.unsent && error.http?.method !== 'GET';
}

function isUnknown(error: PdactionsError): boolean {
  if (error instanceof AuthError || !(error instanceof RemoteError) || error.certain) return false;
  return error.aftermath === 'verify' || UNANSWERED.has(error.reason ?? 'internal');
}

/** Reasons after which the write may or may not have happened. */
const UNANSWERED: ReadonlySet<string> = new Set([
  'lost_response',
  'timeout',
  'server_error',
  'bad_body',
  'contract',
  'interrupted',
]);

function failed(change: Change, error: PdactionsError, status: 'failed' | 'unknown'): ChangeOutcome {
  return { change, status, error, attempted: true };
}
