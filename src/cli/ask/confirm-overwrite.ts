import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import type { CanConfirm, Context } from '../context.ts';

/**
 * Asks before files are replaced that somebody may have edited; `--yes` has answered already.
 * @throws UsageError when one of them is there, and nobody says that it may go
 */
export async function confirmOverwrite(
  context: CanConfirm & Pick<Context, 'cwd'>,
  paths: readonly string[],
): Promise<void> {
  const { io, cwd, globals, prompter } = context;
  const existing = paths.filter((path) => existsSync(resolve(cwd, path)));
  if (existing.length === 0 || globals.yes) return;
  const list = existing.join(', ');
  if (io.canPrompt && (await (await prompter()).confirm({ message: `Overwrite ${list}?`, default: false })))
    return;
  throw new UsageError(`${list} ${existing.length === 1 ? 'is' : 'are'} there already`, {
    hint: 'Nothing was written. Add `--yes` to overwrite, or remove the file first.',
  });
}
