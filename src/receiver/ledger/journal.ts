/**
 * The lines of the file of taken messages, appended so that those that wait for the disk share one write and one sync (group commit): a
 * storm of presses costs the disk little more than one of them, and the event loop never waits for it.
 */
import { closeSync, fdatasync, fstatSync, ftruncateSync, statSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { writeWhole } from './claims-file.ts';
import type { Lock } from './lock.ts';

export interface Journal {
  /**
   * Appends a line; once this resolves, no loss of power takes it away.
   * @param onDisk called in the order of the lines, before anything else can happen to the file
   * @throws when it could not be written, or another receiver has the file: then it does not count
   */
  commit(line: string, onDisk: () => void): Promise<void>;
  /** Appends a line at once, without waiting for the disk. What a full disk does not take goes there with the next line. */
  note(line: string): void;
  /** Writes as much as a press may need, and takes it back. @throws when there is no room, or the file is no longer ours */
  probe(): Promise<void>;
  /** Ends once all lines that wait are on the disk. */
  close(): Promise<void>;
}

export interface JournalOptions {
  readonly file: string;
  readonly lock: Lock;
  /** Puts a new file in the place of the old one, with all that must be remembered. @returns it, open for appending, and its lines */
  readonly replace: () => { readonly fd: number; readonly lines: number };
  /** Lines beyond which the file is replaced by a smaller one. */
  readonly most: number;
  /** Has the disk confirm what was written; Node's `fdatasync` without it. */
  readonly sync?: ((fd: number) => Promise<void>) | undefined;
}

/** A line that waits for the disk, or the question whether there is room for one. */
interface Entry {
  readonly line: string | null;
  readonly onDisk: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface OpenFile {
  readonly fd: number;
  lines: number;
  bytes: number;
  /** Twice what it held at first, at least. */
  readonly mostBytes: number;
}

/** Beyond this the file is made smaller, however few its lines are. */
const MOST_BYTES = 16 * 1024 * 1024;
/** More than the 55 KB of a message that PagerDuty guarantees (fact 43). */
const PROBE_BYTES = 64 * 1024;

/** Begins with a new file in the place of the old one. @throws LocalIoError when it cannot be written */
export function openJournal(options: JournalOptions): Journal {
  const { file, lock, most, sync = promisify(fdatasync) } = options;
  const replace = (): OpenFile => {
    const { fd, lines } = options.replace();
    const bytes = fstatSync(fd).size;
    return { fd, lines, bytes, mostBytes: Math.max(MOST_BYTES, bytes * 2) };
  };
  let open = replace();
  let waiting: Entry[] = [];
  let flushing: Promise<void> | undefined;
  /** Lines that a full disk did not take. */
  let owed = '';
  /** False when a sync has failed: the system may have dropped what was written. */
  let isSound = true;
  let isClosed = false;

  /** Only while no sync is under way, because it closes the file. */
  const reopen = (): void => {
    const fresh = replace();
    closeSync(open.fd);
    open = fresh;
    owed = '';
    isSound = true;
  };
  /** Other receivers do not read a file that one of them has replaced, so nothing that is written here would count. */
  const expectOurs = (): void => {
    if (!lock.isHeld()) throw new Error('another receiver has taken it over');
    const there = statSync(file, { throwIfNoEntry: false });
    const own = fstatSync(open.fd);
    if (there && (there.ino !== own.ino || there.dev !== own.dev)) {
      throw new Error('another process has replaced it');
    }
    if (!there || !isSound) reopen();
  };
  /** All of it or nothing: what a full disk has taken a part of is cut off again. */
  const write = (text: string): void => {
    try {
      writeWhole(open.fd, text);
    } catch (error) {
      quietly(() => ftruncateSync(open.fd, open.bytes));
      throw error;
    }
  };
  const append = (lines: readonly string[]): void => {
    // A line break first: should the last write have ended in the middle, only that line is lost.
    const text = [owed, ...lines.map((line) => `\n${line}`)].join('');
    write(text);
    owed = '';
    open.lines += lines.length;
    open.bytes += Buffer.byteLength(text);
  };
  const look = (): void => {
    // Line breaks alone: should this process end before they are gone, they say nothing.
    write('\n'.repeat(PROBE_BYTES));
    ftruncateSync(open.fd, open.bytes);
    if (owed !== '') append([]);
  };
  const store = async (entries: readonly Entry[]): Promise<void> => {
    append(entries.flatMap(({ line }) => line ?? []));
    try {
      await sync(open.fd);
    } catch (error) {
      isSound = false;
      throw error;
    }
    for (const { onDisk } of entries) onDisk();
    if (open.lines >= most || open.bytes >= open.mostBytes) quietly(reopen);
  };
  const settle = async (entries: readonly Entry[], act: () => void | Promise<void>): Promise<void> => {
    if (entries.length === 0) return;
    try {
      await act();
      for (const { resolve } of entries) resolve();
    } catch (error) {
      for (const { reject } of entries) reject(error);
    }
  };
  const flush = async (): Promise<void> => {
    // Records of the same turn of the event loop share the first sync, too.
    await turn();
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const probes = batch.filter(({ line }) => line === null);
      await settle(probes, () => {
        expectOurs();
        look();
      });
      const lines = batch.filter(({ line }) => line !== null);
      await settle(lines, () => {
        expectOurs();
        return store(lines);
      });
    }
    flushing = undefined;
  };
  const enqueue = (line: string | null, onDisk: () => void): Promise<void> =>
    new Promise((resolve, reject) => {
      if (isClosed) return reject(new Error('the file of claims is closed'));
      waiting.push({ line, onDisk, resolve, reject });
      flushing ??= flush();
    });

  return {
    commit: enqueue,
    note(line) {
      if (isClosed) return;
      try {
        append([line]);
      } catch {
        owed += `\n${line}`;
      }
    },
    probe: () => enqueue(null, () => undefined),
    async close() {
      if (isClosed) return;
      isClosed = true;
      await flushing;
      if (owed !== '') quietly(() => append([]));
      closeSync(open.fd);
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
