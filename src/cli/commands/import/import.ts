import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { type Imported, importTerraform } from '../../../config/import/terraform.ts';
import { readTerraform, type TerraformDocument } from '../../../config/import/terraform-json.ts';
import { AuthError, UsageError } from '../../../errors.ts';
import { readNamedFile } from '../../../read-named-file.ts';
import { plural } from '../../../ui/text/plural.ts';
import { type Line, line, styled } from '../../../ui/text/text.ts';
import { confirmOverwrite } from '../../ask/confirm-overwrite.ts';
import { type CommandSpec, READING } from '../../command.ts';
import type { CanConfirm, CanRead, Context } from '../../context.ts';
import { schemaHere, writeSchemaBeside } from '../../files/schema-beside.ts';
import { openPendingFile } from '../../files/write-file.ts';
import { exportFormat, exportNotes, exportText, REDACT } from '../../show/export-text.ts';

export interface ImportOptions {
  readonly out?: string | undefined;
  readonly release?: string | undefined;
  readonly redact?: boolean | undefined;
}

export const spec: CommandSpec = {
  name: 'import',
  summary: 'write a config from the state of another tool',
  group: 'code',
  rank: 6,
  scopes: READING,
  uses: ['pagerduty', 'result', 'confirmation'],
  examples: [
    'import terraform state.json -o pdactions.config.yaml',
    'import terraform plan.json -o pdactions.config.yaml --release removed.tf',
  ],
  define(command, context) {
    command
      .command('terraform')
      .description('import the output of `terraform show -json`, from a state or a plan')
      .argument('<file>', 'file with the output, or `-` for standard input')
      .option('-o, --out <file>', 'write the config to FILE instead of standard output')
      .option(
        '--release <file>',
        'write `removed` blocks or commands to FILE, to make Terraform forget the actions',
      )
      .option('--redact', REDACT)
      .action((file: string, options: ImportOptions) => runImportTerraform(context(), file, options));
  },
};

/** Writes the custom incident actions of a Terraform state as a config that plans to no change. Reads the account only if necessary. */
export async function runImportTerraform(
  context: CanConfirm & CanRead & Pick<Context, 'cwd' | 'stdin'>,
  file: string,
  options: ImportOptions,
): Promise<void> {
  const { io } = context;
  const format = exportFormat(context, options.out);
  const document = await readDocument(context, file);
  for (const secret of importTerraform(document).secrets) io.addSecret(secret);
  const imported = importTerraform(document, await actionsOf(context, document), options.redact);
  const wanted = [options.out, options.release].filter((path) => path !== undefined);
  await confirmOverwrite(context, wanted);
  const schema = options.out === undefined ? schemaHere(context.cwd) : undefined;
  const text = io.redact(await exportText(imported.exported, format, schema));
  if (options.release !== undefined) await write(context, options.release, imported.release.text);
  if (options.out === undefined) io.data(text);
  else {
    await write(context, options.out, text);
    await writeSchemaBeside(options.out, context);
  }
  for (const parts of notesOn(imported, options)) io.say(parts);
}

async function write({ cwd }: Pick<Context, 'cwd'>, path: string, text: string): Promise<void> {
  await (await openPendingFile(path, cwd)).commit(text);
}

async function readDocument(
  context: Pick<Context, 'cwd' | 'stdin'>,
  file: string,
): Promise<TerraformDocument> {
  const text =
    file === '-'
      ? await readAll(context.stdin())
      : await readNamedFile(resolve(context.cwd, file), 'the Terraform output', file);
  const result = readTerraform(text);
  if (result.ok) return result.document;
  throw new UsageError(`${file === '-' ? 'standard input' : file} cannot be imported: ${result.problem}`, {
    hint: result.fix,
  });
}

/** The same limit as for a named file. */
const LARGEST = 50 * 1024 * 1024;

async function readAll(stdin: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk));
    size += chunks.at(-1)?.length ?? 0;
    if (size > LARGEST)
      throw new UsageError('standard input is larger than 50 MB', {
        hint: 'Check that it is the right file.',
      });
  }
  return Buffer.concat(chunks).toString();
}

/** Decides by the account which ids are custom incident actions, if the document does not say; undefined without credentials. */
async function actionsOf(
  context: CanRead,
  { extensions, schemas }: TerraformDocument,
): Promise<((id: string) => boolean) | undefined> {
  if (extensions.every(({ schemaId }) => schemas.has(schemaId))) return undefined;
  try {
    const store = await context.store();
    const actions = await context.activity.while('reading', () => store.actions('all'));
    const ids = new Set(actions.map(({ id }) => id));
    return (id) => ids.has(id);
  } catch (error) {
    if (error instanceof AuthError) return undefined;
    throw error;
  }
}

function notesOn(
  { exported, release, stays }: Imported,
  { out, release: releaseFile }: ImportOptions,
): Line[] {
  const what = release.kind === 'blocks' ? '`removed` blocks' : '`terraform state rm` commands';
  return [
    ...exportNotes(exported, 'Imported'),
    ...(stays.length > 0
      ? [line(styled('warn', `${plural(stays.length, 'resource')} left in Terraform:`))]
      : []),
    ...stays.map(({ address, why }) => line(`  ${address}: ${why}`)),
    ...(releaseFile === undefined && release.text !== ''
      ? [
          line(`To make Terraform forget the imported ones (\`--release FILE\` writes this to a file):`),
          ...rowsOf(release.text),
        ]
      : []),
    ...(releaseFile !== undefined ? [line(`The ${what} are in `, styled('accent', releaseFile), '.')] : []),
    ...(out !== undefined
      ? [
          line(
            'Next: check that `pdactions plan --exit-code` finds no changes, then make Terraform forget the actions.',
          ),
        ]
      : []),
  ];
}

function rowsOf(text: string): Line[] {
  return text
    .trimEnd()
    .split('\n')
    .map((row) => line(styled('muted', `  ${row}`)));
}
