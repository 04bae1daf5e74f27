/** The file that stores a sandbox's account between two starts. */

import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LocalIoError } from '../../errors.ts';
import type { State } from '../account/state.ts';
import { defaultSwitches, type Switches } from '../account/switches.ts';
import { codeOf, isObject, parseJson } from '../narrow.ts';
import { stateOf } from '../seed/account.ts';
import { behaviour, type Seed } from '../seed/seed.ts';
import * as z from '../shapes.ts';
import { fileText } from './file-text.ts';
import { type Settings, settingsOf } from './settings.ts';
import { firstProblem, snapshotOf, stateFromSnapshot } from './snapshot.ts';

/** The contents of a data file. */
export interface KeptAccount {
  readonly state: State;
  readonly settings: Settings;
}

/**
 * The account in a data file; null without such a file.
 * @param overrides switches that win over those in the file
 * @throws LocalIoError that names the file if it cannot be read or is damaged; it is left unchanged
 */
export async function loadDataFile(
  path: string,
  token: string,
  overrides: Partial<Switches>,
): Promise<KeptAccount | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw new LocalIoError(`the sandbox data file ${path} could not be read`, { reason: 'local_io', cause });
  }
  const kept = readKept(parseJson(text), token, overrides);
  if (typeof kept !== 'string') return kept;
  throw new LocalIoError(`the sandbox data file ${path} is damaged: ${kept}`, {
    reason: 'local_io',
    hint: `Start over with \`pdactions sandbox reset --data ${path}\`, or replace the file.`,
  });
}

/** @returns the contents, or a sentence about the damage */
function readKept(value: unknown, token: string, overrides: Partial<Switches>): KeptAccount | string {
  if (value === undefined) return 'it is not valid JSON';
  // A switch that no longer exists is damage, too.
  const settings = z.check(behaviour, isObject(value) ? value.settings : undefined);
  const seeded = settings.data?.switches as Partial<Switches> | undefined;
  const state = stateFromSnapshot(value, token, { ...defaultSwitches(), ...seeded, ...overrides });
  if (typeof state === 'string') return state;
  if (!settings.success) return firstProblem(settings.error, ['settings']);
  return { state, settings: { ...settings.data, switches: seeded ?? {} } };
}

/**
 * Writes the account whole or not at all, because a reader may come, and the process may end, at any time. Only its owner can read
 * the file, because it contains the values of headers.
 */
export async function saveDataFile(path: string, { state, settings }: KeptAccount): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  const text = `${fileText({ ...snapshotOf(state), settings })}\n`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, text, { mode: 0o600, flush: true });
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new LocalIoError(`the sandbox data file ${path} could not be written`, {
      reason: 'local_io',
      cause,
    });
  }
}

/** Puts a seeded account into a data file, replacing its contents. No server may be running on that file. */
export async function seedDataFile(path: string, seed: Seed, now: number = Date.now()): Promise<void> {
  await saveDataFile(path, { state: stateOf(seed, '', now), settings: settingsOf(seed) });
}
