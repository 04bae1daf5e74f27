/**
 * One receiver for each state file: two would not know what the other has taken. The lock is a file with the process that holds it; one
 * that a crash has left behind holds nobody up, for that process is gone, or its number belongs to another one by now.
 */
import { closeSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { LocalIoError } from '../../errors.ts';
import { codeOf } from '../failure.ts';

const UNKNOWN = 'it cannot be written';

interface Holder {
  readonly pid: number;
  /** When it began, in the system's own count; null where that cannot be told. */
  readonly began: string | null;
}

/** @returns what gives the lock back. @throws LocalIoError when a running process has it, or it cannot be made */
export function lockFor(file: string): () => void {
  const lock = `${file}.lock`;
  const own = JSON.stringify({ pid: process.pid, began: beganAt(process.pid) });
  for (let tries = 0; tries < 3; tries += 1) {
    if (create(lock, own)) return () => release(lock, own);
    const holder = holderOf(lock);
    if (holder && holder.pid !== process.pid && isRunning(holder)) throw held(file, holder.pid);
    remove(lock);
  }
  throw cannotLock(lock, 'EEXIST');
}

function create(lock: string, text: string): boolean {
  try {
    const fd = openSync(lock, 'wx', 0o600);
    try {
      writeSync(fd, text);
    } finally {
      closeSync(fd);
    }
    return true;
  } catch (cause) {
    if (codeOf(cause, UNKNOWN) === 'EEXIST') return false;
    throw cannotLock(lock, codeOf(cause, UNKNOWN), cause);
  }
}

function holderOf(lock: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(lock, 'utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, began } = value as Partial<Holder>;
    return Number.isSafeInteger(pid) ? { pid: Number(pid), began: began ?? null } : undefined;
  } catch {
    return undefined;
  }
}

function isRunning({ pid, began }: Holder): boolean {
  const now = beganAt(pid);
  if (now !== null && began !== null) return now === began;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error, UNKNOWN) === 'EPERM';
  }
}

/** The 22nd field of Linux's `stat`; the name in the second may hold blanks and brackets. */
function beganAt(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function release(lock: string, own: string): void {
  try {
    if (readFileSync(lock, 'utf8') === own) unlinkSync(lock);
  } catch {
    // Nobody is held up by one that stays.
  }
}

function remove(lock: string): void {
  try {
    unlinkSync(lock);
  } catch (cause) {
    if (codeOf(cause, UNKNOWN) !== 'ENOENT') throw cannotLock(lock, codeOf(cause, UNKNOWN), cause);
  }
}

function held(file: string, pid: number): LocalIoError {
  return new LocalIoError(`another receiver (process ${pid}) uses the file of taken messages: ${file}`, {
    reason: 'local_io',
    hint: 'End that one, or give this one a file of its own with `--state FILE`.',
  });
}

function cannotLock(lock: string, code: string, cause?: unknown): LocalIoError {
  return new LocalIoError(`the file of taken messages cannot be locked: ${lock} (${code})`, {
    reason: 'local_io',
    hint: 'Name another one with `--state FILE`: without it, a message that arrives twice would run twice.',
    cause,
  });
}
