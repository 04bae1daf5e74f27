/** The three slots of a service (fact 13): who holds them, and what is free. */
import { type LiveAction, SLOTS_PER_SERVICE } from './action.ts';
import type { LiveService } from './live.ts';

/**
 * The holder of a slot:
 * - `declared`: the config asks for it, and it is there;
 * - `new`: the config asks for it, and it is not there yet;
 * - `unmanaged`: it is there, and the config does not know it;
 * - `shared`: it stands on several services at once, so it is never written (U1);
 * - `unreadable`: its record is not as described, so it is never written either (F50).
 */
export type SlotHolder = 'declared' | 'new' | 'unmanaged' | 'shared' | 'unreadable';

/** One held slot. */
export interface Slot {
  readonly label: string;
  readonly holder: SlotHolder;
  /** Absent for an action that does not exist yet. */
  readonly id?: string | undefined;
  readonly disabled: boolean;
}

/** The numbers of used and free slots; more than three are possible where PagerDuty does not enforce the limit (U2). */
export interface SlotCount {
  readonly used: number;
  readonly free: number;
}

/** Counts what stands on a service, managed or not. */
export function countSlots(live: LiveService): SlotCount {
  const used = live.own.length + live.shared.length;
  return { used, free: Math.max(0, SLOTS_PER_SERVICE - used) };
}

/** A slot held by an action that exists. */
export function liveSlot(action: LiveAction, holder: SlotHolder): Slot {
  const { label, id, disabled, unreadable } = action;
  return { label, holder: unreadable === undefined ? holder : 'unreadable', id, disabled: disabled === true };
}
