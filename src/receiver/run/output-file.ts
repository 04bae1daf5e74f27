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
export function openOutputFile(
  { action, id }: Pick<Claim, 'action' | 'id'>,
  options: OutputFolder,
): OutputFile {
  const { folder, most, redact, onFailure } = options;
  const decoder = new StringDecoder('utf8');
  let held = '';
  let left = most;
  let descriptor: number | undefined;
  const failed = (error: unknown): void => {
    onFailure(error);
    left = 0;
  };
  const write = (text: string): void => {
    if (left <= 0 || text === '' || descriptor === undefined) return;
    const bytes = Buffer.from(text);
    const part = bytes.subarray(0, left);
    left -= part.length;
    try {
      writeSync(descriptor, part);
      if (part.length < bytes.length) writeSync(descriptor, `\n[pdactions: cut after ${most} bytes]\n`);
    } catch (error) {
      failed(error);
    }
  };
  try {
    makeRoom(options);
    // Never an existing file, nor the target of a planted link (T59).
    descriptor = openSync(join(folder, nameOf(action, id, options.now())), 'wx', 0o600);
  } catch (error) {
    failed(error);
  }
  return {
    add(chunk) {
      if (left <= 0) return;
      held = redact(held + decoder.write(chunk));
      if (held.length <= 2 * HELD_BACK) return;
      write(held.slice(0, -HELD_BACK));
      held = held.slice(-HELD_BACK);
    },
    end() {
      write(redact(held + decoder.end()));
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
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
