import type { LiveAction } from '../../core/action.ts';
import type { Io } from '../../ui/io.ts';
import { plural } from '../../ui/text/plural.ts';

/** Reports once which actions are unreadable, or on no service: they are shown and counted, and never written (F50). */
export function warnOfOdd(io: Io, actions: readonly LiveAction[]): void {
  const unreadable = actions.filter((action) => action.unreadable !== undefined);
  const orphans = actions.filter(
    ({ services, unreadable: odd }) => services.length === 0 && odd === undefined,
  );
  const warn = (text: string): void => io.warn(text);
  if (unreadable.length > 0) {
    const ids = unreadable.map(({ id, unreadable: why }) => `${id} (${why})`).join(', ');
    warn(`${plural(unreadable.length, 'action')} could not be read in full and will not be written: ${ids}`);
  }
  if (orphans.length > 0) {
    const ids = orphans.map(({ id }) => id).join(', ');
    warn(`${plural(orphans.length, 'action')} on no service that PagerDuty returns: ${ids}`);
  }
}
