import { join } from 'node:path';
import { LocalIoError } from '../../errors.ts';
import type { Surroundings } from '../context.ts';

/**
 * The user's folder for the state of programs, by the XDG rules.
 * @param instead the flag by which the user can name a file instead
 * @throws LocalIoError without a home directory: no HOME, and a user without a passwd entry, as in many containers
 */
export function stateFolder({ home, env }: Pick<Surroundings, 'home' | 'env'>, instead: string): string {
  if (env.XDG_STATE_HOME) return join(env.XDG_STATE_HOME, 'pdactions');
  const userHome = home();
  if (userHome !== '') return join(userHome, '.local', 'state', 'pdactions');
  throw new LocalIoError('cannot store data: this user has no home directory', {
    reason: 'local_io',
    hint: `Choose a file, for example \`${instead}\`, or set HOME or XDG_STATE_HOME.`,
  });
}
