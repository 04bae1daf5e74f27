/**
 * Which messages have been taken, and how far each one got: in a file before anything runs, so that a message runs at most once, also
 * over a crash and a restart (T40). Nothing counts here before the disk has confirmed it.
 */
import { type Claim, namesOf } from '../press/claim.ts';
import { linesOf, readContent, replaceFile, type Taken, type Waiting } from './claims-file.ts';
import { type JournalOptions, openJournal } from './journal.ts';
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

function openLocked(file: string, most: number, lock: Lock, sync: JournalOptions['sync']): Claims {
  const content = readContent(file);
  const taken = new Map(content.taken);
  /** Messages that wait for the disk. */
  const taking = new Map<string, Promise<void>>();

  const replace = (): { readonly fd: number; readonly lines: number } => {
    forgetOldest(taken, most);
    return { fd: replaceFile(file, taken.values()), lines: taken.size };
  };
  const journal = openJournal({ file, lock, replace, most: most * 4, sync });
  const unfinished = [...taken.values()].filter(({ progress }) => progress !== 'done');

  const keep = (next: Taken): void => void taken.set(next.id, next);
  const step = (one: Taken): string => linesOf(one).at(-1) ?? '';
  const note = (next: Taken): void => {
    keep(next);
    journal.note(step(next));
  };
  const claimOf = (id: string): Claim | undefined => {
    const found = taken.get(id);
    return found && namesOf(found);
  };
  return {
    unfinished,
    damaged: content.damaged,
    has: (id) => taken.has(id),
    async take(names, kept) {
      const { id } = names;
      // The second of two gets the answer of the first: one that could not be written down comes again.
      const earlier = taking.get(id);
      if (earlier) await earlier;
      if (earlier || taken.has(id)) return 'duplicate';
      const claim: Taken = { ...namesOf(names), progress: 'waiting', kept };
      const written = journal.commit(step(claim), () => keep(claim));
      taking.set(id, written);
      await written.finally(() => taking.delete(id));
      return 'new';
    },
    async begin(id) {
      const claim = claimOf(id);
      if (!claim) return;
      const begun: Taken = { ...claim, progress: 'begun' };
      // After a loss of power it would run again.
      await journal.commit(step(begun), () => keep(begun));
    },
    owe(id, text) {
      const claim = claimOf(id);
      if (claim) note({ ...claim, progress: 'noting', note: text });
    },
    finish(id) {
      const claim = claimOf(id);
      if (claim) note({ id, action: claim.action, incident: claim.incident, progress: 'done' });
    },
    probe: journal.probe,
    close: journal.close,
  };
}

/** A press that waits was promised to run, however old it is. */
function forgetOldest(taken: Map<string, Taken>, most: number): void {
  for (const [id, { progress }] of taken) {
    if (taken.size <= most) return;
    if (progress !== 'waiting') taken.delete(id);
  }
}
