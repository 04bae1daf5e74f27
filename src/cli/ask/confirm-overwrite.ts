import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import type { CanConfirm, Context } from '../context.ts';
import { expectYes } from './confirm.ts';

/**
 * Asks before replacing files that the user may have edited; `--yes` skips the question.
 * @throws UsageError if one of them exists and there is no terminal to prompt on; DeclinedError if the answer is no
 */
export async function confirmOverwrite(
  context: CanConfirm & Pick<Context, 'cwd'>,
  paths: readonly string[],
): Promise<void> {
  const { io, cwd, globals } = context;
  const existing = paths.filter((path) => existsSync(resolve(cwd, path)));
  if (existing.length === 0 || globals.yes) return;
  const list = existing.join(', ');
  if (io.canPrompt) return expectYes(context, `Overwrite ${list}?`);
  throw new UsageError(`${list} already exist${existing.length === 1 ? 's' : ''}`, {
    hint: 'Nothing was written. Pass `--yes` to overwrite, or remove the file first.',
  });
}
