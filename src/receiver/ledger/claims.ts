/**
 * Which messages have been taken, and how far each one got: written to a file before anything runs, so that a message runs at most
 * once, also over a crash and a restart (T40). Synchronously: between looking and taking nothing else can happen, and what is answered
 * is on disk.
 */
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, statSync } from 'node:fs';
import type { Claim } from '../press/claim.ts';
import { linesOf, readContent, replaceFile, type Taken, type Waiting, writeWhole } from './claims-file.ts';
import type { Lock } from './lock.ts';

export type { Taken, Waiting } from './claims-file.ts';

export interface Claims {
  has(id: string): boolean;
  /** Takes a message. @throws when it could not be written: then it is not taken */
  take(claim: Claim, kept: Waiting | null): void;
  /** Its run begins. @throws when that could not be written: then it must not run, or the next start would run it again */
  begin(id: string): void;
  /** Its run is over, and this note is to be written on its incident. */
  owe(id: string, note: string): void;
  /** All is done. Where this cannot be written now, it is with the next line that can. */
  finish(id: string): void;
  /** Writes as much as a press may need, and takes it back. @throws when there is no room, or the file is no longer ours */
  probe(): void;
  /** Those that an earlier process has not finished, in the order taken. */
  readonly unfinished: readonly Taken[];
  /** Lines that could not be read. */
  readonly damaged: number;
  close(): void;
}

/** Beyond this, and twice what it holds at least, the file is made smaller, however few its lines are. */
const MOST_BYTES = 16 * 1024 * 1024;
/** More than the 55 KB of a message that PagerDuty guarantees (fact 43). */
const PROBE_BYTES = 64 * 1024;

/**
 * Opens the file, or begins it.
 * @param most ids remembered; the oldest are forgotten. Far more than PagerDuty can still resend (fact 39: 48 hours)
 * @param lock what keeps every other receiver away from the file; given back by `close`, and when this throws
 * @throws LocalIoError when it cannot be used, or holds something else
 */
export function openClaims(file: string, most: number, lock: Lock): Claims {
  try {
    return openLocked(file, most, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function openLocked(file: string, most: number, lock: Lock): Claims {
  const content = readContent(file);
  const taken = new Map(content.taken);
  let lines = 0;
  let bytes = 0;
  let mostBytes = MOST_BYTES;
  /** Lines that a full disk did not take. */
  let owed = '';
  let isClosed = false;

  const rewrite = (): number => {
    for (const [id, { progress }] of taken) {
      if (taken.size <= most) break;
      // A press that waits was promised to run, however old it is.
      if (progress !== 'waiting') taken.delete(id);
    }
    const fresh = replaceFile(file, taken.values());
    lines = taken.size;
    bytes = fstatSync(fresh).size;
    mostBytes = Math.max(MOST_BYTES, bytes * 2);
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
  /** A file that another receiver has replaced is read by nobody, so nothing that is written here would count. */
  const expectOurs = (): void => {
    if (isClosed) throw new Error('the file of claims is closed');
    if (!lock.isHeld()) throw new Error('another receiver has taken it over');
    const there = statSync(file, { throwIfNoEntry: false });
    const own = fstatSync(fd);
    if (!there) reopen();
    else if (there.ino !== own.ino || there.dev !== own.dev)
      throw new Error('another process has replaced it');
  };
  /** All of it or nothing: what a full disk has taken a part of is cut off again. */
  const write = (text: string): void => {
    try {
      writeWhole(fd, text);
    } catch (error) {
      quietly(() => ftruncateSync(fd, bytes));
      throw error;
    }
  };
  const append = (text: string): void => {
    // A line break first: should the last write have ended in the middle, only that line is lost.
    const whole = `${owed}\n${text}`;
    write(whole);
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
    take({ id, action, incident }, kept) {
      expectOurs();
      const claim: Taken = { id, action, incident, progress: 'waiting', kept };
      append(step(claim));
      fdatasyncSync(fd);
      taken.set(id, claim);
      if (lines >= most * 4 || bytes >= mostBytes) quietly(reopen);
    },
    begin(id) {
      const claim = claimOf(id);
      if (!claim) return;
      expectOurs();
      const begun: Taken = { ...claim, progress: 'begun' };
      append(step(begun));
      // After a loss of power it would run again.
      fdatasyncSync(fd);
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
    probe() {
      expectOurs();
      // Line breaks alone: should this process end before they are gone, they say nothing.
      write('\n'.repeat(PROBE_BYTES));
      ftruncateSync(fd, bytes);
      if (owed !== '') append('');
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      if (owed !== '') quietly(() => append(''));
      closeSync(fd);
      lock.release();
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
