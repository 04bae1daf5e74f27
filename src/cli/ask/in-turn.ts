import { WentBack } from '../../ui/prompt/prompter.ts';

/** A question. `back`: whether Esc may leave it. */
export type AskStep = (back: boolean) => Promise<void>;

/**
 * Asks one question after the other; Esc goes back one question.
 * @param leave whether Esc at the first one leaves them all
 * @throws WentBack if the user left them
 */
export async function inTurn(steps: readonly AskStep[], leave = false): Promise<void> {
  let at = 0;
  while (at < steps.length) {
    try {
      await steps[at]?.(at > 0 || leave);
      at += 1;
    } catch (error) {
      if (!(error instanceof WentBack) || at === 0) throw error;
      at -= 1;
    }
  }
}
