/** The users who may press an action, among those who see the button: `handler.allow`. */
import { messageOf } from '../failure.ts';
import type { Press } from '../press/message.ts';
import { type AccountReader, NO_READER, type Patience, patiently } from './reader.ts';

const TEAM = 'team:';

/** True if such a list needs the teams of the user who presses. */
export function namesTeam(allow: readonly string[]): boolean {
  return allow.some((entry) => entry.startsWith(TEAM));
}

/**
 * Why this press is refused; null if it may run. If the teams cannot be read, it is refused too.
 * @param allow ids of users, and teams by name or id; empty: everyone
 */
export async function refusalOf(
  allow: readonly string[],
  { user }: Pick<Press, 'user'>,
  reader: AccountReader | undefined,
  patience: Patience,
): Promise<string | null> {
  if (allow.length === 0 || (user.id !== '' && allow.includes(user.id))) return null;
  if (!namesTeam(allow) || user.id === '') return NOT_LISTED;
  try {
    if (!reader) throw new Error(NO_READER);
    const teams = await patiently((off) => reader.teams(user.id, off), patience);
    return teams.some((team) => allow.includes(TEAM + team)) ? null : NOT_LISTED;
  } catch (error) {
    return `not everyone may press it (\`handler.allow\`), and the teams of this user could not be read: ${messageOf(error)}`;
  }
}

const NOT_LISTED = 'this user is not allowed to press it (`handler.allow`)';
