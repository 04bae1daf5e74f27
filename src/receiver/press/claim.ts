/** Names one press: what is remembered of it, and what every line about it says. */
import type { Press } from './message.ts';

export interface Claim {
  readonly id: string;
  readonly action: string;
  readonly incident: string;
  /** For people; absent for presses that earlier versions have taken. */
  readonly number?: string | undefined;
  readonly title?: string | undefined;
  /** The user who pressed. */
  readonly user?: string | undefined;
}

/** Longer titles would hide what else a line says. */
const LONGEST_TITLE = 120;

/**
 * The names of a press of an action.
 * @param clean makes text from outside safe to keep and to show
 */
export function claimOf(
  action: string,
  { id, incident, user }: Press,
  clean: (text: string) => string,
): Claim {
  // Cut when no secret is in it any more.
  const title = clean(incident.title).slice(0, LONGEST_TITLE);
  return { id, action, incident: incident.id, number: incident.number, title, user: clean(user.name) };
}

/** The names alone, of something that has more. */
export function namesOf({ id, action, incident, number, title, user }: Claim): Claim {
  return { id, action, incident, number, title, user };
}

/** An id as people read it: eight characters of a uuid, which tell two presses apart, with the place in a batch; any other as it is. */
export function shortId(id: string): string {
  const [, head, place = ''] = /^([0-9a-f]{8})-[0-9a-f-]{27}(\/\d+)?$/i.exec(id) ?? [];
  return head === undefined ? id : `${head}${place}`;
}
