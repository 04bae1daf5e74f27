import { SLOTS_PER_SERVICE } from './action.ts';
import type { LiveService } from './live.ts';
import type { DesiredService } from './normalize.ts';
import type { Pairing } from './pairing/pair.ts';
import type { Refusal } from './refusal.ts';
import { liveSlot, type Slot } from './slots.ts';

/** Refuses a plan that adds an action to a service with then more than three, counting everything (fact 13). */
export function checkLimit(
  desired: DesiredService,
  live: LiveService,
  pairing: Pick<Pairing, 'matched' | 'missing' | 'rest'>,
): Refusal[] {
  const { matched, missing, rest } = pairing;
  const left = live.writable.length + live.shared.length - (desired.prune ? rest.length : 0);
  if (missing.length === 0 || left + missing.length <= SLOTS_PER_SERVICE) return [];
  const slots: Slot[] = [
    ...[...matched].map(([spec, action]) => ({ ...liveSlot(action, 'declared'), label: spec.label })),
    ...(desired.prune ? [] : rest.map((action) => liveSlot(action, 'unmanaged'))),
    ...live.shared.map((action) => liveSlot(action, 'shared')),
    // Last: existing actions hold their slots, and new ones find none.
    ...missing.map((spec) => ({ label: spec.label, holder: 'new' as const, disabled: false })),
  ];
  return [
    {
      code: 'over-limit',
      service: { id: desired.service.id, name: desired.service.name },
      slots,
      selectors: [...new Set([...desired.askedBy.values()].flat())],
      ...(desired.asked?.length ? { asked: desired.asked } : {}),
      pruneHelps: !desired.prune && left - rest.length + missing.length <= SLOTS_PER_SERVICE,
    },
  ];
}
