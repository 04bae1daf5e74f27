/**
 * Creating, where an answer can get lost. PagerDuty has no idempotency key, so a create whose answer did not come is looked up and
 * adopted, and sent a second time only when it is surely not there ("Look" in docs/faults.md).
 */
import type { ActionSpec, LiveAction } from '../core/action.ts';
import { diffAction } from '../core/diff.ts';
import type { ServiceRef } from '../core/refusal.ts';
import { AuthError, PdactionsError, RefusedError, RemoteError } from '../errors.ts';
import type { ActionBody } from '../pagerduty/store.ts';
import { readService } from './guard-read.ts';
import type { AppliedNote } from './report.ts';
import type { Run } from './run.ts';

/** Waits between one look and the next: at +1, +3 and +7 seconds. */
export const LOOKS_MS: readonly number[] = [1_000, 2_000, 4_000];

export type Written =
  | {
      readonly kind: 'done';
      readonly action: LiveAction;
      readonly note?: AppliedNote;
      readonly warning?: string;
    }
  /** Interrupted, or looked for in vain: it may exist. */
  | { readonly kind: 'unknown'; readonly error: PdactionsError };

/** The body of a write: from what is wanted alone, never from what was read (fact 14, U4). */
export function bodyOf({ label, url, headers }: ActionSpec): ActionBody {
  return headers === null
    ? { label, url }
    : { label, url, headers: headers.map(({ name, value }) => ({ name, value })) };
}

/**
 * Creates an action, whatever happens to the answer.
 * @param known ids that stood on the service before, so that an older action with the same label is never taken for the new one
 * @throws whatever the store throws that is not about a lost answer; once an answer was lost, everything else leaves it unknown
 */
export async function createOnce(
  run: Run,
  service: ServiceRef,
  wanted: ActionSpec,
  known: ReadonlySet<string>,
): Promise<Written> {
  const result = await send(run, service, wanted);
  if (!(result instanceof RemoteError)) return result;
  try {
    return await findOut(run, service, wanted, known, result);
  } catch (error) {
    if (!(error instanceof PdactionsError)) throw error;
    return { kind: 'unknown', error };
  }
}

/** What became of a create whose answer was lost: looked up and adopted, or sent a second and last time. */
async function findOut(
  run: Run,
  service: ServiceRef,
  wanted: ActionSpec,
  known: ReadonlySet<string>,
  lost: RemoteError,
): Promise<Written> {
  const found = await lookFor(run, service, wanted, known, lost);
  if (found) return adopt(run, service, wanted, found);
  const again = await send(run, service, wanted);
  if (!(again instanceof RemoteError)) return sentTwice(again);
  const late = await lookFor(run, service, wanted, known, again);
  if (late) return sentTwice(await adopt(run, service, wanted, late));
  return { kind: 'unknown', error: inVain(service, again) };
}

/** The first one may still be carried out after the last look, and be there beside the second (F14). */
function sentTwice(written: Written): Written {
  if (written.kind !== 'done') return written;
  return {
    ...written,
    warning:
      'the first answer was lost, so it was sent again: should both turn up after all, `pdactions plan` names the two',
  };
}

/** Sent twice, looked for each time, and not there: what can be said, with the last answer beside it. */
function inVain({ name }: ServiceRef, last: RemoteError): RemoteError {
  return new RemoteError(last.message, {
    reason: last.reason,
    aftermath: last.aftermath,
    details: [...last.details, `It was sent twice and looked for afterwards; so far it is not on ${name}.`],
    hint: last.hint,
    http: last.http,
    cause: last.cause,
  });
}

/** The answer, or the error that leaves it open whether the action exists now. */
async function send(run: Run, service: ServiceRef, wanted: ActionSpec): Promise<Written | RemoteError> {
  try {
    const action = await run.awaitWrite(run.store.create(service.id, bodyOf(wanted)));
    return action === 'late' ? { kind: 'unknown', error: interrupted(service) } : { kind: 'done', action };
  } catch (error) {
    if (error instanceof RemoteError && error.aftermath === 'verify') return error;
    throw error;
  }
}

async function lookFor(
  run: Run,
  service: ServiceRef,
  wanted: ActionSpec,
  known: ReadonlySet<string>,
  lost: RemoteError,
): Promise<LiveAction | undefined> {
  for (const wait of LOOKS_MS) {
    const now = await look(run, service, wait, lost);
    const found = now.own.filter(({ id, label }) => label === wanted.label && !known.has(id));
    if (found.length > 1) throw foundTwice(service, wanted, found);
    if (found[0]) return found[0];
  }
  return undefined;
}

/** Reads the service after a while. When even that fails, the world is too broken for another write (F18). */
async function look(run: Run, service: ServiceRef, wait: number, lost: RemoteError) {
  try {
    await run.clock.sleep(wait, run.interrupted);
    return await readService(run.store, service);
  } catch (error) {
    const reason = error instanceof PdactionsError ? error.reason : undefined;
    // A token that is refused now says more than the answer that was lost (F20).
    if (error instanceof AuthError && reason !== 'forbidden') throw error;
    throw new RemoteError(`${lost.message}; it could not be looked up afterwards, so it may exist`, {
      reason: reason === 'interrupted' ? 'interrupted' : (lost.reason ?? 'lost_response'),
      aftermath: reason === 'forbidden' ? 'skip' : 'stop',
      hint: 'Run the same command again: it finds out, and never creates the action twice.',
      http: lost.http,
      cause: error,
    });
  }
}

async function adopt(run: Run, service: ServiceRef, wanted: ActionSpec, found: LiveAction): Promise<Written> {
  const note = 'confirmed by read';
  if (diffAction(wanted, found).length === 0) return { kind: 'done', action: found, note };
  const action = await run.awaitWrite(run.store.update(found.id, service.id, bodyOf(wanted)));
  return action === 'late'
    ? { kind: 'unknown', error: interrupted(service) }
    : { kind: 'done', action, note };
}

function foundTwice(service: ServiceRef, wanted: ActionSpec, found: readonly LiveAction[]): RefusedError {
  const ids = found.map(({ id }) => id);
  return new RefusedError(
    `\`${wanted.label}\` exists ${found.length} times on ${service.name} (${ids.join(', ')})`,
    {
      reason: 'duplicate',
      hint: `Compare them with \`pdactions show ID\`, then remove one: \`pdactions delete ${ids.at(-1)}\`.`,
    },
  );
}

/** A write that was in flight when the run was interrupted and was not answered in time. */
export function interrupted(service: ServiceRef): PdactionsError {
  return new RemoteError(`interrupted before PagerDuty answered about ${service.name}`, {
    reason: 'interrupted',
    aftermath: 'stop',
    hint: 'Run the same command again: it finds out what happened.',
  });
}
