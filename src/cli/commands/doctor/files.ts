/** Checks the files that pdactions keeps on this machine: their owner, their permissions, and whether they can be read. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PdactionsError } from '../../../errors.ts';
import { plural } from '../../../ui/text/plural.ts';
import { isCi } from '../../connection/profile.ts';
import { profileFolder, profileNames, readProfile } from '../../connection/profile-files.ts';
import type { Context } from '../../context.ts';
import { shortPath } from '../../files/sandbox-file.ts';
import { stateFolder } from '../../files/state-folder.ts';
import { type DoctorFinding, fail, failed, ok, warn } from './finding.ts';
import type { NamedFiles } from './named-files.ts';

type Machine = Pick<Context, 'env' | 'home' | 'platform'>;

const OTHERS = 0o077;

/** A single finding without problems, or one for each bad file. Opens nothing except profiles. @param named files looked at elsewhere */
export async function fileFindings(
  machine: Machine,
  named: NamedFiles = { names: [], findings: [] },
  user: number | undefined = process.getuid?.(),
): Promise<readonly DoctorFinding[]> {
  const folders = foldersOf(machine);
  const paths = (await Promise.all(folders.map(withContents))).flat();
  const judged = await Promise.all(paths.map((path) => judge(path, machine, user)));
  const damaged = await damagedProfiles(machine);
  const findings = [...named.findings, ...judged.flatMap((finding) => finding ?? []), ...damaged];
  if (findings.length > 0) return findings;
  const text =
    paths.length === 0
      ? 'pdactions stores none here'
      : `${plural(paths.length, 'path')}, accessible only to this user`;
  return [ok('files', [text, ...named.names].join('; '))];
}

/** The folders of profiles and of the state of `listen` and the sandbox. CI never reads profiles. */
function foldersOf({ env, home }: Machine): readonly string[] {
  const state = env.XDG_STATE_HOME || home() !== '' ? [stateFolder({ env, home }, '')] : [];
  return hasProfiles({ env, home }) ? [profileFolder({ env, home }), ...state] : state;
}

function hasProfiles({ env, home }: Pick<Machine, 'env' | 'home'>): boolean {
  return !isCi(env) && (Boolean(env.XDG_CONFIG_HOME) || home() !== '');
}

async function withContents(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => null);
  return names === null ? [] : [folder, ...names.sort().map((name) => join(folder, name))];
}

/** Undefined for a good file. A token that others can read is a failure, as for every command that needs it. */
async function judge(
  path: string,
  machine: Machine,
  user: number | undefined,
): Promise<DoctorFinding | undefined> {
  const stats = await lstat(path).catch(() => undefined);
  if (!stats || stats.isSymbolicLink() || machine.platform === 'win32' || user === undefined)
    return undefined;
  const name = shortPath(path, machine);
  const report = path.endsWith('.token')
    ? (text: string, next: string) => fail('files', 'local-io', text, next)
    : (text: string, next: string) => warn('files', text, next);
  if (stats.uid !== user && stats.uid !== 0) {
    return report(`${name} belongs to another user`, `Remove it, or run \`chown\` on ${name}.`);
  }
  if ((stats.mode & OTHERS) === 0) return undefined;
  const mode = (stats.mode & 0o777).toString(8);
  const right = stats.isDirectory() ? '700' : '600';
  return report(`${name} can be read or written by others (mode ${mode})`, `Run \`chmod ${right} ${name}\`.`);
}

async function damagedProfiles(machine: Machine): Promise<readonly DoctorFinding[]> {
  if (!hasProfiles(machine)) return [];
  const folder = profileFolder(machine);
  try {
    const names = await profileNames(folder);
    const read = names.map((name) => readProfile(folder, name).then(() => undefined, asFinding));
    return (await Promise.all(read)).filter((finding) => finding !== undefined);
  } catch (error) {
    return [asFinding(error)];
  }
}

function asFinding(error: unknown): DoctorFinding {
  if (error instanceof PdactionsError) return failed('files', error);
  throw error;
}
