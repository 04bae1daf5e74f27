/** The note that tells the responder what the press did. */
import type { Press } from '../press/message.ts';
import type { Outcome } from '../run/script.ts';

/** Enough to see what happened. What a script has to say at length belongs into a file of its own. */
const TAIL_CHARACTERS = 3000;
const TAIL_LINES = 40;
/** A label or a name that is a page long would hide what matters. */
const LONGEST_NAME = 200;

/** Makes text from outside safe to show: redacted, and without anything invisible. Keeps line breaks. */
export type Clean = (text: string) => string;

interface Told {
  readonly label: string;
  readonly press: Pick<Press, 'id' | 'user'>;
  readonly clean: Clean;
}

/** Outcome, duration, and the end of what the command wrote. */
export function noteOf({ label, press, clean }: Told, { how, ms, output }: Outcome): string {
  const tail = tailOf(clean(output));
  const lasted = how.startsWith('could not') ? '' : ` after ${seconds(ms)}`;
  const head = `${title(label, clean)} ${how}${lasted} (${which(press, clean)}).`;
  return tail === '' ? `${head} It wrote nothing.` : `${head} It wrote, at the end:\n\n${tail}`;
}

/** For a press whose command never began. */
export function notRunNote({ label, press, clean }: Told, why: string): string {
  return `${title(label, clean)} was not run (${which(press, clean)}): ${why}. Press again if it is still needed.`;
}

/** For a press by somebody whom the config does not allow. */
export function notAllowedNote({ label, press, clean }: Told, why: string): string {
  return `${title(label, clean)} was not run (${which(press, clean)}): ${clean(why)}.`;
}

/** For a run that takes long, so that nobody presses again meanwhile. */
export function startedNote({ label, press, clean }: Told, ms: number): string {
  return `${title(label, clean)} has been running for ${Math.round(ms / 1000)} s (${which(press, clean)}). Another note follows when it ends.`;
}

/** For a press that a crash came between: it is not run again, for nobody knows how far it got (T40). */
export function unknownNote({ label, press, clean }: Told): string {
  return `${title(label, clean)}: what came of it is unknown (${which(press, clean)}), because the receiver ended in the middle. It is not run again by itself; look, and press again if needed.`;
}

function title(label: string, clean: Clean): string {
  return `pdactions: "${short(clean(label))}"`;
}

/**
 * The id of the message stands in the log, too. With it no two notes are the same, so that one whose answer was lost is not taken for an
 * earlier one.
 */
function which({ id, user }: Told['press'], clean: Clean): string {
  return `press ${short(clean(id))}${user.name === '' ? '' : ` by ${short(clean(user.name))}`}`;
}

function short(text: string): string {
  const one = text.replaceAll('\n', ' ');
  return one.length > LONGEST_NAME ? `${whole(one.slice(0, LONGEST_NAME))}…` : one;
}

function seconds(ms: number): string {
  return ms < 100_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}

/** The last lines of an output, for notes and for the log. */
export function tailOf(text: string): string {
  const all = text.trimEnd();
  const lines = all.split('\n').slice(-TAIL_LINES).join('\n');
  const tail = lines.length > TAIL_CHARACTERS ? whole(lines.slice(-TAIL_CHARACTERS)) : lines;
  return tail.length < all.length ? `…${tail}` : tail;
}

/** Without the half of a character that a cut has left at either end: no JSON parser has to take that. */
function whole(text: string): string {
  return text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '');
}
