/**
 * Which messages have been taken: one line in a file before anything runs, so that a message runs at most once, also over a crash
 * and a restart (T40). Written synchronously: between looking and taking nothing else can happen, and what is answered is on disk.
 */
import { closeSync, fdatasyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { LocalIoError } from '../errors.ts';

export interface Claim {
  readonly id: string;
  readonly action: string;
  readonly incident: string;
}

/** `hasBegun` false: it was waiting for its turn, so surely nothing of it has run. */
export type Unfinished = Claim & { readonly hasBegun: boolean };

export interface Claims {
  has(id: string): boolean;
  /** Takes a message. @throws when it could not be written: then it is not taken */
  take(claim: Claim): void;
  /** Its run begins. */
  begin(id: string): void;
  /** Its run is over, whatever came of it. Losing this costs no more than a remark at the next start. */
  finish(id: string): void;
  /** Those that were taken by an earlier process and never finished. */
  readonly unfinished: readonly Unfinished[];
  close(): void;
}

/**
 * Opens the file, or begins it.
 * @param most ids remembered; the oldest are forgotten. Far more than PagerDuty can still resend (fact 39: 48 hours)
 * @throws LocalIoError when it cannot be used
 */
export function openClaims(file: string, most: number): Claims {
  const { taken, begun, done } = readClaims(file);
  let fd = rewrite(file, taken, done, most);
  let lines = taken.size;
  let isClosed = false;
  const unfinished = [...taken.values()]
    .filter(({ id }) => !done.has(id))
    .map((claim) => ({ ...claim, hasBegun: begun.has(claim.id) }));

  const append = (entry: object): void => {
    // A line break first: should the last write have ended in the middle, only that line is lost.
    if (isClosed) throw new Error('the file of claims is closed');
    writeWhole(fd, `\n${JSON.stringify(entry)}`);
    lines += 1;
  };
  /** Not being able to forget is no reason not to take: the file only grows until the next time. */
  const compact = (): void =>
    tryTo(() => {
      lines = taken.size;
      const fresh = rewrite(file, taken, done, most);
      closeSync(fd);
      fd = fresh;
    });
  return {
    unfinished,
    has: (id) => taken.has(id),
    take(claim) {
      append({ take: claim.id, action: claim.action, incident: claim.incident });
      fdatasyncSync(fd);
      taken.set(claim.id, claim);
      if (lines >= most * 3) compact();
    },
    begin: (id) => tryTo(() => append({ begin: id })),
    finish(id) {
      done.add(id);
      tryTo(() => append({ done: id }));
    },
    close() {
      isClosed = true;
      closeSync(fd);
    },
  };
}

/** A full disk takes a part of it, and says so by a number only. */
function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) {
    const count = writeSync(fd, bytes, written);
    if (count === 0) throw new Error('nothing more can be written');
    written += count;
  }
}

/** The disk may be full, or gone: the claim itself is safe. */
function tryTo(write: () => void): void {
  try {
    write();
  } catch {
    // What is lost is only how much the next start can say about it.
  }
}

interface Content {
  /** In the order taken. */
  readonly taken: Map<string, Claim>;
  readonly begun: Set<string>;
  readonly done: Set<string>;
}

function readClaims(file: string): Content {
  const taken = new Map<string, Claim>();
  const begun = new Set<string>();
  const done = new Set<string>();
  for (const text of readText(file).split('\n')) {
    const entry = parse(text);
    if (typeof entry.begin === 'string') begun.add(entry.begin);
    if (typeof entry.done === 'string') done.add(entry.done);
    if (typeof entry.take !== 'string') continue;
    const { take: id, action, incident } = entry;
    taken.set(id, { id, action: String(action), incident: String(incident) });
  }
  return { taken, begun, done };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '';
    throw unusable(file, cause);
  }
}

/** A line that a crash cut off is no claim: it was never answered. */
function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Forgets the oldest, and puts the rest into a new file that takes the place of the old one at once. */
function rewrite(file: string, taken: Map<string, Claim>, done: Set<string>, most: number): number {
  for (const id of taken.keys()) {
    if (taken.size <= most) break;
    taken.delete(id);
  }
  for (const id of done) if (!taken.has(id)) done.delete(id);
  const rows = [...taken.values()].flatMap(({ id, action, incident }) => [
    JSON.stringify({ take: id, action, incident }),
    // Nobody asks again how far one got that an earlier process left: it has been read by now. Those of this one are kept as begun.
    JSON.stringify(done.has(id) ? { done: id } : { begin: id }),
  ]);
  try {
    const temporary = `${file}.new`;
    const fd = openSync(temporary, 'w', 0o600);
    writeWhole(fd, rows.join('\n'));
    fdatasyncSync(fd);
    closeSync(fd);
    renameSync(temporary, file);
    return openSync(file, 'a', 0o600);
  } catch (cause) {
    throw unusable(file, cause);
  }
}

function unusable(file: string, cause: unknown): LocalIoError {
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new LocalIoError(`the file of taken messages cannot be used: ${file}${code}`, {
    reason: 'local_io',
    hint: 'Name another one with `--state FILE`: without it, a message that arrives twice would run twice.',
    cause,
  });
}
