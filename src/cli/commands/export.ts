import { UsageError } from '../../errors.ts';
import { confirmOverwrite } from '../ask/confirm-overwrite.ts';
import { headerVariables } from '../ask/headers.ts';
import { addServiceOption } from '../ask/selectors.ts';
import { type CommandSpec, READING } from '../command.ts';
import type { CanConfirm, CanRead, CanShow, Context } from '../context.ts';
import { schemaHere, writeSchemaBeside } from '../files/schema-beside.ts';
import { openPendingFile } from '../files/write-file.ts';
import { collect } from '../options.ts';
import { readAccount, sharedTeams } from '../read-account.ts';
import { exportFormat, exportNotes, exportText, REDACT } from '../show/export-text.ts';
import { sayNext } from '../show/next-step.ts';

export interface ExportFlags {
  readonly service?: readonly string[] | undefined;
  readonly out?: string | undefined;
  readonly headerEnv?: readonly string[] | undefined;
  /** False: `--no-headers`. */
  readonly headers?: boolean | undefined;
  readonly redact?: boolean | undefined;
  readonly detail?: boolean | undefined;
}

export const spec: CommandSpec = {
  name: 'export',
  summary: 'write the live account as a config',
  group: 'code',
  rank: 2,
  scopes: READING,
  uses: ['pagerduty', 'result', 'confirmation'],
  examples: [
    'export --no-headers -o pdactions.config.yaml',
    'export --service team:Payments --header-env Authorization=AUTOMATION_TOKEN',
  ],
  define(command, context) {
    addServiceOption(command, 'only these services (repeatable)')
      .option('-o, --out <file>', 'write to FILE instead of standard output')
      .option(
        '--header-env <pair>',
        'one variable for all headers of a name, as Name=VARIABLE (repeatable)',
        collect,
      )
      .option('--no-headers', 'declare no headers; they stay unchanged and need no variables')
      .option('--redact', REDACT)
      .option(
        '--detail',
        'list each service and definition separately, without teams, globs or `${service.*}`',
      )
      .action((options: ExportFlags) => runExport(context(), options));
  },
};

/** Writes the live account as a config that syncs to no change. */
export async function runExport(
  context: CanConfirm & CanRead & Pick<Context, 'format' | 'cwd'>,
  options: ExportFlags,
): Promise<void> {
  const { io } = context;
  const format = exportFormat(context, options.out);
  const choices = choicesOf(options);
  if (options.out !== undefined) await confirmOverwrite(context, [options.out]);
  // Fails on an unwritable target before the account is read.
  const file = options.out === undefined ? null : await openPendingFile(options.out, context.cwd);
  try {
    const { account, services, all, actions } = await readAccount(context, options.service);
    const { exportConfig } = await import('../../config/export/export.ts');
    const teams = choices.detail ? [] : await sharedTeams(context, services);
    const exported = exportConfig(account, services, all, actions, { ...choices, teams });
    const text = await exportText(
      exported,
      format,
      options.out === undefined ? schemaHere(context.cwd) : undefined,
    );
    if (file) await file.commit(io.redact(text));
    if (options.out !== undefined) await writeSchemaBeside(options.out, context);
    else io.data(text);
    for (const parts of exportNotes(exported)) io.say(parts);
    sayNextOf(context, options.out);
  } catch (error) {
    await file?.discard();
    throw error;
  }
}

function sayNextOf(context: CanShow & Pick<Context, 'globals'>, out: string | undefined): void {
  const { globals } = context;
  if (out === undefined) sayNext(context, ['export', '-o', 'pdactions.config.yaml'], 'writes it to a file');
  else sayNext({ ...context, globals: { ...globals, config: [out] } }, ['plan'], 'should find no changes');
}

function choicesOf({ headers, headerEnv, redact, detail }: ExportFlags) {
  if (headers === false && headerEnv !== undefined) {
    throw new UsageError('`--no-headers` and `--header-env` cannot be combined', {
      hint: 'Omit one of them.',
    });
  }
  return { headers, headerVariables: headerVariables(headerEnv), redact, detail };
}
