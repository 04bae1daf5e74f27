import type { ActionStore } from '../../../pagerduty/store.ts';
import { plural } from '../../../ui/text/plural.ts';
import { type DoctorFinding, failed, ok, warn } from './finding.ts';

/** Lists at most this many, and counts the rest. */
const MOST_NAMED = 5;

/** The custom incident actions of the account: their number, and those that PagerDuty has disabled (fact 41). */
export async function actionsFinding(store: ActionStore, deadline: AbortSignal): Promise<DoctorFinding> {
  const late = new Promise<'late'>((resolve) => {
    const tell = (): void => resolve('late');
    if (deadline.aborted) tell();
    else deadline.addEventListener('abort', tell, { once: true });
  });
  try {
    const actions = await Promise.race([store.actions('all'), late]);
    if (actions === 'late') {
      return warn(
        'actions',
        'not all actions could be read in time',
        'Run `pdactions list --disabled`, which waits for all of them.',
      );
    }
    const disabled = actions.filter((action) => action.disabled === true);
    const text = plural(actions.length, 'custom incident action');
    if (disabled.length === 0) return ok('actions', `${text}, none disabled`);
    const named = disabled.slice(0, MOST_NAMED).map(({ label, id }) => `${label} (${id})`);
    const remainder = disabled.length > MOST_NAMED ? `, and ${disabled.length - MOST_NAMED} more` : '';
    return warn(
      'actions',
      `${text}; disabled by PagerDuty: ${named.join(', ')}${remainder}`,
      'Fix their endpoints (check them with `pdactions test`), then run `pdactions enable --all-disabled`.',
    );
  } catch (error) {
    return failed('actions', error);
  }
}
