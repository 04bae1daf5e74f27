/**
 * Creates actions even if responses get lost. PagerDuty has no idempotency key, so a create without an answer is looked up and
 * adopted, and sent a second time only if it certainly does not exist ("Look" in docs/faults.md).
 */
import type { ActionSpec, LiveAction } from '../core/action.ts';
import { diffAction } from '../core/diff.ts';
import type { LiveService } from '../core/live.ts';
import type { ServiceRef } from '../core/refusal.ts';
import { looksAlike } from '../core/same/look-alike.ts';
import { sameUrl } from '../core/same/same-url.ts';
import { AuthError, PdactionsError, RefusedError, RemoteError } from '../errors.ts';
import type { ActionBody } from '../pagerduty/store.ts';
import { readService } from './guard-read.ts';
import type { AppliedNote } from './report.ts';
import { LOOKS_MS, type Run } from './run.ts';

export type Written =
  | {
      readonly kind: 'done';
      readonly action: LiveAction;
      readonly note?: AppliedNote;
      readonly warning?: string;
    }
  /** Interrupted, or not found: it may exist. */
  | { readonly kind: 'unknown'; readonly error: PdactionsError };

/** The body of a write: from the declaration alone, never from a read (fact 14, U4). */
export function bodyOf({ label, url, headers }: ActionSpec): ActionBody {
  return headers === null
    ? { label, url }
    : { label, url, headers: headers.map(({ name, value }) => ({ name, value })) };
}

/** A create whose answer does not show the new action. */
interface Lost {
  readonly kind: 'lost';
  readonly error: RemoteError;
  /** The id that a success named. The create was then carried out, and must never be sent again. */
  readonly id?: string;
}

/**
 * Creates an action, whatever happens to the answer. A success with an id ends it, whatever else the answer says.
 * @param before actions on the service beforehand, so that an older one with the same label is never taken for the new one
 * @throws any error of the store except a lost answer; once an answer was lost, every other failure leaves it unknown
 */
export async function createOnce(
  run: Run,
  service: ServiceRef,
  wanted: ActionSpec,
  before: LiveService,
): Promise<Written> {
  const known = new Set([...[...before.writable, ...before.shared].map(({ id }) => id), ...run.created]);
  const target = { service, wanted, known };
  const sent = await send(run, target);
  const written = sent.kind === 'lost' ? await afterLost(run, target, sent) : sent;
  if (written.kind === 'done') run.created.add(written.action.id);
  return written;
}

/** The action to create, its service, and the actions there before. */
interface CreateTarget {
  readonly service: ServiceRef;
  readonly wanted: ActionSpec;
  readonly known: ReadonlySet<string>;
}

async function afterLost(run: Run, target: CreateTarget, lost: Lost): Promise<Written> {
  try {
    return await findOut(run, target, lost);
  } catch (error) {
    if (!(error instanceof PdactionsError)) throw error;
    return { kind: 'unknown', error };
  }
}

/** Settles a create whose answer was lost: looked up and adopted, or sent a second and last time. */
async function findOut(run: Run, target: CreateTarget, lost: Lost): Promise<Written> {
  const action = await lookFor(run, target, lost);
  if (action) return adopt(run, target, action, lost);
  if (lost.id !== undefined) return { kind: 'unknown', error: lost.error };
  const again = await send(run, target);
  if (again.kind !== 'lost') return sentTwice(again);
  const late = await lookFor(run, target, again);
  if (late) return sentTwice(await adopt(run, target, late, again));
  return { kind: 'unknown', error: inVain(target.service, again.error) };
}

/** The first one may still be carried out after the last look, and exist beside the second (F14). */
function sentTwice(written: Written): Written {
  if (written.kind !== 'done') return written;
  return {
    ...written,
    warning:
      'the first response was lost, so the create was sent again; if both appear, `pdactions plan` lists the two',
  };
}

/** Sent twice, and not found after either: reports that, with the last answer. */
function inVain({ name }: ServiceRef, last: RemoteError): RemoteError {
  return new RemoteError(last.message, {
    reason: last.reason,
    aftermath: last.aftermath,
    details: [...last.details, `It was sent twice, but has not appeared on ${name} so far.`],
    hint: last.hint,
    http: last.http,
    cause: last.cause,
  });
}

/** The answer, or the reason why it does not show the new action. */
async function send(run: Run, { service, wanted, known }: CreateTarget): Promise<Written | Lost> {
  try {
    const action = await run.awaitWrite(run.store.create(service.id, bodyOf(wanted)));
    if (action === 'late') return { kind: 'unknown', error: interrupted(service) };
    const isNew = action.services.some(({ id }) => id === service.id) && !known.has(action.id);
    if (isNew) {
      run.made.add(action.id);
      return { kind: 'done', action };
    }
    return { kind: 'lost', error: answeredWithAnother(run, service, wanted, action), id: action.id };
  } catch (error) {
    if (error instanceof RemoteError && error.aftermath === 'verify') return { kind: 'lost', error };
    throw error;
  }
}

function answeredWithAnother(
  run: Run,
  service: ServiceRef,
  wanted: ActionSpec,
  { id }: LiveAction,
): RemoteError {
  return new RemoteError(
    `PagerDuty responded to the create of \`${wanted.label}\` with ${id}, which is not a new action on ${service.name}`,
    {
      reason: 'contract',
      aftermath: 'verify',
      hint: 'It may exist, so it was not sent again. `pdactions list` shows what is on the service.',
      http: { method: 'POST', path: '/extensions', host: new URL(run.store.origin).host },
    },
  );
}

async function lookFor(run: Run, target: CreateTarget, lost: Lost): Promise<LiveAction | undefined> {
  for (const wait of LOOKS_MS) {
    const { writable } = await look(run, target.service, wait, lost.error);
    const matches = candidates(writable, target, lost.id);
    if (matches.length > 1) throw foundTwice(target, matches);
    if (matches[0]) return matches[0];
  }
  return undefined;
}

/** New actions that may be the one sent: PagerDuty may have changed its label (fact 53), but rarely both label and URL. */
function candidates(live: readonly LiveAction[], { wanted, known }: CreateTarget, id: string | undefined) {
  const fresh = live.filter((action) => !known.has(action.id));
  const named = fresh.filter((action) => action.id === id);
  if (named.length > 0) return named;
  const exact = fresh.filter(({ label }) => label === wanted.label);
  if (exact.length > 0) return exact;
  return fresh.filter(({ label, url }) => looksAlike(wanted.label, label) || sameUrl(wanted.url, url));
}

/** Reads the service after a while. If even that fails, another write is too risky (F18). */
async function look(run: Run, service: ServiceRef, wait: number, lost: RemoteError) {
  try {
    await run.pause(wait);
    return await readService(run.store, service);
  } catch (error) {
    const reason = error instanceof PdactionsError ? error.reason : undefined;
    // A refused token explains more than the lost answer (F20).
    if (error instanceof AuthError && reason !== 'forbidden') throw error;
    throw new RemoteError(`${lost.message}; it could not be looked up afterwards, so it may exist`, {
      reason: reason === 'interrupted' ? 'interrupted' : (lost.reason ?? 'lost_response'),
      aftermath: reason === 'forbidden' ? 'skip' : 'stop',
      hint: 'Run the same command again: it checks first, and never creates the action twice.',
      http: lost.http,
      cause: error,
    });
  }
}

/** Adopts a found action as the one sent. Other contents under its own label are overwritten; PagerDuty's change of the label is not. */
async function adopt(
  run: Run,
  { service, wanted }: CreateTarget,
  adopted: LiveAction,
  lost: Lost,
): Promise<Written> {
  const note = 'confirmed by read';
  const isAnother =
    lost.id === undefined && adopted.label === wanted.label && diffAction(wanted, adopted).length > 0;
  if (!isAnother) return { kind: 'done', action: adopted, note };
  const action = await run.awaitWrite(run.store.update(adopted.id, service.id, bodyOf(wanted)));
  return action === 'late'
    ? { kind: 'unknown', error: interrupted(service) }
    : { kind: 'done', action, note };
}

function foundTwice({ service, wanted }: CreateTarget, actions: readonly LiveAction[]): RefusedError {
  const ids = actions.map(({ id }) => id);
  return new RefusedError(
    `\`${wanted.label}\` exists ${actions.length} times on ${service.name} (${ids.join(', ')})`,
    {
      reason: 'duplicate',
      hint: `Compare them with \`pdactions show ID\`, then remove one with \`pdactions delete ID\`.`,
    },
  );
}

/** A write that was in flight when the run was interrupted and was not answered in time. */
export function interrupted(service: ServiceRef): PdactionsError {
  return new RemoteError(`interrupted before PagerDuty responded for ${service.name}`, {
    reason: 'interrupted',
    aftermath: 'stop',
    hint: 'Run the same command again: it checks what happened.',
  });
}
