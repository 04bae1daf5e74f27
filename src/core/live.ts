/** The live actions, service by service: one side of the comparison, in its canonical form. */
import { isWritable, type LiveAction } from './action.ts';

/** A service with everything on it. */
export interface LiveService {
  /** On this service alone, so they can be managed. Sorted by label, then id. */
  readonly writable: readonly LiveAction[];
  /** On several services at once (U1), of an unknown type, or unreadable: takes a slot, is never written. */
  readonly shared: readonly LiveAction[];
}

/** Live actions by service id. An action on no service appears nowhere. */
export function liveByService(actions: readonly LiveAction[]): Map<string, LiveService> {
  const byService = new Map<string, { writable: LiveAction[]; shared: LiveAction[] }>();
  for (const action of actions) {
    const kind = isWritable(action) ? 'writable' : 'shared';
    for (const { id } of action.services) {
      const entry = byService.get(id) ?? { writable: [], shared: [] };
      byService.set(id, entry);
      entry[kind].push(action);
    }
  }
  for (const { writable, shared } of byService.values()) {
    if (!isInOrder(writable)) writable.sort(byAction);
    if (!isInOrder(shared)) shared.sort(byAction);
  }
  return byService;
}

/** Sorting copies the list, for tens of thousands of services. */
function isInOrder(actions: readonly LiveAction[]): boolean {
  return actions.every((action, index) => index === 0 || byAction(actions[index - 1] ?? action, action) <= 0);
}

/** A service without any action. */
export const NOTHING: LiveService = { writable: [], shared: [] };

/** Orders text the same everywhere: by code unit, whatever the locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function byAction(a: LiveAction, b: LiveAction): number {
  return compareText(a.label, b.label) || compareText(a.id, b.id);
}
