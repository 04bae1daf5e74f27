import { CancelledError, UsageError } from '../../errors.ts';
import type { CanConfirm } from '../context.ts';

/**
 * Asks whether to go on; `--yes` has answered already.
 * @param what is needed off a terminal, for the error: `delete`
 * @throws UsageError when nobody can be asked; CancelledError when the answer is no
 */
export async function confirm(context: CanConfirm, message: string, what: string): Promise<void> {
  if (context.globals.yes) return;
  if (!context.io.canPrompt) {
    throw new UsageError(`${what} asks first, and there is no terminal to ask on`, {
      hint: 'Add `--yes` if that is meant. Nothing was done.',
    });
  }
  const prompter = await context.prompter();
  if (!(await prompter.confirm({ message, default: false }))) {
    throw new CancelledError('cancelled; nothing was done');
  }
}
