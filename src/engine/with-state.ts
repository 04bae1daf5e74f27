import type { LiveAction } from '../core/action.ts';
import { HiddenError } from '../errors.ts';
import type { ActionStore } from '../pagerduty/store.ts';

/**
 * The actions, each with whether it is disabled, which a list may omit (fact 9). A read by id adds it where it is missing. If
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
