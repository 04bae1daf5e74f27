/** The holders of each service's slots, and the actions that wait for one. */
import type { ActionSpec, LiveAction, Service } from './action.ts';
import { compareText, type LiveService, NOTHING } from './live.ts';
import type { DesiredService } from './normalize.ts';
import { countSlots, liveSlot, type Slot, type SlotHolder } from './slots.ts';

/** A held slot, with the `description` of the config where a declared action holds it. */
export interface HeldSlot extends Slot {
  readonly description: string | null;
}

/** One service's slots. */
export interface SlotRow {
  readonly service: Pick<Service, 'id' | 'name'>;
  /** Everything that holds a slot, declared first. */
  readonly held: readonly HeldSlot[];
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
  const declared = byLabel(desired?.actions ?? []);
  const isDeclared = ({ label }: LiveAction): boolean => declared.has(label);
  const held = (action: LiveAction, holder: SlotHolder): HeldSlot => {
    const description = holder === 'declared' ? declared.get(action.label)?.description : undefined;
    return { ...liveSlot(action, holder), description: description ?? null };
  };
  const liveLabels = new Set(live.writable.map(({ label }) => label));
  const waiting = (desired?.actions ?? []).filter(
    ({ label, renamedFrom }) =>
      !liveLabels.has(label) && !renamedFrom.some((former) => liveLabels.has(former)),
  );
  return {
    service,
    held: [
      ...live.writable.filter(isDeclared).map((action) => held(action, 'declared')),
      ...live.writable.filter((action) => !isDeclared(action)).map((action) => held(action, 'unmanaged')),
      ...live.shared.map((action) => held(action, 'shared')),
    ],
    waiting: waiting.map(({ label }) => label),
    ...countSlots(live),
  };
}

/** The declared actions of a service by their labels, those that they used to have included. */
export function byLabel(actions: readonly ActionSpec[]): ReadonlyMap<string, ActionSpec> {
  return new Map(
    actions.flatMap((spec) => [spec.label, ...spec.renamedFrom].map((label) => [label, spec] as const)),
  );
}

function pressure({ used, waiting }: SlotRow): number {
  return used + waiting.length;
}
