import type { LiveAction } from '../core/action.ts';
import { HiddenError } from '../errors.ts';
import type { ActionStore } from '../pagerduty/store.ts';

/**
 * The actions with what a list need not say: whether each is disabled (fact 9). A single read tells, and is made where it is missing. Where
 * that is refused (fact 57), it stays unknown.
 */
export function withState(
  store: Pick<ActionStore, 'action'>,
  actions: readonly LiveAction[],
): Promise<LiveAction[]> {
  return Promise.all(
    actions.map(async (action) =>
      action.disabled === null && action.unreadable === undefined ? await readOr(store, action) : action,
    ),
  );
}

async function readOr(store: Pick<ActionStore, 'action'>, listed: LiveAction): Promise<LiveAction> {
  try {
    return await store.action(listed.id);
  } catch (error) {
    if (error instanceof HiddenError) return listed;
    throw error;
  }
}
