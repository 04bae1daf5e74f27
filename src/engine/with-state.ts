import type { LiveAction } from '../core/action.ts';
import type { ActionStore } from '../pagerduty/store.ts';

/** The actions with what a list need not say: whether each is disabled (fact 9). A single read tells, and is made where it is missing. */
export function withState(
  store: Pick<ActionStore, 'action'>,
  actions: readonly LiveAction[],
): Promise<LiveAction[]> {
  return Promise.all(
    actions.map(async (action) =>
      action.disabled === null && action.unreadable === undefined ? await store.action(action.id) : action,
    ),
  );
}
