import { DeclinedError, UsageError } from '../../errors.ts';
import { WentBack } from '../../ui/prompt/prompter.ts';
import type { CanConfirm, Context } from '../context.ts';

/**
 * Asks for confirmation; `--yes` skips it.
 * @param what the action to confirm, for the error off a terminal: `delete`
 * @throws UsageError without a terminal to prompt on; DeclinedError if the answer is no
 */
export async function confirm(context: CanConfirm, message: string, what: string): Promise<void> {
  if (context.globals.yes) return;
  if (!context.io.canPrompt) {
    throw new UsageError(`${what} needs confirmation, and this is not an interactive terminal`, {
      hint: 'Nothing was done. Pass `--yes` to confirm.',
    });
  }
  await expectYes(context, message);
}

/** Asks a question that only yes passes. @throws DeclinedError after no or Esc, CancelledError after Ctrl-C */
export async function expectYes(context: Pick<Context, 'prompter'>, message: string): Promise<void> {
  const prompter = await context.prompter();
  const isYes = await prompter.confirm({ message, default: false, back: true }).catch((error: unknown) => {
    if (error instanceof WentBack) return false;
    throw error;
  });
  if (!isYes) throw new DeclinedError();
}
