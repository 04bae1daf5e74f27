/** Checks the files that flags, variables and the search name: the config, and files with a token or a secret. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Config } from '../../../config/config.ts';
import { tokenSource } from '../../connection/token.ts';
import { readTokenFile } from '../../connection/token-file.ts';
import type { CanReadToken, Context } from '../../context.ts';
import { type DoctorFinding, failed, warn } from './finding.ts';

type Needs = CanReadToken & Pick<Context, 'cwd'>;

/** The files that were looked at, as messages name them, and the problems with them. */
export interface NamedFiles {
  readonly names: readonly string[];
  readonly findings: readonly DoctorFinding[];
}

const WRITABLE_BY_ALL = 0o002;

/** Looks at the files of the config and of the credentials. Does not keep tokens. */
export async function lookAtNamedFiles(context: Needs, config: Config | undefined): Promise<NamedFiles> {
  const configs = config?.files.map(({ file }) => file) ?? [];
  const secrets = secretFiles(context);
  const judged = await Promise.all([
    ...configs.map((file) => judgeConfig(file, context)),
    ...secrets.map((file) => judgeSecret(file, context)),
  ]);
  return {
    names: [...configs, ...secrets.map(({ path }) => path)],
    findings: judged.flatMap((finding) => finding ?? []),
  };
}

interface SecretFile {
  readonly path: string;
  /** True if its contents are the credential of this run. */
  readonly counts: boolean;
}

function secretFiles(context: Needs): readonly SecretFile[] {
  const { globals, env } = context;
  if (globals.sandbox !== undefined) return [];
  const { tokenFile, tokenType } = globals;
  const counting = tokenSource({ ...context, tokenFile, tokenType, warn: () => undefined })?.name;
  const named = [
    [tokenFile === '-' ? undefined : tokenFile, counting === '`--token-file`'],
    [env.PAGERDUTY_TOKEN_FILE, counting === 'PAGERDUTY_TOKEN_FILE'],
    [env.PAGERDUTY_CLIENT_SECRET_FILE, counting === undefined && !env.PAGERDUTY_CLIENT_SECRET],
  ] as const;
  return named.flatMap(([path, counts]) => (path ? [{ path, counts }] : []));
}

/** A token file must pass the checks of every command; an unused one causes at most a warning. */
async function judgeSecret({ path, counts }: SecretFile, context: Needs): Promise<DoctorFinding | undefined> {
  try {
    await readTokenFile(path, { platform: context.platform, warn: () => undefined });
    return undefined;
  } catch (error) {
    const finding = failed('files', error);
    return counts ? finding : warn('files', `${finding.text}; currently not used`, finding.next);
  }
}

/** Anyone who can change the config decides what the next sync does. */
async function judgeConfig(file: string, { cwd, platform }: Needs): Promise<DoctorFinding | undefined> {
  const stats = await stat(resolve(cwd, file)).catch(() => undefined);
  if (!stats || platform === 'win32' || (stats.mode & WRITABLE_BY_ALL) === 0) return undefined;
  const mode = (stats.mode & 0o777).toString(8);
  return warn('files', `${file} is writable by every user (mode ${mode})`, `Run \`chmod o-w ${file}\`.`);
}
