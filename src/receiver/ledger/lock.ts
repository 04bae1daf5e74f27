/**
 * One receiver for each state file, because two would not know each other's presses. The lock is a file that names its holder, which
 * touches it every second. On the same machine, in the same process namespace, a dead holder does not block others. From another container
 * or another host its death is invisible, so a lock counts as held while it is touched (T62).
 */

import {
  closeSync,
  openSync,
  readFileSync,
  readlinkSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import type { Clock } from '../../clock.ts';
import { codeOf } from '../../code-of.ts';
import { LocalIoError } from '../../errors.ts';
import { parseObject } from '../../json-fields.ts';

const UNKNOWN = 'it cannot be written';
const TOUCH_MS = 1_000;
/** Longer than a busy or a migrating machine pauses. A holder that wakes up later notices before it writes. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 500;

export interface LedgerLock {
  /** False once another receiver has it. */
  isHeld(): boolean;
  release(): void;
}

interface LedgerHolder {
  readonly pid: number;
  /** Its start, in the system's own count; null if unknown. */
  readonly began: string | null;
  readonly host: string | null;
  /** The boot and the process namespace of the machine; null if the system has no such thing. */
  readonly space: string | null;
}

/**
 * Takes the lock. Waits up to ten seconds for signs of life from a holder that is not visible here.
 * @throws LocalIoError if another receiver has it, or it cannot be made
 */
export async function lockFor(file: string, clock: Clock): Promise<LedgerLock> {
  const lock = `${file}.lock`;
  const mark = JSON.stringify(ownHolder());
  for (let tries = 0; tries < 3; tries += 1) {
    if (create(lock, mark)) return keep(lock, mark);
    const text = read(lock);
    const holder = holderOf(text);
    if (holder && (await isAlive(lock, text, holder, clock))) throw held(file, holder);
    // Another starting receiver may have been faster, and then it owns the lock.
    if (read(lock) === text) remove(lock);
  }
  throw cannotLock(lock, 'EEXIST');
}

function ownHolder(): LedgerHolder {
  return { pid: process.pid, began: beganAt(process.pid), host: hostname(), space: ownSpace() };
}

/** Holds it until it is released. The timer keeps no process alive. */
function keep(lock: string, mark: string): LedgerLock {
  const touch = setInterval(() => {
    if (read(lock) === mark) quietly(() => utimesSync(lock, new Date(), new Date()));
  }, TOUCH_MS);
  touch.unref();
  return {
    // A lock deleted by hand belongs to no other receiver.
    isHeld: () => [mark, ''].includes(read(lock)),
    release() {
      clearInterval(touch);
      if (read(lock) === mark) quietly(() => unlinkSync(lock));
    },
  };
}

async function isAlive(lock: string, text: string, holder: LedgerHolder, clock: Clock): Promise<boolean> {
  if (isVisible(holder)) return holder.pid !== process.pid && isRunning(holder);
  // Compares its own times only with each other: clocks of two machines differ.
  const before = touchedAt(lock);
  for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
    await clock.sleep(LOOK_MS);
    if (read(lock) !== text) return read(lock) !== '';
    if (touchedAt(lock) !== before) return true;
  }
  return false;
}

/** True if its process number is meaningful here. Earlier versions wrote only that number. */
function isVisible({ host, space }: LedgerHolder): boolean {
  if (host === null) return true;
  const ours = ownSpace();
  return ours === null || space === null ? ours === space && host === hostname() : ours === space;
}

function ownSpace(): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
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

/** Empty without a lock, or if it cannot be read. */
function read(lock: string): string {
  try {
    return readFileSync(lock, 'utf8');
  } catch {
    return '';
  }
}

function touchedAt(lock: string): number {
  return statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function holderOf(text: string): LedgerHolder | undefined {
  const { pid, began = null, host = null, space = null } = (parseObject(text) ?? {}) as Partial<LedgerHolder>;
  return Number.isSafeInteger(pid) ? { pid: Number(pid), began, host, space } : undefined;
}

function isRunning({ pid, began }: LedgerHolder): boolean {
  const now = beganAt(pid);
  if (now !== null && began !== null) return now === began;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error, UNKNOWN) === 'EPERM';
  }
}

/** The 22nd field of Linux's `stat`; the name in the second may contain blanks and brackets. */
function beganAt(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // A leftover lock blocks others only until it counts as untouched.
  }
}

function remove(lock: string): void {
  try {
    unlinkSync(lock);
  } catch (cause) {
    if (codeOf(cause, UNKNOWN) !== 'ENOENT') throw cannotLock(lock, codeOf(cause, UNKNOWN), cause);
  }
}

function held(file: string, { pid, host }: LedgerHolder): LocalIoError {
  const where = host === null ? '' : ` on ${host}`;
  return new LocalIoError(`another receiver (process ${pid}${where}) is using the state file ${file}`, {
    reason: 'local_io',
    hint: 'Stop that one, or give this one its own file with `--state FILE`.',
  });
}

function cannotLock(lock: string, code: string, cause?: unknown): LocalIoError {
  return new LocalIoError(`cannot lock the state file: ${lock} (${code})`, {
    reason: 'local_io',
    hint: 'Pass another file with `--state FILE`: without one, a message that arrives twice would run twice.',
    cause,
  });
}
