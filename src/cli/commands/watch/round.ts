/** One round of `watch`: a plan, the disabled actions, and the permitted changes to both. */
import { type Change, changesOf, labelOf } from '../../../core/plan.ts';
import type { Prepared } from '../../../engine/prepare.ts';
import type { RunReport } from '../../../engine/report.ts';
import { isStopped } from '../../../lib/plan-with.ts';
import { changeDocument } from '../../../ui/render/documents.ts';
import { renderRefusal, renderVerdict } from '../../../ui/render/refusal.ts';
import { plain as textOf } from '../../../ui/text/text.ts';
import type { CanApply, CanPlan, Context } from '../../context.ts';
import { endpointWorld } from '../../endpoint-world.ts';
import { applyChanges } from '../../plan/apply-changes.ts';
import { preparePlan } from '../../plan/prepare-plan.ts';
import type { WatchEvent } from './events.ts';
import { type DisabledAction, judgeDisabled } from './health.ts';
import type { Pauses } from './pauses.ts';

export interface RoundOptions {
  readonly service?: readonly string[] | undefined;
  readonly enableHealthy?: boolean | undefined;
  readonly sync?: boolean | undefined;
}

/**
 * Makes one round.
 * @param wallClock milliseconds since 1970, for certificates
 * @returns true if all is well: no drift, nothing refused, nothing disabled
 */
export async function makeRound(
  context: CanPlan & CanApply & Pick<Context, 'connection'>,
  options: RoundOptions,
  pauses: Pauses,
  tell: (event: WatchEvent) => void,
  wallClock: () => number,
): Promise<boolean> {
  const { clock } = context;
  const began = clock.now();
  const prepared = await preparePlan(context, { service: options.service });
  const changes = changesOf(prepared.plan);
  for (const change of changes) tell(driftOf(change));
  for (const reason of reasonsOf(prepared)) tell({ event: 'refused', reason });
  const disabled = await judgeDisabled(
    prepared,
    endpointWorld(context, wallClock),
    options.enableHealthy === true,
  );
  for (const { action, service, target, health, why } of disabled) {
    const { id, label } = action;
    tell({
      event: 'disabled',
      service: plain(service),
      label,
      id,
      declared: target !== undefined,
      endpoint: health,
      why,
    });
  }
  pauses.seen(new Set(disabled.map(({ action }) => action.id)), clock.now());
  const enabled = options.enableHealthy ? await enableHealthy(context, prepared, disabled, pauses, tell) : 0;
  const isDone = options.sync ? await carryOut(context, prepared, tell) : changes.length === 0;
  const { caller } = await context.connection();
  const left = disabled.length - enabled;
  const ms = Math.round(clock.now() - began);
  tell({
    event: 'round',
    changes: isDone ? 0 : changes.length,
    disabled: left,
    requests: caller.requests(),
    ms,
  });
  return isDone && left === 0 && !isStopped(prepared);
}

function driftOf(change: Change): WatchEvent {
  const { kind, service } = change;
  const document = changeDocument(change);
  const fields = 'fields' in document ? document.fields.map(({ field }) => field) : [];
  return { event: 'drift', kind, service: plain(service), label: labelOf(change), id: idOf(change), fields };
}

function reasonsOf({ plan, verdicts }: Prepared): string[] {
  const refusals = plan.refusals.map((refusal) => renderRefusal(refusal).map(textOf).join(' ').trim());
  return refusals.length > 0
    ? refusals
    : verdicts.map((verdict) => renderVerdict(verdict).map(textOf).join(' ').trim());
}

/** Enables declared actions whose endpoint accepted a message; one that was disabled again waits for its pause. */
async function enableHealthy(
  context: CanApply,
  { plan, readAt }: Prepared,
  disabled: readonly DisabledAction[],
  pauses: Pauses,
  tell: (event: WatchEvent) => void,
): Promise<number> {
  const { clock } = context;
  const now = clock.now();
  const changes = new Map<string, Change[]>();
  for (const { action, service, target, health } of disabled) {
    if (health !== 'healthy' || !target) continue;
    const left = pauses.left(action.id, now);
    if (left > 0) {
      const minutes = Math.ceil(left / 60_000);
      tell({ event: 'paused', service: plain(service), label: action.label, id: action.id, minutes });
      continue;
    }
    pauses.enabled(action.id, now);
    const enable: Change = { kind: 'enable', service: plain(service), id: action.id, before: action };
    changes.set(service.id, [...(changes.get(service.id) ?? []), enable]);
  }
  if (changes.size === 0) return 0;
  const services = plan.services.flatMap((planned) => {
    const wanted = changes.get(planned.service.id);
    return wanted ? [{ ...planned, changes: wanted }] : [];
  });
  const { outcomes } = await applyChanges(context, { services, refusals: [] }, readAt);
  for (const outcome of outcomes) {
    const { event, kind, status, id, ...where } = writtenOf(outcome);
    if (status === 'applied' && id !== null) tell({ event: 'enabled', ...where, id });
    else tell({ event, kind, status, id, ...where });
  }
  return outcomes.filter(({ status }) => status === 'applied').length;
}

/** @returns true if the account matches the config now */
async function carryOut(
  context: CanApply,
  prepared: Prepared,
  tell: (event: WatchEvent) => void,
): Promise<boolean> {
  if (isStopped(prepared)) return false;
  if (changesOf(prepared.plan).length === 0) return true;
  const report = await applyChanges(context, prepared.plan, prepared.readAt);
  for (const outcome of report.outcomes) tell(writtenOf(outcome));
  return report.outcomes.every(({ status }) => status === 'applied');
}

function writtenOf({
  change,
  status,
}: RunReport['outcomes'][number]): Extract<WatchEvent, { event: 'written' }> {
  const where = { service: plain(change.service), label: labelOf(change), id: idOf(change) };
  return { event: 'written', kind: change.kind, status, ...where };
}

function idOf(change: Change): string | null {
  return 'id' in change ? change.id : null;
}

function plain({ id, name }: { readonly id: string; readonly name: string }) {
  return { id, name };
}
