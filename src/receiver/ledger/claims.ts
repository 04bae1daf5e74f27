/**
 * Which messages have been taken, and how far each one got: in a file before anything runs, so that a message runs at most once, also
 * over a crash and a restart (T40). Nothing counts here before the disk has confirmed it.
 */
import { type Claim, namesOf } from '../press/claim.ts';
import { linesOf, readContent, replaceFile, type Taken, type Waiting } from './claims-file.ts';
import { type Journal, type JournalOptions, openJournal } from './journal.ts';
import type { Lock } from './lock.ts';

export type { Taken, Waiting } from './claims-file.ts';

export interface Claims {
  has(id: string): boolean;
  /** Takes a message: `duplicate` when it was taken before. @throws when it could not be written: then it is not taken */
  take(claim: Claim, kept: Waiting | null): Promise<'new' | 'duplicate'>;
  /** Its run begins. @throws when that could not be written: then it must not run, or the next start would run it again */
  begin(id: string): Promise<void>;
  /** Its run is over, and this note is to be written on its incident. */
  owe(id: string, note: string): void;
  /** All is done. Where this cannot be written now, it is with the next line that can. */
  finish(id: string): void;
  /** Writes as much as a press may need, and takes it back. @throws when there is no room, or the file is no longer ours */
  probe(): Promise<void>;
  /** Those that an earlier process has not finished, in the order taken. */
  readonly unfinished: readonly Taken[];
  /** Lines that could not be read. */
  readonly damaged: number;
  close(): Promise<void>;
}

/**
 * Opens the file, or begins it.
 * @param most ids remembered; the oldest are forgotten. Far more than PagerDuty can still resend (fact 39: 48 hours)
 * @param lock what keeps every other receiver away from the file; given back by `close`, and when this throws
 * @param sync has the disk confirm what was written; Node's `fdatasync` without it
 * @throws LocalIoError when it cannot be used, or holds something else
 */
export function openClaims(file: string, most: number, lock: Lock, sync?: JournalOptions['sync']): Claims {
  try {
    return openLocked(file, most, lock, sync);
  } catch (error) {
    lock.release();
    throw error;
  }
}

interface State {
  readonly taken: Map<string, Taken>;
  /** Messages that wait for the disk. */
  readonly taking: Map<string, Promise<void>>;
  readonly journal: Journal;
}

function openLocked(file: string, most: number, lock: Lock, sync: JournalOptions['sync']): Claims {
  const content = readContent(file);
  const taken = new Map(content.taken);
  const replace = (): { readonly fd: number; readonly lines: number } => {
    forgetOldest(taken, most);
    return { fd: replaceFile(file, taken.values()), lines: taken.size };
  };
  const journal = openJournal({ file, lock, replace, most: most * 4, sync });
  const state: State = { taken, taking: new Map(), journal };
  return {
    unfinished: [...taken.values()].filter(({ progress }) => progress !== 'done'),
    damaged: content.damaged,
    has: (id) => taken.has(id),
    take: (claim, kept) => take(state, claim, kept),
    begin: (id) => begin(state, id),
    owe: (id, text) => proceed(state, id, (claim) => ({ ...claim, progress: 'noting', note: text })),
    finish: (id) =>
      proceed(state, id, ({ action, incident }) => ({ id, action, incident, progress: 'done' })),
    probe: journal.probe,
    close: journal.close,
  };
}

async function take(state: State, names: Claim, kept: Waiting | null): Promise<'new' | 'duplicate'> {
  const { id } = names;
  // The second of two gets the answer of the first: one that could not be written down comes again.
  const earlier = state.taking.get(id);
  if (earlier) await earlier;
  if (earlier || state.taken.has(id)) return 'duplicate';
  const written = commit(state, { ...namesOf(names), progress: 'waiting', kept });
  state.taking.set(id, written);
  await written.finally(() => state.taking.delete(id));
  return 'new';
}

async function begin(state: State, id: string): Promise<void> {
  const claim = state.taken.get(id);
  // After a loss of power it would run again.
  if (claim) await commit(state, { ...namesOf(claim), progress: 'begun' });
}

/** Counts once the disk has it. */
function commit({ journal, taken }: State, next: Taken): Promise<void> {
  return journal.commit(lastLineOf(next), () => void taken.set(next.id, next));
}

/** Counts at once, and is on the disk soon. */
function proceed({ journal, taken }: State, id: string, to: (claim: Claim) => Taken): void {
  const claim = taken.get(id);
  if (!claim) return;
  const next = to(namesOf(claim));
  taken.set(id, next);
  journal.note(lastLineOf(next));
}

function lastLineOf(one: Taken): string {
  return linesOf(one).at(-1) ?? '';
}

/** A press that waits was promised to run, however old it is. */
function forgetOldest(taken: Map<string, Taken>, most: number): void {
  for (const [id, { progress }] of taken) {
    if (taken.size <= most) return;
    if (progress !== 'waiting') taken.delete(id);
  }
}
