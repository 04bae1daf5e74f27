/** Stores the whole output of a run in a file of its own, with a size limit, readable by its owner only. */
import { closeSync, openSync, readdirSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { Claim } from '../press/claim.ts';

export interface OutputFolder {
  readonly folder: string;
  /** Bytes of one file. */
  readonly most: number;
  /** Files; the oldest go first. */
  readonly files: number;
  readonly now: () => number;
  readonly redact: (text: string) => string;
  /** Called once if a file cannot be written; the run continues. */
  readonly onFailure: (error: unknown) => void;
}

export interface OutputFile {
  add(chunk: Buffer): void;
  end(): void;
}

/** Half a secret would be unrecognisable, so the end is held back until more follows. */
const HELD_BACK = 4096;
const NAME = /^\d{8}T\d{9}Z-.*\.log$/;

/** A new file for a run, named by time, action and id. Never throws. */
export function openOutputFile(claim: Pick<Claim, 'action' | 'id'>, options: OutputFolder): OutputFile {
  return new RunOutputFile(claim, options);
}

class RunOutputFile implements OutputFile {
  readonly #options: OutputFolder;
  readonly #decoder = new StringDecoder('utf8');
  /** The end so far, not written yet. */
  #held = '';
  /** Bytes that still fit; none after a failure. */
  #left: number;
  #descriptor: number | undefined;

  constructor({ action, id }: Pick<Claim, 'action' | 'id'>, options: OutputFolder) {
    this.#options = options;
    this.#left = options.most;
    try {
      makeRoom(options);
      // Never an existing file, nor the target of a planted link (T59).
      this.#descriptor = openSync(join(options.folder, nameOf(action, id, options.now())), 'wx', 0o600);
    } catch (error) {
      this.#fail(error);
    }
  }

  add(chunk: Buffer): void {
    if (this.#left <= 0) return;
    this.#held = this.#options.redact(this.#held + this.#decoder.write(chunk));
    if (this.#held.length <= 2 * HELD_BACK) return;
    this.#write(this.#held.slice(0, -HELD_BACK));
    this.#held = this.#held.slice(-HELD_BACK);
  }

  end(): void {
    this.#write(this.#options.redact(this.#held + this.#decoder.end()));
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #write(text: string): void {
    if (this.#left <= 0 || text === '' || this.#descriptor === undefined) return;
    const bytes = Buffer.from(text);
    const part = bytes.subarray(0, this.#left);
    this.#left -= part.length;
    try {
      writeSync(this.#descriptor, part);
      if (part.length < bytes.length)
        writeSync(this.#descriptor, `\n[pdactions: cut after ${this.#options.most} bytes]\n`);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#options.onFailure(error);
    this.#left = 0;
  }
}

/** Deletes the oldest of our files; others in the folder are left alone. */
function makeRoom({ folder, files }: OutputFolder): void {
  const names = readdirSync(folder).filter((name) => NAME.test(name));
  const excess = names.sort().slice(0, Math.max(0, names.length - files + 1));
  for (const name of excess) unlinkSync(join(folder, name));
}

function nameOf(action: string, id: string, now: number): string {
  const safe = (text: string): string => text.replace(/[^\w-]/g, '_').slice(0, 60);
  return `${new Date(now).toISOString().replace(/[-:.]/g, '')}-${safe(action)}-${safe(id)}.log`;
}
