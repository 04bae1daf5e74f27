/**
 * The lines of the file of accepted messages. Lines waiting for the disk share one write and one sync (group commit): a
 * storm of presses costs the disk little more than one of them, and the event loop never waits for it.
 */
import { closeSync, fdatasync, fstatSync, ftruncateSync, statSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { writeWhole } from './claims-file.ts';
import type { LedgerLock } from './lock.ts';

export interface Journal {
  /**
   * Appends a line; once this resolves, it survives a power failure.
   * @param onDisk called in the order of the lines, before anything else can happen to the file
   * @throws if it could not be written, or another receiver has the file: then it does not count
   */
  commit(line: string, onDisk: () => void): Promise<void>;
  /** Appends a line at once, without waiting for the disk. The part that a full disk refuses is written with the next line. */
  note(line: string): void;
  /** Writes as much as a press may need, and removes it. @throws if there is no room, or the file is no longer ours */
  probe(): Promise<void>;
  /** Ends once all waiting lines are on the disk. */
  close(): Promise<void>;
}

export interface JournalOptions {
  readonly file: string;
  readonly lock: LedgerLock;
  /** Replaces the old file with a new one that contains everything to remember. @returns it, open for appending, and its lines */
  readonly replace: () => { readonly fd: number; readonly lines: number };
  /** Lines beyond which the file is replaced by a smaller one. */
  readonly most: number;
  /** Makes the disk confirm the data; by default Node's `fdatasync`. */
  readonly sync?: ((fd: number) => Promise<void>) | undefined;
}

/** A line that waits for the disk; null asks whether there is room for one. */
interface JournalLine {
  readonly line: string | null;
  readonly onDisk: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface OpenFile {
  readonly fd: number;
  lines: number;
  bytes: number;
  /** At least twice its initial size. */
  readonly mostBytes: number;
}

interface JournalState {
  readonly options: JournalOptions;
  readonly sync: (fd: number) => Promise<void>;
  open: OpenFile;
  waiting: JournalLine[];
  /** Resolves when nothing waits. */
  flushing: Promise<void> | undefined;
  /** Lines that a full disk refused. */
  owed: string;
  /** False after a failed sync: the system may have dropped the data. */
  isSound: boolean;
  isClosed: boolean;
}

/** Beyond this the file is made smaller, however few its lines are. */
const MOST_BYTES = 16 * 1024 * 1024;
/** More than the 55 KB of a message that PagerDuty guarantees (fact 43). */
const PROBE_BYTES = 64 * 1024;

/** Starts with a new file in place of the old one. @throws LocalIoError if it cannot be written */
export function openJournal(options: JournalOptions): Journal {
  const state: JournalState = {
    options,
    sync: options.sync ?? promisify(fdatasync),
    open: replaced(options),
    waiting: [],
    flushing: undefined,
    owed: '',
    isSound: true,
    isClosed: false,
  };
  return {
    commit: (line, onDisk) => enqueue(line, onDisk, state),
    note: (line) => note(line, state),
    probe: () => enqueue(null, () => undefined, state),
    close: () => close(state),
  };
}

function replaced({ replace }: JournalOptions): OpenFile {
  const { fd, lines } = replace();
  const bytes = fstatSync(fd).size;
  return { fd, lines, bytes, mostBytes: Math.max(MOST_BYTES, bytes * 2) };
}

/** Only while no sync is under way, because it closes the file. */
function reopen(state: JournalState): void {
  const fresh = replaced(state.options);
  closeSync(state.open.fd);
  Object.assign(state, { open: fresh, owed: '', isSound: true });
}

function enqueue(line: string | null, onDisk: () => void, state: JournalState): Promise<void> {
  return new Promise((resolve, reject) => {
    if (state.isClosed) return reject(new Error('the state file is closed'));
    state.waiting.push({ line, onDisk, resolve, reject });
    state.flushing ??= flush(state);
  });
}

async function flush(state: JournalState): Promise<void> {
  // Records of the same turn of the event loop share the first sync, too.
  await turn();
  while (state.waiting.length > 0) {
    const batch = state.waiting;
    state.waiting = [];
    await settle(
      batch.filter(({ line }) => line === null),
      () => look(state),
    );
    const lines = batch.filter(({ line }) => line !== null);
    await settle(lines, () => store(lines, state));
  }
  state.flushing = undefined;
}

/** Runs it once for all of them. */
async function settle(entries: readonly JournalLine[], act: () => void | Promise<void>): Promise<void> {
  if (entries.length === 0) return;
  try {
    await act();
    for (const { resolve } of entries) resolve();
  } catch (error) {
    for (const { reject } of entries) reject(error);
  }
}

function look(state: JournalState): void {
  expectOurs(state);
  // Only line breaks: if this process ends before they are removed, they mean nothing.
  write('\n'.repeat(PROBE_BYTES), state.open);
  ftruncateSync(state.open.fd, state.open.bytes);
  if (state.owed !== '') append([], state);
}

async function store(entries: readonly JournalLine[], state: JournalState): Promise<void> {
  expectOurs(state);
  const lines = entries.flatMap(({ line }) => line ?? []);
  append(lines, state);
  try {
    await state.sync(state.open.fd);
  } catch (error) {
    state.isSound = false;
    throw error;
  }
  for (const { onDisk } of entries) onDisk();
  const { open, options } = state;
  if (open.lines >= options.most || open.bytes >= open.mostBytes) quietly(() => reopen(state));
}

/** Other receivers do not read a file that one of them has replaced, so nothing written here would count. */
function expectOurs(state: JournalState): void {
  const { file, lock } = state.options;
  if (!lock.isHeld()) throw new Error('another receiver has taken it over');
  const onDisk = statSync(file, { throwIfNoEntry: false });
  const opened = fstatSync(state.open.fd);
  if (onDisk && (onDisk.ino !== opened.ino || onDisk.dev !== opened.dev)) {
    throw new Error('another process has replaced it');
  }
  if (!onDisk || !state.isSound) reopen(state);
}

function append(lines: readonly string[], state: JournalState): void {
  const { open, owed } = state;
  // A line break first: if the last write ended in the middle, only that line is lost.
  const text = [owed, ...lines.map((line) => `\n${line}`)].join('');
  write(text, open);
  state.owed = '';
  open.lines += lines.length;
  open.bytes += Buffer.byteLength(text);
}

/** All of it or nothing: a part written to a full disk is cut off again. */
function write(text: string, { fd, bytes }: OpenFile): void {
  try {
    writeWhole(fd, text);
  } catch (error) {
    quietly(() => ftruncateSync(fd, bytes));
    throw error;
  }
}

function note(line: string, state: JournalState): void {
  if (state.isClosed) return;
  try {
    append([line], state);
  } catch {
    state.owed += `\n${line}`;
  }
}

async function close(state: JournalState): Promise<void> {
  if (state.isClosed) return;
  state.isClosed = true;
  await state.flushing;
  if (state.owed !== '') quietly(() => append([], state));
  closeSync(state.open.fd);
  state.options.lock.release();
}

/** A failed compaction is no reason to refuse presses: the file only grows until the next time. */
function quietly(write: () => void): void {
  try {
    write();
  } catch {
    // The disk is full: the only loss is detail in the report of the next start.
  }
}
