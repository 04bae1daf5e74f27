/**
 * The accepted messages and their progress, in a file written before anything runs, so that a message runs at most once, even
 * over a crash and a restart (T40). Nothing counts here before the disk has confirmed it.
 */
import { type Claim, namesOf } from '../press/claim.ts';
import { linesOf, readContent, replaceFile, type TakenPress, type Waiting } from './claims-file.ts';
import { type Journal, type JournalOptions, openJournal } from './journal.ts';
import type { LedgerLock } from './lock.ts';

export type { TakenPress, Waiting } from './claims-file.ts';

export interface Claims {
  has(id: string): boolean;
  /** Accepts a message: `duplicate` if it was accepted before. @throws if it could not be written: then it is not accepted */
  take(claim: Claim, kept: Waiting | null): Promise<'new' | 'duplicate'>;
  /** Records the start of its run. @throws if that could not be written: then it must not run, or the next start would run it again */
  begin(id: string): Promise<void>;
  /** Records the end of its run, and the note to write on its incident. */
  owe(id: string, note: string): void;
  /** Records that all is done. If this cannot be written now, it is with the next line that can. */
  finish(id: string): void;
  /** Writes as much as a press may need, and removes it. @throws if there is no room, or the file is no longer ours */
  probe(): Promise<void>;
  /** Those that an earlier process has not finished, in the order of acceptance. */
  readonly unfinished: readonly TakenPress[];
  /** Lines that could not be read. */
  readonly damaged: number;
  close(): Promise<void>;
}

/**
 * Opens the file, or creates it.
 * @param most ids remembered; the oldest are forgotten. Far more than PagerDuty can still resend (fact 39: 48 hours)
 * @param lock keeps every other receiver away from the file; released by `close`, and if this throws
 * @param sync makes the disk confirm the data; by default Node's `fdatasync`
 * @throws LocalIoError if it cannot be used, or has other contents
 */
export function openClaims(
  file: string,
  most: number,
  lock: LedgerLock,
  sync?: JournalOptions['sync'],
): Claims {
  try {
    return openLocked(file, most, lock, sync);
  } catch (error) {
    lock.release();
    throw error;
  }
}

interface ClaimsState {
  readonly taken: Map<string, TakenPress>;
  /** Messages that wait for the disk. */
  readonly taking: Map<string, Promise<void>>;
  readonly journal: Journal;
}

function openLocked(file: string, most: number, lock: LedgerLock, sync: JournalOptions['sync']): Claims {
  const content = readContent(file);
  const taken = new Map(content.taken);
  const replace = (): { readonly fd: number; readonly lines: number } => {
    forgetOldest(taken, most);
    return { fd: replaceFile(file, taken.values()), lines: taken.size };
  };
  const journal = openJournal({ file, lock, replace, most: most * 4, sync });
  const state: ClaimsState = { taken, taking: new Map(), journal };
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

async function take(state: ClaimsState, names: Claim, kept: Waiting | null): Promise<'new' | 'duplicate'> {
  const { id } = names;
  // The second of two gets the answer of the first, so one that could not be stored is sent again.
  const earlier = state.taking.get(id);
  if (earlier) await earlier;
  if (earlier || state.taken.has(id)) return 'duplicate';
  const written = commit(state, { ...namesOf(names), progress: 'waiting', kept });
  state.taking.set(id, written);
  await written.finally(() => state.taking.delete(id));
  return 'new';
}

async function begin(state: ClaimsState, id: string): Promise<void> {
  const claim = state.taken.get(id);
  // After a power failure it would run again.
  if (claim) await commit(state, { ...namesOf(claim), progress: 'begun' });
}

/** Takes effect once it is on disk. */
function commit({ journal, taken }: ClaimsState, next: TakenPress): Promise<void> {
  return journal.commit(lastLineOf(next), () => void taken.set(next.id, next));
}

/** Takes effect immediately, and is on disk soon after. */
function proceed({ journal, taken }: ClaimsState, id: string, to: (claim: Claim) => TakenPress): void {
  const claim = taken.get(id);
  if (!claim) return;
  const next = to(namesOf(claim));
  taken.set(id, next);
  journal.note(lastLineOf(next));
}

function lastLineOf(claim: TakenPress): string {
  return linesOf(claim).at(-1) ?? '';
}

/** A waiting press was promised to run, however old it is. */
function forgetOldest(taken: Map<string, TakenPress>, most: number): void {
  for (const [id, { progress }] of taken) {
    if (taken.size <= most) return;
    if (progress !== 'waiting') taken.delete(id);
  }
}
