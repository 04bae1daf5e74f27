/** The three slots of a service (fact 13): their holders, and the free ones. */
import { type LiveAction, SLOTS_PER_SERVICE } from './action.ts';
import type { LiveService } from './live.ts';

/**
 * The holder of a slot:
 * - `declared`: in the config, and live;
 * - `new`: in the config, and not live yet;
 * - `unmanaged`: live, and not in the config;
 * - `shared`: on several services at once, so never written (U1);
 * - `unreadable`: its record is malformed, so it is never written either (F50).
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

/** The numbers of used and free slots; more than three are possible if PagerDuty does not enforce the limit (U2). */
export interface SlotCount {
  readonly used: number;
  readonly free: number;
}

/** Counts the actions of a service, managed or not. */
export function countSlots(live: LiveService): SlotCount {
  const used = live.writable.length + live.shared.length;
  return { used, free: Math.max(0, SLOTS_PER_SERVICE - used) };
}

/** A slot held by an existing action. */
export function liveSlot(action: LiveAction, holder: SlotHolder): Slot {
  const { label, id, disabled, unreadable } = action;
  return { label, holder: unreadable === undefined ? holder : 'unreadable', id, disabled: disabled === true };
}
