/** The note that tells the responder what the press did. */
import { shortId } from '../press/claim.ts';
import type { Outcome } from '../run/script.ts';

/** Enough to see what happened. What a script has to say at length belongs into a file of its own. */
const TAIL_CHARACTERS = 3000;
const TAIL_LINES = 40;
/** A label or a name that is a page long would hide what matters. */
const LONGEST_NAME = 200;

/** Makes text from outside safe to show: redacted, and without anything invisible. Keeps line breaks. */
export type Clean = (text: string) => string;

export interface Told {
  readonly label: string;
  /** Of the message. */
  readonly id: string;
  /** The name of the user who pressed; empty when it is not known. */
  readonly user: string;
  readonly clean: Clean;
}

/** Outcome, duration, and the end of what the command wrote. */
export function noteOf(told: Told, { how, ms, output }: Outcome): string {
  const tail = tailOf(told.clean(output));
  const lasted = how.startsWith('could not') ? '' : ` after ${seconds(ms)}`;
  const head = `${title(told)} ${how}${lasted} (${which(told)}).`;
  return tail === '' ? `${head} No output.` : `${head} Output:\n\n${tail}`;
}

/** For a press whose command never began. */
export function notRunNote(told: Told, why: string): string {
  return `${title(told)} was not run (${which(told)}): ${why}. Press again if it is still needed.`;
}

/** For a press by a user whom the config does not allow. */
export function notAllowedNote(told: Told, why: string): string {
  return `${title(told)} was not run (${which(told)}): ${told.clean(why)}.`;
}

/** For a long run, so that no responder presses again meanwhile. */
export function startedNote(told: Told, ms: number): string {
  return `${title(told)} has been running for ${Math.round(ms / 1000)} s (${which(told)}). Another note follows when it ends.`;
}

/** For a press that a crash came between: it is not run again, because its progress is unknown (T40). */
export function unknownNote(told: Told): string {
  return `${title(told)}: what came of it is unknown (${which(told)}), because the receiver ended in the middle. It is not run again by itself; look, and press again if needed.`;
}

function title({ label, clean }: Told): string {
  return `pdactions: "${short(clean(label))}"`;
}

/**
 * The short id is in the log, too. With it no two notes are the same, so that one whose answer was lost is not taken for an earlier one.
 */
function which({ id, user, clean }: Told): string {
  const shown = short(clean(shortId(id)));
  return user === '' ? `press ${shown}` : `pressed by ${short(clean(user))}, ${shown}`;
}

function short(text: string): string {
  const one = text.replaceAll('\n', ' ');
  return one.length > LONGEST_NAME ? `${whole(one.slice(0, LONGEST_NAME))}…` : one;
}

/** A duration as people read it. */
export function seconds(ms: number): string {
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
