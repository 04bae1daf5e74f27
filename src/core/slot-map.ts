/** The holders of each service's slots, and the actions that wait for one. */
import type { LiveAction, Service } from './action.ts';
import { compareText, type LiveService, NOTHING } from './live.ts';
import type { DesiredService } from './normalize.ts';
import { countSlots, liveSlot, type Slot } from './slots.ts';

/** One service's slots. */
export interface SlotRow {
  readonly service: Pick<Service, 'id' | 'name'>;
  /** Everything that holds a slot, declared first. */
  readonly held: readonly Slot[];
  /** Declared and not created yet. */
  readonly waiting: readonly string[];
  readonly used: number;
  readonly free: number;
}

/**
 * The rows, fullest first: by used and requested slots, then by name.
 * @param desired the declared actions; null without a config, when nothing counts as declared or not
 */
export function slotRows(
  services: readonly Service[],
  live: ReadonlyMap<string, LiveService>,
  desired: readonly DesiredService[] | null,
): SlotRow[] {
  const wanted = new Map((desired ?? []).map((entry) => [entry.service.id, entry]));
  return services
    .map(({ id, name }) => toRow({ id, name }, live.get(id) ?? NOTHING, wanted.get(id)))
    .sort(
      (a, b) =>
        pressure(b) - pressure(a) ||
        compareText(a.service.name, b.service.name) ||
        compareText(a.service.id, b.service.id),
    );
}

function toRow(service: SlotRow['service'], live: LiveService, desired: DesiredService | undefined): SlotRow {
  const labels = new Set(desired?.actions.flatMap(({ label, renamedFrom }) => [label, ...renamedFrom]));
  const isDeclared = ({ label }: LiveAction): boolean => labels.has(label);
  const there = new Set(live.own.map(({ label }) => label));
  const waiting = (desired?.actions ?? []).filter(
    ({ label, renamedFrom }) => !there.has(label) && !renamedFrom.some((former) => there.has(former)),
  );
  return {
    service,
    held: [
      ...live.own.filter(isDeclared).map((action) => liveSlot(action, 'declared')),
      ...live.own.filter((action) => !isDeclared(action)).map((action) => liveSlot(action, 'unmanaged')),
      ...live.shared.map((action) => liveSlot(action, 'shared')),
    ],
    waiting: waiting.map(({ label }) => label),
    ...countSlots(live),
  };
}

function pressure({ used, waiting }: SlotRow): number {
  return used + waiting.length;
}
