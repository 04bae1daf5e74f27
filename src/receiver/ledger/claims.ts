/**
 * Which messages have been taken, and how far each one got: written to a file before anything runs, so that a message runs at most
 * once, also over a crash and a restart (T40). Synchronously: between looking and taking nothing else can happen, and what is answered
 * is on disk.
 */
import { closeSync, fdatasyncSync, fstatSync, statSync } from 'node:fs';
import { type Claim, linesOf, readContent, replaceFile, type Taken, writeWhole } from './claims-file.ts';
import { lockFor } from './lock.ts';

export type { Claim, Taken } from './claims-file.ts';

export interface Claims {
  has(id: string): boolean;
  /** Takes a message. @throws when it could not be written: then it is not taken */
  take(claim: Claim): void;
  /** Its run begins. @throws when that could not be written: then it must not run, for the next start would say that it did not */
  begin(id: string): void;
  /** Its run is over, and this note is to be written on its incident. */
  owe(id: string, note: string): void;
  /** All is done. Where this cannot be written now, it is with the next line that can. */
  finish(id: string): void;
  /** Those that an earlier process has not finished. */
  readonly unfinished: readonly Taken[];
  /** Lines that could not be read. */
  readonly damaged: number;
  close(): void;
}

/** Beyond this the file is made smaller, however few its lines are. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Opens the file, or begins it, and keeps every other receiver away from it.
 * @param most ids remembered; the oldest are forgotten. Far more than PagerDuty can still resend (fact 39: 48 hours)
 * @throws LocalIoError when it cannot be used, holds something else, or another receiver uses it
 */
export function openClaims(file: string, most: number): Claims {
  const unlock = lockFor(file);
  try {
    return openLocked(file, most, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function openLocked(file: string, most: number, unlock: () => void): Claims {
  const content = readContent(file);
  const taken = new Map(content.taken);
  let lines = 0;
  let bytes = 0;
  /** Lines that a full disk did not take. */
  let owed = '';
  let isClosed = false;

  const rewrite = (): number => {
    for (const id of taken.keys()) {
      if (taken.size <= most) break;
      taken.delete(id);
    }
    const fresh = replaceFile(file, taken.values());
    lines = taken.size;
    bytes = fstatSync(fresh).size;
    return fresh;
  };
  let fd = rewrite();
  const unfinished = [...taken.values()].filter(({ progress }) => progress !== 'done');

  const reopen = (): void => {
    const fresh = rewrite();
    closeSync(fd);
    fd = fresh;
    owed = '';
  };
  /** Whoever has replaced the file reads it no more, so nothing that is written here would count. */
  const expectOurs = (): void => {
    if (isClosed) throw new Error('the file of claims is closed');
    const there = statSync(file, { throwIfNoEntry: false });
    const own = fstatSync(fd);
    if (!there) reopen();
    else if (there.ino !== own.ino || there.dev !== own.dev)
      throw new Error('another process has replaced it');
  };
  const append = (text: string): void => {
    // A line break first: should the last write have ended in the middle, only that line is lost.
    const whole = `${owed}\n${text}`;
    writeWhole(fd, whole);
    owed = '';
    lines += 1;
    bytes += Buffer.byteLength(whole);
  };
  const step = (one: Taken): string => linesOf(one).at(-1) ?? '';
  /** Writes how far it got; what does not go onto the disk goes there with the next line. */
  const note = (next: Taken): void => {
    taken.set(next.id, next);
    if (isClosed) return;
    try {
      append(step(next));
    } catch {
      owed += `\n${step(next)}`;
    }
  };
  const claimOf = (id: string): Claim | undefined => {
    const found = taken.get(id);
    return found && { id, action: found.action, incident: found.incident };
  };
  return {
    unfinished,
    damaged: content.damaged,
    has: (id) => taken.has(id),
    take({ id, action, incident }) {
      expectOurs();
      const claim: Taken = { id, action, incident, progress: 'waiting' };
      append(step(claim));
      fdatasyncSync(fd);
      taken.set(id, claim);
      if (lines >= most * 4 || bytes >= MOST_BYTES) quietly(reopen);
    },
    begin(id) {
      const claim = claimOf(id);
      if (!claim) return;
      const begun: Taken = { ...claim, progress: 'begun' };
      append(step(begun));
      taken.set(id, begun);
    },
    owe(id, text) {
      const claim = claimOf(id);
      if (claim) note({ ...claim, progress: 'noting', note: text });
    },
    finish(id) {
      const claim = claimOf(id);
      if (claim) note({ ...claim, progress: 'done' });
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      if (owed !== '') quietly(() => append(''));
      closeSync(fd);
      unlock();
    },
  };
}

/** Not being able to forget is no reason not to take: the file only grows until the next time. */
function quietly(write: () => void): void {
  try {
    write();
  } catch {
    // The disk is full: what is lost is how much the next start can say.
  }
}
