import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Option } from 'commander';
import { configNamesIn } from '../../../config/find/find.ts';
import { UsageError } from '../../../errors.ts';
import { toJson } from '../../../ui/text/json.ts';
import { signed } from '../../../ui/text/signs.ts';
import { line } from '../../../ui/text/text.ts';
import { confirmOverwrite } from '../../ask/confirm-overwrite.ts';
import { type CommandSpec, READING } from '../../command.ts';
import type { CanConfirm, CanRead, Context } from '../../context.ts';
import { schemaBeside } from '../../files/schema-beside.ts';
import { openPendingFile } from '../../files/write-file.ts';
import { collect } from '../../options.ts';
import { readAccount, sharedTeams } from '../../read-account.ts';
import { exportNotes, exportText, REDACT } from '../../show/export-text.ts';
import { branchOf } from './branch.ts';
import { CI_FILES, type CiFacts, type CiSystem, ciFiles } from './ci-files.ts';
import { STARTER_DOCUMENT, STARTER_YAML } from './starter.ts';

export interface InitOptions {
  readonly fromAccount?: boolean | undefined;
  readonly ci?: readonly CiSystem[] | undefined;
  readonly headers?: boolean | undefined;
  readonly redact?: boolean | undefined;
}

function noFilesFor(system: string): UsageError {
  const known = Object.keys(CI_FILES).join(', ');
  return new UsageError(`--ci: no files for ${system}`, {
    hint: `There are files for ${known}; the shell script runs on any system.`,
  });
}

export const spec: CommandSpec = {
  name: 'init',
  summary: 'write a starter config and CI files',
  group: 'code',
  rank: 1,
  scopes: READING,
  uses: ['config', 'pagerduty', 'confirmation'],
  examples: ['init', 'init --from-account', 'init --from-account --ci github'],
  define(command, context) {
    command
      .option('--from-account', "start from the account's actions instead of an example")
      .option('--headers', 'with --from-account: also declare headers, with a variable for each hidden value')
      .option('--redact', `with --from-account: ${REDACT}`)
      .addOption(
        new Option('--ci <system>', 'also add files for this CI system (repeatable)')
          .choices(Object.keys(CI_FILES))
          .argParser((value: string, previous: string[] | undefined) => {
            if (!Object.hasOwn(CI_FILES, value)) throw noFilesFor(value);
            return collect(value, previous);
          }),
      )
      .action((options: InitOptions) => runInit(context(), options));
  },
};

/** The choices made by flags or by the user. */
interface Choices {
  readonly format: 'json' | 'yaml';
  readonly fromAccount: boolean;
  readonly ci: readonly CiSystem[];
  /** Declares hidden headers of the account, each value as a variable to set. */
  readonly headers: boolean;
  /** Also turns parts of its URLs that look secret into variables. */
  readonly redact: boolean;
}

interface NewFile {
  readonly path: string;
  readonly text: string;
}

/** Writes a first config, and CI files on request. Never overwrites silently. */
export async function runInit(
  context: CanConfirm & CanRead & Pick<Context, 'env' | 'cwd' | 'home'>,
  options: InitOptions,
): Promise<void> {
  const { io, cwd } = context;
  const existing = context.globals.config.length > 0 ? [] : await configNamesIn(cwd);
  const choices = await choose(context, options);
  if (choices.redact && !choices.fromAccount) {
    throw new UsageError('`--redact` needs `--from-account`', { hint: 'Add `--from-account`.' });
  }
  const kept = isForCiAlone(context, options) ? existing[0] : undefined;
  if (kept === undefined) refuseSecond(existing, `pdactions.config.${choices.format}`);
  else io.say(line(`${kept} already exists and stays unchanged.`));
  const config = kept === undefined ? [await configFile(context, choices)] : [];
  const forCi = choices.ci.flatMap((system) => CI_FILES[system].files);
  await confirmOverwrite(
    context,
    [...config, ...forCi].map(({ path }) => path),
  );
  const schema = config[0] ? await schemaBeside(config[0].path, cwd) : [];
  for (const file of [...config, ...schema]) await write(context, file);
  const facts = { ...(await variablesOf(context, config[0]?.path)), branch: branchOf(cwd) };
  for (const file of await ciFiles(choices.ci, facts)) {
    await write(context, file);
  }
  if (choices.ci.length > 0) {
    io.say(
      line(
        'In the CI files, check the branch, the paths and PDACTIONS_PACKAGE (the npm name of the package).',
      ),
    );
  }
  if (kept === undefined)
    io.say(line('Next: edit the config, then run `pdactions validate` and `pdactions plan`.'));
}

async function write({ io, cwd }: Pick<Context, 'io' | 'cwd'>, { path, text }: NewFile): Promise<void> {
  await mkdir(dirname(resolve(cwd, path)), { recursive: true });
  const pending = await openPendingFile(path, cwd, path.endsWith('.sh') ? 0o755 : 0o644);
  await pending.commit(text);
  io.say(line(signed('ok', '✓ '), path));
}

/** The variables that the config refers to, whether they are set on this machine or not. */
async function variablesOf(
  { cwd, env, home, globals }: Pick<Context, 'globals' | 'env' | 'cwd' | 'home'>,
  written: string | undefined,
): Promise<Pick<CiFacts, 'variables' | 'urlVariables'>> {
  const { loadConfig } = await import('../../../config/load-config.ts');
  const explicit = written ?? globals.config;
  const loaded = await loadConfig({ cwd, env, home: home() || undefined, explicit });
  return { variables: loaded?.variables ?? [], urlVariables: loaded?.urlVariables ?? [] };
}

/** True if only files for CI are requested, so that an existing config does not matter. */
function isForCiAlone({ globals }: Pick<Context, 'globals'>, { ci, fromAccount }: InitOptions): boolean {
  return ci !== undefined && fromAccount === undefined && globals.format === undefined;
}

/** Only one config per folder is used, so a second one is refused. */
function refuseSecond(existing: readonly string[], name: string): void {
  const other = existing.find((file) => file !== name);
  if (other === undefined || existing.includes(name)) return;
  throw new UsageError(`${other} already exists, and pdactions reads only one config per folder`, {
    hint: `Nothing was written. Remove it first, or choose another path with \`--config FILE\`.`,
  });
}

async function choose(
  context: CanConfirm,
  { fromAccount, ci, headers = false, redact = false }: InitOptions,
): Promise<Choices> {
  const { format } = context.globals;
  if (format !== undefined && format !== 'json' && format !== 'yaml') {
    throw new UsageError(`a config cannot be written as ${format}`, { hint: 'Use --format json or yaml.' });
  }
  const silent = format !== undefined || fromAccount !== undefined || ci !== undefined;
  if (silent || !context.io.canPrompt) {
    return { format: format ?? 'yaml', fromAccount: fromAccount ?? false, ci: ci ?? [], headers, redact };
  }
  const prompter = await context.prompter();
  return {
    headers,
    redact,
    format: await prompter.select<'json' | 'yaml'>({
      message: 'Which format?',
      choices: [
        { value: 'yaml', name: 'YAML', description: 'with comments on each part' },
        { value: 'json', name: 'JSON', description: 'editors complete it from its schema' },
      ],
    }),
    fromAccount: await prompter.select<boolean>({
      message: 'Start from:',
      choices: [
        { value: false, name: 'an example', description: 'two buttons on one service, for you to edit' },
        { value: true, name: 'the account', description: 'every existing button' },
      ],
    }),
    ci: await prompter.checkbox<CiSystem>({
      message: 'Which CI files do you want to add?',
      choices: (Object.keys(CI_FILES) as CiSystem[]).map((value) => ({
        value,
        name: CI_FILES[value].name,
        description: CI_FILES[value].files.map(({ path }) => path).join(', '),
      })),
    }),
  };
}

async function configFile(
  context: CanRead & Pick<Context, 'globals' | 'io'>,
  { format, fromAccount, headers, redact }: Choices,
): Promise<NewFile> {
  const path = context.globals.config[0] ?? `pdactions.config.${format}`;
  if (!fromAccount) return { path, text: format === 'yaml' ? STARTER_YAML : `${toJson(STARTER_DOCUMENT)}\n` };
  const { account, services, all, actions } = await readAccount(context, undefined);
  const { exportConfig } = await import('../../../config/export/export.ts');
  const teams = await sharedTeams(context, services);
  const exported = exportConfig(account, services, all, actions, { headers, redact, teams });
  for (const parts of exportNotes(exported)) context.io.say(parts);
  return { path, text: await exportText(exported, format) };
}
