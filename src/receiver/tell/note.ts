/** The note that reports the effect of a press to the responder. */
import { shortId } from '../press/claim.ts';
import type { RunOutcome } from '../run/script.ts';

/** Enough to see the result. A long output belongs in a file. */
const TAIL_CHARACTERS = 3000;
const TAIL_LINES = 40;
/** A label or a name as long as a page would hide the rest. */
const LONGEST_NAME = 200;

/** Makes outside text safe to show: redacted, and without invisible characters. Keeps line breaks. */
export type Clean = (text: string) => string;

export interface NoteSubject {
  readonly label: string;
  /** Of the message. */
  readonly id: string;
  /** The name of the user who pressed; empty if unknown. */
  readonly user: string;
  readonly clean: Clean;
}

/** Outcome, duration, and the end of the command's output. */
export function noteOf(subject: NoteSubject, { how, ms, output }: RunOutcome): string {
  const tail = tailOf(subject.clean(output));
  const lasted = how.startsWith('could not') ? '' : ` after ${seconds(ms)}`;
  const head = `${title(subject)} ${how}${lasted} (${which(subject)}).`;
  return tail === '' ? `${head} No output.` : `${head} Output:\n\n${tail}`;
}

/** For a press whose command never started. */
export function notRunNote(subject: NoteSubject, why: string): string {
  return `${title(subject)} was not run (${which(subject)}): ${why}. Press again if it is still needed.`;
}

/** For a press by a user whom the config does not allow. */
export function notAllowedNote(subject: NoteSubject, why: string): string {
  return `${title(subject)} was not run (${which(subject)}): ${subject.clean(why)}.`;
}

/** For a long run, so that no responder presses again meanwhile. */
export function startedNote(subject: NoteSubject, ms: number): string {
  return `${title(subject)} has been running for ${Math.round(ms / 1000)} s (${which(subject)}). Another note follows when it ends.`;
}

/** For a press interrupted by a crash: it is not run again, because its progress is unknown (T40). */
export function unknownNote(subject: NoteSubject): string {
  return `${title(subject)}: the outcome is unknown (${which(subject)}), because the receiver stopped while it was running. It is not run again automatically; check the result, and press again if needed.`;
}

function title({ label, clean }: NoteSubject): string {
  return `pdactions: "${short(clean(label))}"`;
}

/** The short id is in the log, too. It makes every note unique, so that one whose answer was lost is not mistaken for an earlier one. */
function which({ id, user, clean }: NoteSubject): string {
  const shown = short(clean(shortId(id)));
  return user === '' ? `press ${shown}` : `pressed by ${short(clean(user))}, ${shown}`;
}

function short(text: string): string {
  const row = text.replaceAll('\n', ' ');
  return row.length > LONGEST_NAME ? `${whole(row.slice(0, LONGEST_NAME))}…` : row;
}

/** A duration for people. */
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

/** Without half a character at either end of a cut: no JSON parser must accept that. */
function whole(text: string): string {
  return text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '');
}
