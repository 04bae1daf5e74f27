/**
 * Lets one process at a time serve a data file, because two would overwrite each other. The lock beside the file names that process and
 * its URL, so that others join it. A killed process leaves its lock behind; the lock is ignored once its URL no longer answers.
 */

import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Clock } from '../../../clock.ts';
import { codeOf } from '../../../code-of.ts';
import { LocalIoError } from '../../../errors.ts';
import { isServingStill } from './control.ts';
import { parseHolder, type SandboxHolder, type Serving } from './holder.ts';

/** A command with `--sandbox` ends soon; one that does not, such as `listen`, is joined. */
const COMMAND_WAIT_MS = 3_000;
/** Time limit from the lock to the open port. */
const STARTING_MS = 30_000;
const WRITING_MS = 2_000;
const LOOK_MS = 40;

export interface SandboxLock {
  /** Publishes the URL and the tokens. */
  publish(serving: Serving): void;
  release(): void;
}

export interface Running extends SandboxHolder {
  readonly serving: Serving;
}

/**
 * Takes the lock, or finds the process that has it.
 * @throws LocalIoError if it cannot be made, or is held on another host, whose processes are unknown here
 */
export async function lockOrRunning(
  dataFile: string,
  kind: SandboxHolder['kind'],
  clock: Clock,
): Promise<{ readonly lock: SandboxLock } | { readonly running: Running }> {
  const lock = `${dataFile}.lock`;
  const holder: SandboxHolder = { pid: process.pid, host: hostname(), kind, serving: null };
  for (let waited = 0; ; waited += LOOK_MS) {
    if (create(lock, holder)) return { lock: held(lock, holder) };
    const running = await holderOf(lock, dataFile, waited);
    if (running && (running.kind === 'server' || waited >= COMMAND_WAIT_MS)) return { running };
    await clock.sleep(LOOK_MS);
  }
}

/** The sandbox that serves the file, or null. */
export async function findRunning(dataFile: string): Promise<Running | null> {
  return holderOf(`${dataFile}.lock`, dataFile, 0);
}

/** The live holder; null while it starts, or if it is gone, with its lock. */
async function holderOf(lock: string, dataFile: string, waitedMs: number): Promise<Running | null> {
  const text = read(lock);
  if (text === null) return null;
  const holder = parseHolder(text);
  if (holder && holder.host !== hostname()) throw heldElsewhere(lock, dataFile, holder.host);
  if (holder?.serving && (await isServingStill(holder.serving)))
    return { ...holder, serving: holder.serving };
  if (!mayStart(holder, waitedMs) && read(lock) === text) remove(lock);
  return null;
}

/** A new lock may be half written, or its process may not listen yet. */
function mayStart(holder: SandboxHolder | null, waitedMs: number): boolean {
  if (!holder) return waitedMs < WRITING_MS;
  return holder.serving === null && waitedMs < STARTING_MS && isRunning(holder.pid);
}

function held(lock: string, holder: SandboxHolder): SandboxLock {
  let text = JSON.stringify(holder);
  return {
    publish(serving) {
      if (read(lock) !== text) return;
      const temporary = `${lock}.${randomUUID()}.tmp`;
      text = JSON.stringify({ ...holder, serving });
      writeFileSync(temporary, text, { mode: 0o600 });
      renameSync(temporary, lock);
    },
    release() {
      if (read(lock) === text) remove(lock);
    },
  };
}

/** @returns false if a lock already exists */
function create(lock: string, holder: SandboxHolder): boolean {
  try {
    writeFileSync(lock, JSON.stringify(holder), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false;
    throw new LocalIoError(`the sandbox cannot keep its data: ${lock} cannot be created (${codeOf(cause)})`, {
      reason: 'local_io',
      hint: 'Choose a file in another folder, for example `--sandbox=./sandbox.json`.',
      cause,
    });
  }
}

function read(lock: string): string | null {
  try {
    return readFileSync(lock, 'utf8');
  } catch {
    return null;
  }
}

function remove(lock: string): void {
  try {
    unlinkSync(lock);
  } catch {
    // Another process was faster; if it cannot be removed at all, creating the lock fails with the reason.
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function heldElsewhere(lock: string, dataFile: string, host: string): LocalIoError {
  return new LocalIoError(`a sandbox on another host (${host}) uses ${dataFile}`, {
    reason: 'local_io',
    hint: `Choose another file with \`--sandbox=FILE\`. If that sandbox no longer runs, delete ${lock}.`,
  });
}
