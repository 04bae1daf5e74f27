/** One change, carried out. */
import type { LiveAction } from '../core/action.ts';
import { namesMissingFrom } from '../core/header-names.ts';
import type { LiveService } from '../core/live.ts';
import type { Change } from '../core/plan.ts';
import { countSlots } from '../core/slots.ts';
import { AuthError, PdactionsError, RefusedError, RemoteError } from '../errors.ts';
import { bodyOf, createOnce, interrupted, type Written } from './create.ts';
import { findById, findEqual, readService, readWith } from './guard-read.ts';
import { fullService } from './occupants.ts';
import type { Outcome } from './report.ts';
import type { Run } from './run.ts';

/** What is known of the service while its changes are carried out. */
export interface Ground {
  readonly live: LiveService;
  /** True when `live` was read right now, so what is missing there is gone. */
  readonly fresh: boolean;
}

/** Carries out one change; expected failures are outcomes, anything else is thrown. */
export async function applyChange(run: Run, change: Change, ground: Ground): Promise<Outcome> {
  try {
    const written = await write(run, change, ground);
    return written.kind === 'done' ? applied(change, written) : failed(change, written.error, 'unknown');
  } catch (error) {
    if (!(error instanceof PdactionsError)) throw error;
    return failed(change, error, isUnknown(error) ? 'unknown' : 'failed');
  }
}

type Result =
  | Written
  | { readonly kind: 'done'; readonly action: { readonly id: string }; readonly note?: 'already gone' };

function write(run: Run, change: Change, ground: Ground): Promise<Result> {
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

/** A change to an action that has to be there in the end. */
type Wanted = Pick<Of<'update'>, 'service' | 'id' | 'after'>;

type Of<Kind extends Change['kind']> = Extract<Change, { readonly kind: Kind }>;

async function create(run: Run, { service, after }: Of<'create'>, ground: Ground): Promise<Result> {
  const there = findEqual(after, ground.live);
  if (there) return { kind: 'done', action: there, note: 'already there' };
  const known = new Set([...ground.live.own, ...ground.live.shared].map(({ id }) => id));
  try {
    return await createOnce(run, service, after, known);
  } catch (error) {
    if (!(error instanceof PdactionsError) || error.reason !== 'limit' || error instanceof RefusedError)
      throw error;
    throw await whoIsThere(run, service, error);
  }
}

/** The error with the names of the occupants, where they can be read and there are that many. */
async function whoIsThere(run: Run, service: Change['service'], limit: PdactionsError): Promise<unknown> {
  try {
    const live = await readService(run.store, service);
    return countSlots(live).free === 0 ? fullService(service, live, limit) : limit;
  } catch (error) {
    return error instanceof PdactionsError ? limit : error;
  }
}

async function update(run: Run, change: Of<'update'>, ground: Ground): Promise<Result> {
  const { service, id, after } = change;
  const gone = ground.fresh && !ground.live.own.some((action) => action.id === id);
  if (gone) return recreate(run, change, ground.live);
  return overwrite(run, change, () => run.store.update(id, service.id, bodyOf(after)));
}

/**
 * Writes to an action that was there when the plan was made. Where it is gone, it is created anew; where it is still there, the 404 was
 * a lag or a lie (fact 50): a second action would be a duplicate, and the same write is sent once more.
 */
async function overwrite(run: Run, change: Wanted, write: () => Promise<LiveAction>): Promise<Result> {
  const { service, id } = change;
  const attempt = async () => settled(await run.awaitWrite(write()), service);
  try {
    return await attempt();
  } catch (error) {
    if (!isGone(error)) throw error;
    const live = await readWith(run.store, service, [id]);
    return findById(live, id) ? attempt() : recreate(run, change, live);
  }
}

function isGone(error: unknown): boolean {
  return error instanceof RemoteError && error.reason === 'gone';
}

/** Deleted in between, and still wanted: created anew where there is room (F23). */
async function recreate(run: Run, { service, after }: Wanted, live: LiveService): Promise<Result> {
  const there = findEqual(after, live);
  if (there) return { kind: 'done', action: there, note: 'already there' };
  const other = live.own.find(({ label }) => label === after.label);
  if (other) throw alreadyThere(service, other);
  if (countSlots(live).free === 0) throw fullService(service, live);
  const known = new Set([...live.own, ...live.shared].map(({ id }) => id));
  const written = await createOnce(run, service, after, known);
  return written.kind === 'done' ? { ...written, note: 'recreated' } : written;
}

/** Somebody made one of the same name in the meantime, with other contents: whose is right is theirs to say (F40). */
function alreadyThere(service: Change['service'], { id, label }: LiveAction): RefusedError {
  return new RefusedError(`\`${label}\` on ${service.name} was replaced by ${id} after the plan was made`, {
    reason: 'conflict',
    hint: 'Look at `pdactions plan` again.',
  });
}

async function remove(run: Run, { service, id, before }: Of<'delete'>, ground: Ground): Promise<Result> {
  const gone = ground.fresh && !ground.live.own.some((action) => action.id === id);
  if (gone) return { kind: 'done', action: before, note: 'already gone' };
  for (let attempts = 0; attempts < 2; attempts += 1) {
    const answer = await run.awaitWrite(run.store.delete(id));
    if (answer === 'late') return { kind: 'unknown', error: interrupted(service) };
    if (answer === 'deleted') return { kind: 'done', action: before };
    // It was there a moment ago, so a 404 alone may be a lag or a lie (fact 50).
    const live = await readWith(run.store, service, [id]);
    if (!findById(live, id)) return { kind: 'done', action: before, note: 'already gone' };
  }
  throw stillThere(service, before);
}

function stillThere({ name }: Change['service'], { id, label }: LiveAction): RemoteError {
  return new RemoteError(
    `PagerDuty says that there is no ${id} to delete (status 404), and shows \`${label}\` on ${name} all the same`,
    {
      reason: 'conflict',
      aftermath: 'skip',
      hint: 'What PagerDuty shows may lag behind. Run the same command again in a moment.',
    },
  );
}

async function enable(run: Run, { service, id, after }: Of<'enable'>): Promise<Result> {
  const write = () => run.store.enable(id);
  return after === undefined
    ? settled(await run.awaitWrite(write()), service)
    : overwrite(run, { service, id, after }, write);
}

function settled(answer: LiveAction | 'late', service: Change['service']): Result {
  return answer === 'late'
    ? { kind: 'unknown', error: interrupted(service) }
    : { kind: 'done', action: answer };
}

function applied(change: Change, result: Extract<Result, { readonly kind: 'done' }>): Outcome {
  const { action, note } = result;
  const sent = 'warning' in result ? result.warning : undefined;
  const trouble = 'label' in action ? headerTrouble(change, action) : undefined;
  if (trouble?.grave) return failed(change, trouble.error, 'unknown');
  const warnings = [sent, trouble?.error.message].filter((one) => one !== undefined);
  return {
    change,
    status: 'applied',
    id: action.id,
    ...(note ? { note } : {}),
    ...(warnings.length > 0 ? { warning: warnings.join('; ') } : {}),
  };
}

/**
 * Whether the header names that PagerDuty now reports are those wanted: what a PUT does to headers is not documented (U4).
 * Grave: the next plan would find the same difference again.
 */
function headerTrouble(
  change: Change,
  now: LiveAction,
): { readonly grave: boolean; readonly error: RefusedError } | undefined {
  if (change.kind === 'delete' || change.kind === 'enable' || now.headerNames === null) return undefined;
  const { headers, label } = change.after;
  const before = change.kind === 'update' ? (change.before.headerNames ?? []) : [];
  const wanted = headers === null ? before : headers.map(({ name }) => name);
  const lost = namesMissingFrom(now.headerNames, wanted);
  const kept = headers === null ? [] : namesMissingFrom(wanted, now.headerNames);
  if (lost.length + kept.length === 0) return undefined;
  const what = [
    lost.length > 0 ? `dropped the header ${lost.join(', ')} of \`${label}\`: set it again` : '',
    kept.length > 0 ? `kept the header ${kept.join(', ')} of \`${label}\`, which should be gone` : '',
  ];
  return {
    grave: headers !== null,
    error: new RefusedError(`PagerDuty ${what.filter(Boolean).join(', and ')}`, {
      reason: 'conflict',
      hint: 'Delete the action and create it again to be sure of its headers.',
    }),
  };
}

/** Errors after which it is open whether the write happened. */
function isUnknown(error: PdactionsError): boolean {
  if (error instanceof AuthError || !(error instanceof RemoteError) || error.certain) return false;
  return error.aftermath === 'verify' || UNANSWERED.has(error.reason ?? 'internal');
}

const UNANSWERED: ReadonlySet<string> = new Set([
  'lost_response',
  'timeout',
  'server_error',
  'bad_body',
  'contract',
  'interrupted',
]);

function failed(change: Change, error: PdactionsError, status: 'failed' | 'unknown'): Outcome {
  return { change, status, error, attempted: true };
}
