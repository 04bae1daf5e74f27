/** Plans for changes that the user named one by one. */
import type { Service } from '../../core/action.ts';
import { compareText, type LiveService, liveByService, NOTHING } from '../../core/live.ts';
import type { Change, Plan, ServicePlan } from '../../core/plan.ts';
import type { ServiceRef } from '../../core/refusal.ts';
import type { ActionStore } from '../../pagerduty/store.ts';

/**
 * A plan of exactly these changes, with the current actions of their services.
 * @param scope further selected services, whose actions count for the guards
 */
export async function planOf(
  store: ActionStore,
  changes: readonly Change[],
  scope: readonly ServiceRef[] = [],
): Promise<Plan> {
  const byService = new Map<string, Change[]>();
  for (const change of changes) {
    byService.set(change.service.id, [...(byService.get(change.service.id) ?? []), change]);
  }
  const services: Service[] = [
    ...new Map(
      [...changes.map(({ service }) => service), ...scope].map((service) => [service.id, service]),
    ).values(),
  ]
    .map((service) => ({ ...service, teamIds: [], htmlUrl: null }))
    .sort((a, b) => compareText(a.name, b.name) || compareText(a.id, b.id));
  const live = liveByService(await store.actions(services));
  return {
    services: services.map((service) =>
      servicePlan(service, byService.get(service.id) ?? [], live.get(service.id) ?? NOTHING),
    ),
    refusals: [],
  };
}

function servicePlan({ id, name }: Service, changes: readonly Change[], live: LiveService): ServicePlan {
  return {
    service: { id, name },
    changes,
    unchanged: [],
    unmanaged: [],
    disabled: [],
    writeOnly: 0,
    untouchedHeaders: [],
    twins: [],
    blocked: [],
    live,
    prune: false,
  };
}
