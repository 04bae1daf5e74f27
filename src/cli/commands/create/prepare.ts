/** Makes the plan that creates a new action. */
import type { ActionSpec, LiveAction, Service } from '../../../core/action.ts';
import { liveByService } from '../../../core/live.ts';
import { computePlan, type Plan } from '../../../core/plan.ts';
import type { ServiceRef } from '../../../core/refusal.ts';
import { RefusedError } from '../../../errors.ts';
import { firstOf } from '../../../ui/render/plan/plan-groups.ts';
import { visibleJson } from '../../../ui/text/json.ts';
import { plural } from '../../../ui/text/plural.ts';
import { line, styled } from '../../../ui/text/text.ts';
import type { Draft } from '../../ask/draft.ts';
import { checkedUrl, keepSecret, warnOfUrl } from '../../ask/fields.ts';
import { expectFreeSlots } from '../../ask/free-slots.ts';
import type { CanRead, Context } from '../../context.ts';

export interface CreateDraft extends Draft {
  services: readonly Service[];
}

export interface Ready {
  readonly spec: ActionSpec;
  readonly plan: Plan;
  readonly readAt: number;
  /** Services that already have such an action, for `--skip-existing`. */
  readonly skipped: readonly Existing[];
}

/** Plans the creates. @throws RefusedError, UsageError for impossible ones */
export async function prepareCreate(
  context: CanRead & Pick<Context, 'globals' | 'env' | 'io' | 'clock'>,
  draft: CreateDraft,
  { skipExisting = false }: { readonly skipExisting?: boolean | undefined },
): Promise<Ready> {
  const { label = '', url = '', headers = [], services } = draft;
  const sent = headers.length === 0 ? null : [...headers];
  const spec: ActionSpec = { key: label, label, url, headers: sent, renamedFrom: [] };
  keepSecret(context.io, url, sent);
  // Checks URL and headers together: a header with a token must not be sent to an unencrypted endpoint.
  await warnOfUrl(context, checkedUrl(url, sent), sent);
  const readAt = context.clock.now();
  return { spec, ...(await planCreate(context, spec, services, skipExisting)), readAt };
}

/** An existing action with the wanted label. */
interface Existing {
  readonly service: ServiceRef;
  readonly id: string;
}

/** The plan. @throws RefusedError for a full service, or an action of that label */
async function planCreate(
  context: CanRead & Pick<Context, 'io'>,
  spec: ActionSpec,
  services: readonly Service[],
  skipExisting: boolean,
): Promise<Pick<Ready, 'plan' | 'skipped'>> {
  const store = await context.store();
  const live = await context.activity.while('reading', async () =>
    liveByService(await store.actions(services)),
  );
  const existing = services.flatMap(({ id, name }) =>
    (live.get(id)?.writable ?? [])
      .filter(({ label }) => label === spec.label)
      .map((action) => ({ action, service: { id, name } })),
  );
  if (existing.length > 0 && !skipExisting) throw labelTaken(spec, existing);
  sayOfSkipped(context, spec, existing);
  const rest = services.filter(({ id }) => !existing.some(({ service }) => service.id === id));
  expectFreeSlots(rest, live);
  const desired = rest.map((service) => ({
    service,
    actions: [spec],
    prune: false,
    askedBy: new Map([[spec.key, [`id:${service.id}`]]]),
  }));
  const plan = computePlan(desired, live, { enable: false, rotate: null });
  expectNoTwin(context, plan);
  return { plan, skipped: existing.map(({ action, service }) => ({ service, id: action.id })) };
}

type LabelHolders = readonly { readonly action: LiveAction; readonly service: ServiceRef }[];

function labelTaken({ label }: ActionSpec, taken: LabelHolders): RefusedError {
  return new RefusedError(`\`${label}\` already exists`, {
    reason: 'duplicate',
    details: taken.map(({ action, service }) => `${action.id} on ${service.name}`),
    hint: `Change it with \`pdactions update ${taken[0]?.action.id}\`, choose another label, or skip these services with \`--skip-existing\`.`,
  });
}

/** Reports the services left alone, and those where the same label is another action. */
function sayOfSkipped({ io }: Pick<Context, 'io'>, { label, url }: ActionSpec, taken: LabelHolders): void {
  if (taken.length === 0) return;
  const names = [...new Set(taken.map(({ service }) => service.name))];
  io.say(
    line(styled('muted', `Skipped ${plural(names.length, 'service')} with \`${label}\`: ${firstOf(names)}.`)),
  );
  const others = taken.filter(({ action }) => action.url !== url);
  if (others.length === 0) return;
  io.warn(
    `${firstOf(others.map(({ action, service }) => `${action.id} on ${service.name}`))}: different URL, left unchanged`,
  );
}

/** Checks for a button that looks the same: refused with the same URL, else a warning. @throws RefusedError */
function expectNoTwin({ io }: Pick<Context, 'io'>, { refusals, services }: Plan): void {
  const twins = refusals.filter((refusal) => refusal.code === 'look-alike');
  const [first] = twins;
  if (first) {
    throw new RefusedError(`\`${first.label}\` already exists under a label that only looks the same`, {
      reason: 'duplicate',
      details: twins.map(({ id, stored, service }) => `${visibleJson(stored)} (${id}) on ${service.name}`),
      hint: `Rename it with \`pdactions update ${first.id} --label ${JSON.stringify(first.label)}\`, or choose another label.`,
    });
  }
  for (const { service, twins: beside } of services) {
    for (const { id, stored } of beside) {
      const text = `${service.name} also has ${visibleJson(stored)} (${id}), which looks the same but has another URL`;
      io.warn(text);
    }
  }
}
