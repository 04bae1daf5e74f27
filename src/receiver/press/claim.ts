/** The names of one press, for the state file and for every line about it. */
import type { Press } from './message.ts';

export interface Claim {
  readonly id: string;
  readonly action: string;
  readonly incident: string;
  /** For users; absent for presses that earlier versions have accepted. */
  readonly number?: string | undefined;
  readonly title?: string | undefined;
  /** The user who pressed. */
  readonly user?: string | undefined;
}

/** Longer titles would hide the rest of a line. */
const LONGEST_TITLE = 120;

/**
 * The names of a press of an action.
 * @param clean makes outside text safe to store and to show
 */
export function claimOf(
  action: string,
  { id, incident, user }: Press,
  clean: (text: string) => string,
): Claim {
  // Cut after secrets have been removed.
  const title = clean(incident.title).slice(0, LONGEST_TITLE);
  return { id, action, incident: incident.id, number: incident.number, title, user: clean(user.name) };
}

/** Drops all other members. */
export function namesOf({ id, action, incident, number, title, user }: Claim): Claim {
  return { id, action, incident, number, title, user };
}

/** An id for people: eight characters of a uuid, enough to distinguish two presses, with the position in a batch; any other unchanged. */
export function shortId(id: string): string {
  const [, head, place = ''] = /^([0-9a-f]{8})-[0-9a-f-]{27}(\/\d+)?$/i.exec(id) ?? [];
  return head === undefined ? id : `${head}${place}`;
}
