/**
 * Profiles: the accounts that a user has signed in to. One file each in the user's config folder, so that concurrent processes write
 * different files, and a damaged one affects no other. Only files that `secret-file.ts` writes contain a secret.
 */

import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../code-of.ts';
import { LocalIoError } from '../../errors.ts';
import { isObject } from '../../json-fields.ts';
import { TOKEN_TYPES, type TokenType } from '../../pagerduty/auth/token-kind.ts';
import type { Surroundings } from '../context.ts';
import { makeFolder } from '../files/make-folder.ts';
import { openPendingFile } from '../files/write-file.ts';

export interface Profile {
  readonly name: string;
  /** The API of the token, which is sent nowhere else. */
  readonly url: string;
  /** The subdomain; null if PagerDuty did not show it. */
  readonly account: string | null;
  readonly kind: TokenType;
  /** The owner of the token; null for an account-level key. */
  readonly user: string | null;
  /** The storage of the token. */
  readonly keptIn: 'keychain' | 'file';
}

/** The form of a profile's name, and of its file's. */
export const PROFILE_NAME = /^[a-z\d][a-z\d_-]{0,62}$/;

/**
 * The folder of profiles, by the XDG rules.
 * @throws LocalIoError if there is no home directory
 */
export function profileFolder({ home, env }: Pick<Surroundings, 'home' | 'env'>): string {
  const base = env.XDG_CONFIG_HOME || (home() === '' ? '' : join(home(), '.config'));
  if (base !== '') return join(base, 'pdactions', 'profiles');
  throw new LocalIoError('cannot store profiles: this user has no home directory', {
    reason: 'local_io',
    hint: 'Set HOME or XDG_CONFIG_HOME, or use PAGERDUTY_TOKEN instead of a profile.',
  });
}

/** The names of all profiles, sorted, including damaged ones. */
export async function profileNames(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw unreadable(folder, codeOf(error), error);
  });
  const names = files.flatMap((file) => /^(.+)\.json$/.exec(file)?.[1] ?? []);
  return names.filter((name) => PROFILE_NAME.test(name)).sort();
}

/**
 * One profile; undefined without a profile of this name.
 * @throws LocalIoError if its file is damaged, or cannot be read
 */
export async function readProfile(folder: string, name: string): Promise<Profile | undefined> {
  const file = join(folder, `${name}.json`);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw unreadable(file, codeOf(error), error);
  });
  if (text === undefined) return undefined;
  const profile = parse(text, name);
  if (profile) return profile;
  throw new LocalIoError(`the profile ${name} is damaged: ${file} does not contain a valid profile`, {
    reason: 'local_io',
    hint: `Write it again with \`pdactions auth login --profile ${name}\`, or remove it with \`pdactions auth logout ${name}\`.`,
  });
}

function parse(text: string, name: string): Profile | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || value.version !== 1) return undefined;
  const { url, account, kind, user, keptIn } = value;
  const type = TOKEN_TYPES.find((known) => known === kind);
  if (typeof url !== 'string' || !type || (keptIn !== 'keychain' && keptIn !== 'file')) return undefined;
  return { name, url, account: textOrNull(account), kind: type, user: textOrNull(user), keptIn };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Writes a profile: whole, or not at all. @throws LocalIoError */
export async function writeProfile(folder: string, { name, ...profile }: Profile): Promise<void> {
  await write(folder, `${name}.json`, `${JSON.stringify({ version: 1, ...profile }, null, 2)}\n`);
}

/** Removes a profile, and its token file if there is one. */
export async function removeProfile(folder: string, name: string): Promise<void> {
  await removeTokenFile(folder, name);
  await rm(join(folder, `${name}.json`), { force: true });
  if ((await readCurrent(folder)) === name) await rm(join(folder, CURRENT), { force: true });
}

/** The default profile. */
const CURRENT = 'current';

export async function readCurrent(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, CURRENT), 'utf8').catch(() => '');
  return PROFILE_NAME.test(text.trim()) ? text.trim() : undefined;
}

/** @throws LocalIoError */
export async function writeCurrent(folder: string, name: string): Promise<void> {
  await write(folder, CURRENT, `${name}\n`);
}

/** The file of a profile's token without a keychain: mode 600, in a folder of mode 700. */
export function tokenFileOf(folder: string, name: string): string {
  return join(folder, `${name}.token`);
}

/** @throws LocalIoError */
export async function writeTokenFile(folder: string, name: string, token: string): Promise<void> {
  await write(folder, `${name}.token`, `${token}\n`);
}

export async function removeTokenFile(folder: string, name: string): Promise<void> {
  await rm(tokenFileOf(folder, name), { force: true });
}

async function write(folder: string, file: string, text: string): Promise<void> {
  await makeFolder(folder, 0o700).catch((error: unknown) => {
    throw unreadable(folder, `it cannot be created, ${codeOf(error)}`, error);
  });
  const pending = await openPendingFile(join(folder, file), folder, 0o600);
  await pending.commit(text);
}

function unreadable(path: string, why: string, cause: unknown): LocalIoError {
  return new LocalIoError(`could not use ${path} (${why})`, {
    reason: 'local_io',
    hint: 'Check its permissions. With PAGERDUTY_TOKEN set, no profile is read.',
    cause,
  });
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
}
