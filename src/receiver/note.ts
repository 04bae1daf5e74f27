/** The note that tells the responder what the press did. */
import type { Press } from './message.ts';
import type { Outcome } from './script.ts';

/** Enough to see what happened. What a script has to say at length belongs into a file of its own. */
const TAIL_CHARACTERS = 3000;
const TAIL_LINES = 40;
/** A label or a name that is a page long would hide what matters. */
const LONGEST_NAME = 200;

/** Makes text from outside safe to show: redacted, and without anything invisible. Keeps line breaks. */
export type Clean = (text: string) => string;

interface Told {
  readonly label: string;
  readonly press: Pick<Press, 'user'>;
  readonly clean: Clean;
}

/** Outcome, duration, and the end of what the command wrote. */
export function noteOf({ label, press, clean }: Told, { how, ms, output }: Outcome): string {
  const tail = tailOf(clean(output));
  const lasted = how.startsWith('could not') ? '' : ` after ${seconds(ms)}`;
  const head = `${title(label, clean)} ${how}${lasted}.${pressedBy(press, clean)}`;
  return tail === '' ? `${head} It wrote nothing.` : `${head} It wrote, at the end:\n\n${tail}`;
}

/** For a press whose command never began. */
export function notRunNote({ label, press, clean }: Told): string {
  return `${title(label, clean)} was not run: the receiver had to stop before its turn came. Press again.${pressedBy(press, clean)}`;
}

/** For a press that a crash came between: it is not run again, for nobody knows how far it got (T40). */
export function unknownNote(label: string, clean: Clean): string {
  return `${title(label, clean)}: what came of this press is unknown, because the receiver ended in the middle of it. It is not run again by itself; look, and press again if needed.`;
}

function title(label: string, clean: Clean): string {
  return `pdactions: "${short(clean(label))}"`;
}

function pressedBy({ user }: Pick<Press, 'user'>, clean: Clean): string {
  return user.name === '' ? '' : ` Pressed by ${short(clean(user.name))}.`;
}

function short(text: string): string {
  const one = text.replaceAll('\n', ' ');
  return one.length > LONGEST_NAME ? `${one.slice(0, LONGEST_NAME)}…` : one;
}

function seconds(ms: number): string {
  return ms < 100_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}

/** The last lines of an output, for notes and for the log. */
export function tailOf(text: string): string {
  const whole = text.trimEnd();
  const lines = whole.split('\n').slice(-TAIL_LINES).join('\n');
  const tail = lines.length > TAIL_CHARACTERS ? lines.slice(-TAIL_CHARACTERS) : lines;
  return tail.length < whole.length ? `…${tail}` : tail;
}
