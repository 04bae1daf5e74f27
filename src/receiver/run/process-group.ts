/** Ends a script together with its child processes. A process that called `setsid` has left the group, and stays (T43). */

import type { Clock } from '../../clock.ts';
import { codeOf } from '../../code-of.ts';

/** The current groups, for the case that this process must end at once. */
const groups = new Set<number>();
let isWatching = false;

/** Registers a group to end with this process, if that ends without having stopped it: a second Ctrl-C, or a bug (T46). */
export function enlist(pid: number): void {
  groups.add(pid);
  if (isWatching) return;
  isWatching = true;
  process.on('exit', () => {
    for (const group of groups) signalGroup(group, 'SIGKILL');
  });
}

/** The group has ended: its number may be reused by processes that must not be ended. */
export function discharge(pid: number): void {
  groups.delete(pid);
}

/** Asks it to end, and kills it if it has not after `graceMs`; waits until all of it is gone, within reason. */
export async function endGroup(pid: number, clock: Clock, graceMs: number): Promise<void> {
  if (!signalGroup(pid, 'SIGTERM')) return;
  if (await isGone(pid, clock, graceMs)) return;
  signalGroup(pid, 'SIGKILL');
  // The kernel ends the command and each of its children separately.
  await isGone(pid, clock, graceMs / 10);
}

/**
 * True if the group is gone within `ms`. The rest may be a zombie that is never reaped: it looks alive, and costs no more
 * than the wait (T46).
 */
async function isGone(pid: number, clock: Clock, ms: number): Promise<boolean> {
  const step = Math.max(ms / 100, 1);
  for (let waited = 0; waited < ms; waited += step) {
    await clock.sleep(step);
    if (!signalGroup(pid, 0)) return true;
  }
  return false;
}

/** False if no process is left. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}
