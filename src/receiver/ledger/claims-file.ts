/**
 * The file of accepted messages: a header line, then one JSON line for every step of a message. An unreadable line
 * costs only itself; a file with other contents, or of another version, is left unchanged.
 */

import {
  closeSync,
  fdatasyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { codeOf } from '../../code-of.ts';
import { LocalIoError } from '../../errors.ts';
import { isObject, type Json, parseObject } from '../../json-fields.ts';
import { type Claim, namesOf } from '../press/claim.ts';

/** The part of a press kept until its run begins: the message without secrets, and the time it was accepted. */
export interface Waiting {
  readonly message: Json;
  readonly takenAt: number;
}

/** `waiting`: certainly not started. `noting`: it has run, and its note may not be written yet. */
export type TakenPress = Claim &
  (
    | { readonly progress: 'begun' | 'done' }
    /** Without a message in files of earlier versions, and if a secret could not be removed from it. */
    | { readonly progress: 'waiting'; readonly kept: Waiting | null }
    | { readonly progress: 'noting'; readonly note: string }
  );

export interface Content {
  /** In the order of acceptance. */
  readonly taken: ReadonlyMap<string, TakenPress>;
  /** Lines that could not be read. */
  readonly damaged: number;
}

const KIND = 'taken messages';
const VERSION = 1;
const HEADER = JSON.stringify({ pdactions: KIND, version: VERSION });
/** Many times the largest file ever written: a larger one was named by mistake. */
const MOST_BYTES = 256 * 1024 * 1024;

/** The lines for the current state of one message. */
export function linesOf(taken: TakenPress): readonly string[] {
  const { id, progress } = taken;
  const { id: take, ...names } = namesOf(taken);
  const line = JSON.stringify({ take, ...names });
  switch (progress) {
    case 'waiting':
      return [taken.kept === null ? line : JSON.stringify({ take, ...names, ...taken.kept })];
    case 'begun':
      return [line, JSON.stringify({ begin: id })];
    case 'noting':
      return [line, JSON.stringify({ note: id, text: taken.note })];
    case 'done': {
      // Its names are no longer needed.
      const { action, incident } = taken;
      return [JSON.stringify({ take, action, incident }), JSON.stringify({ done: id })];
    }
  }
}

/** The content of the file; empty without one. @throws LocalIoError if it is not such a file, or cannot be read */
export function readContent(file: string): Content {
  const [first, ...rest] = readText(file).split('\n');
  if (first === '' || first === undefined) return { taken: new Map(), damaged: 0 };
  checkHeader(file, parseObject(first) ?? {});
  const taken = new Map<string, TakenPress>();
  let damaged = 0;
  // A line cut off by a crash is not a claim, because it was never answered.
  for (const text of rest) if (text !== '' && !readLine(parseObject(text) ?? {}, taken)) damaged += 1;
  return { taken, damaged };
}

/** Writes them into a new file that atomically replaces the old one. @returns the file, open for appending */
export function replaceFile(file: string, taken: Iterable<TakenPress>): number {
  try {
    const temporary = `${file}.new`;
    // A file left by a crash is removed; a planted link is not written through (T59).
    rmSync(temporary, { force: true });
    const fd = openSync(temporary, 'wx', 0o600);
    try {
      writeWhole(fd, [HEADER, ...[...taken].flatMap(linesOf)].join('\n'));
      fdatasyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, file);
    return openSync(file, 'a', 0o600);
  } catch (cause) {
    throw unusable(file, codeOf(cause, 'it cannot be written'), cause);
  }
}

/** A full disk takes a part of it, and reports that only by a number. */
export function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) {
    const count = writeSync(fd, bytes, written);
    if (count === 0) throw new Error('the disk is full');
    written += count;
  }
}

function checkHeader(file: string, { pdactions, version }: Json): void {
  if (pdactions !== KIND) throw unusable(file, 'it is not a state file, and was left unchanged');
  if (version === VERSION) return;
  throw unusable(file, 'it was written by another version of pdactions, and was left unchanged');
}

/** False if the line is not understood. */
function readLine(entry: Json, taken: Map<string, TakenPress>): boolean {
  const { take, begin, note, done } = entry;
  if (typeof take === 'string') {
    const { action, incident, number, title, user } = entry;
    const claim = {
      id: take,
      action: String(action),
      incident: String(incident),
      ...(typeof number === 'string' && { number }),
      ...(typeof title === 'string' && { title }),
      ...(typeof user === 'string' && { user }),
    };
    taken.set(take, { ...claim, progress: 'waiting', kept: waitingOf(entry) });
    return true;
  }
  const id = begin ?? note ?? done;
  if (typeof id !== 'string') return false;
  const claim = taken.get(id);
  // Its first line may be lost, or forgotten.
  if (!claim) return true;
  const names = namesOf(claim);
  if (note === undefined) taken.set(id, { ...names, progress: begin === id ? 'begun' : 'done' });
  else taken.set(id, { ...names, progress: 'noting', note: String(entry.text) });
  return true;
}

function waitingOf({ message, takenAt }: Json): Waiting | null {
  return isObject(message) && typeof takenAt === 'number' ? { message, takenAt } : null;
}

function readText(file: string): string {
  try {
    if (statSync(file).size > MOST_BYTES) throw unusable(file, 'it is too large to be a state file');
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof LocalIoError) throw cause;
    const code = codeOf(cause, 'it cannot be written');
    if (code === 'ENOENT') return '';
    throw unusable(file, code, cause);
  }
}

/** The error for an unusable file. */
export function unusable(file: string, why: string, cause?: unknown): LocalIoError {
  return new LocalIoError(`cannot use the state file ${file}: ${why}`, {
    reason: 'local_io',
    hint: 'Pass another file with `--state FILE`: without one, a message that arrives twice would run twice.',
    cause,
  });
}
