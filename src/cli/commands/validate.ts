import type { ConfigFile } from '../../config/config.ts';
import { ConfigError, type Problem } from '../../errors.ts';
import { DOCUMENT_VERSION } from '../../ui/render/action-document.ts';
import { writeRows } from '../../ui/render/rows.ts';
import { plural } from '../../ui/text/plural.ts';
import { addCiOptions, type CiOptions, openCiReport } from '../ci/report.ts';
import type { CommandSpec } from '../command.ts';
import type { CanShow, ConfigDemands, Context } from '../context.ts';
import { WARNINGS_AS_ERRORS } from '../options.ts';
import { showDocument } from '../show/show-document.ts';

export interface ValidateOptions extends CiOptions, ConfigDemands {}

export const spec: CommandSpec = {
  name: 'validate',
  summary: 'check the config offline',
  group: 'code',
  rank: 3,
  scopes: 'none',
  document: 'validate',
  uses: ['config', 'result'],
  examples: ['validate', 'validate --placeholders --warnings-as-errors'],
  define(command, context) {
    addCiOptions(command)
      .option('--placeholders', 'use placeholders for variables that are not set')
      .option('--warnings-as-errors', WARNINGS_AS_ERRORS)
      .action((options: ValidateOptions) => runValidate(context(), options));
  },
};

/** Checks the config alone. Problems are thrown as a ConfigError; a document contains them as data as well. */
export async function runValidate(
  context: CanShow & Pick<Context, 'globals' | 'config' | 'env' | 'cwd' | 'atExit'>,
  options: ValidateOptions,
): Promise<void> {
  await openCiReport(context, 'validate', options);
  const config = await context.config(options).catch(async (error: unknown) => {
    if (error instanceof ConfigError && (context.format === 'json' || context.format === 'yaml')) {
      const problems = error.problems.length === 0 ? [asProblem(error)] : error.problems;
      await showDocument(context, { version: DOCUMENT_VERSION, command: 'validate', valid: false, problems });
    }
    throw error;
  });
  const { file, files, actions, selections } = config;
  await writeRows(context.io, context.format, {
    columns: [
      { key: 'file', title: 'FILE', flexible: true },
      { key: 'result', title: 'RESULT' },
      { key: 'content', title: 'CONTENT' },
    ],
    rows: files.map((each) => ({ file: each.file, result: 'valid', content: contentOf(each) })),
    json: {
      version: DOCUMENT_VERSION,
      command: 'validate',
      valid: true,
      file,
      actions: actions.size,
      selectors: selections.length,
      files: files.map(({ file: name, role, actions: count, selections: entries }) => ({
        file: name,
        role,
        actions: count,
        selectors: entries,
      })),
    },
  });
}

/** A config that is missing, as a problem of no line. */
function asProblem({ message, hint = '' }: ConfigError): Problem {
  return { file: '', path: '', message, fix: hint };
}

function contentOf({ role, actions, selections }: ConfigFile): string {
  const declared = plural(actions, 'action');
  return role === 'base'
    ? `${declared}, extended by others`
    : `${declared}, ${plural(selections, 'service selector')}`;
}
