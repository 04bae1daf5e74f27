/** Changes the config file: checks the result, shows the lines, writes the file whole, and shows the plan. */
import { readFile, stat } from 'node:fs/promises';
import type { ConfigResult } from '../../config/config.ts';
import type { ConfigChange } from '../../config/edit/edit.ts';
import type { FoundConfig } from '../../config/find/find.ts';
import { AuthError, ConfigError, PdactionsError, RefusedError, UsageError } from '../../errors.ts';
import { DOCUMENT_VERSION } from '../../ui/render/action-document.ts';
import { signed } from '../../ui/text/signs.ts';
import { line, styled } from '../../ui/text/text.ts';
import type { CanPlan, CanShow, Context } from '../context.ts';
import { openPendingFile } from '../files/write-file.ts';
import { planLines, preparePlan } from '../plan/prepare-plan.ts';
import { commandLine } from '../show/next-step.ts';
import { showDocument, wantsDocument } from '../show/show-document.ts';

/** The parts of a context that an edit uses. */
export type CanEdit = CanPlan & CanShow & Pick<Context, 'globals' | 'home'>;

/** The current config, for commands that decide on the change. */
export interface Editing {
  readonly source: FoundConfig;
  readonly config: Extract<ConfigResult, { readonly ok: true }>['config'];
}

/** A decided change. */
export interface ConfigEdit {
  readonly command: 'add' | 'remove';
  readonly changes: readonly ConfigChange[];
  /** The words after `pdactions` of the command that undoes it; null if no single command does. */
  readonly undo: readonly string[] | null;
  /** The text to write by hand if the file cannot be changed. */
  readonly paste: readonly string[];
  readonly dryRun: boolean;
}

/** Reads the config to change. @throws ConfigError, UsageError if that is impossible */
export async function openConfig(context: CanEdit, paste: readonly string[]): Promise<Editing> {
  const { editTarget, loadWith } = await import('../../config/edit/target.ts');
  const options = loadOptions(context);
  const target = await editTarget(options);
  if (target.kind === 'several') {
    throw new UsageError('cannot tell which of several config files to change', {
      hint: 'Pass `--config` once.',
    });
  }
  if (target.kind === 'none') {
    const hint = `Run \`pdactions init\` to create one. ${byHand(paste)}`;
    if (target.problems.length === 0) throw new ConfigError('found no config file to change', [], { hint });
    throw new ConfigError('the config file cannot be changed', target.problems, { hint: byHand(paste) });
  }
  const { source, isGenerated } = target;
  if (isGenerated) {
    throw new ConfigError(`${source.file} is marked as generated, so a change to it would be lost`, [], {
      hint: `Change the file that it is generated from. ${byHand(paste)}`,
    });
  }
  const result = await loadWith(options, source, source.text);
  if (!result?.ok) throw invalid('the config has problems; fix them first', result);
  return { source, config: result.config };
}

/** Makes the change. @throws ConfigError if the result would be invalid; nothing is written then */
export async function changeConfig(context: CanEdit, { source }: Editing, edit: ConfigEdit): Promise<void> {
  const asDocument = wantsDocument(context);
  const text = await changed(context, source, edit);
  const lines = changedLines(source.text, text);
  if (!asDocument) showLines(context, source, lines);
  if (!edit.dryRun) await write(context, source, text);
  const undo = edit.undo && commandLine(context, edit.undo);
  sayDone(context, source, edit, undo);
  if (asDocument) {
    const { command, dryRun } = edit;
    const facts = { version: DOCUMENT_VERSION, command, file: source.file, dryRun };
    await showDocument(context, { ...facts, ...lines, undo });
  } else if (!edit.dryRun) await showPlan(context);
}

/** A flag with each of its values, as words of a command line. */
export function repeated(flag: string, values: readonly string[]): string[] {
  return values.flatMap((value) => [`--${flag}`, value]);
}

/** Reports that the config already has the change. */
export async function showUnchanged(
  context: CanShow,
  { source }: Editing,
  command: ConfigEdit['command'],
  why: string,
): Promise<void> {
  if (!wantsDocument(context)) {
    context.io.say(line(styled('ok', 'No changes.'), ` ${why}`));
    return;
  }
  const nothing = { dryRun: false, removed: [], added: [], undo: null };
  await showDocument(context, { version: DOCUMENT_VERSION, command, file: source.file, ...nothing });
}

function loadOptions({ cwd, env, home, globals }: CanEdit) {
  const { config: explicit, allowEnv } = globals;
  return { cwd, env, home: home() || undefined, explicit, allowEnv };
}

async function changed(
  context: CanEdit,
  source: FoundConfig,
  { changes, paste }: ConfigEdit,
): Promise<string> {
  const { editConfig } = await import('../../config/edit/edit.ts');
  const { loadWith } = await import('../../config/edit/target.ts');
  const text = editConfig(source.text, source.format, changes);
  if (text === undefined) {
    throw new ConfigError(`${source.file} cannot be changed without changing something else in it`, [], {
      hint: `It may use an alias or an anchor there. ${byHand(paste)}`,
    });
  }
  const result = await loadWith(loadOptions(context), source, text);
  if (!result?.ok) throw invalid('the config would have problems, so nothing was written', result);
  return text;
}

function invalid(message: string, result: ConfigResult | null): ConfigError {
  return new ConfigError(message, result && !result.ok ? result.problems : []);
}

function byHand(paste: readonly string[]): string {
  return `To do it by hand: ${paste.join('; ')}.`;
}

/** Replaces the file that was read, whole. @throws RefusedError if another process has changed it meanwhile */
async function write(
  { cwd }: CanEdit,
  { path, file, text: before }: FoundConfig,
  text: string,
): Promise<void> {
  const now = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  if (now !== before) {
    throw new RefusedError(`${file} was changed while this command ran`, {
      reason: 'conflict',
      hint: 'Nothing was written. Run the command again.',
    });
  }
  const { mode } = await stat(path);
  const pending = await openPendingFile(path, cwd, mode & 0o777);
  await pending.commit(text);
}

/** The removed and added lines, without the equal lines before and after them. */
function changedLines(
  before: string,
  after: string,
): { readonly removed: string[]; readonly added: string[] } {
  const [old, fresh] = [before.split(/\r?\n/), after.split(/\r?\n/)];
  return { removed: without(old, fresh), added: without(fresh, old) };
}

/** The rows of the first that the second lacks, each as often as it occurs. */
function without(rows: readonly string[], others: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const row of others) counts.set(row, (counts.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const count = counts.get(row) ?? 0;
    counts.set(row, count - 1);
    return count <= 0;
  });
}

function showLines(
  { io }: CanEdit,
  { file }: FoundConfig,
  { removed, added }: ReturnType<typeof changedLines>,
): void {
  io.out(line(styled('strong', file)));
  for (const row of removed) io.out(line(styled('removed', `- ${row}`)));
  for (const row of added) io.out(line(styled('added', `+ ${row}`)));
}

function sayDone({ io }: CanEdit, { file }: FoundConfig, { dryRun }: ConfigEdit, undo: string | null): void {
  if (dryRun) {
    io.say(line(styled('muted', 'Nothing was written (--dry-run).')));
    return;
  }
  io.say(
    line(
      signed('ok', '✓ '),
      `Changed ${file}. `,
      styled('muted', undo === null ? '' : `Undo with \`${undo}\`.`),
    ),
  );
}

/** Shows the plan of the changed config if an account is known; otherwise suggests the command to run. The file has already been written. */
async function showPlan(context: CanEdit): Promise<void> {
  const { io, activity } = context;
  try {
    const prepared = await preparePlan(context, {});
    io.out(line());
    for (const parts of planLines(prepared, {})) io.out(parts, { prose: true });
  } catch (error) {
    activity.end();
    if (!(error instanceof PdactionsError) || error.kind === 'cancelled') throw error;
    const why = error instanceof AuthError ? '' : `The plan cannot be shown: ${error.message}. `;
    const next = `Next: \`${commandLine(context, ['plan'])}\` shows what this changes on PagerDuty.`;
    io.say(line(why, styled('muted', next)));
  }
}
