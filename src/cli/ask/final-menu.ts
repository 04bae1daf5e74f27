/** The last question of `create` and `update`: confirm, change an answer, or cancel. */
import { RefusedError, UsageError } from '../../errors.ts';
import { type Choice, WentBack } from '../../ui/prompt/prompter.ts';
import { renderError } from '../../ui/render/error.ts';
import { line, styled } from '../../ui/text/text.ts';
import type { CanConfirm, Context } from '../context.ts';
import { commandLine } from '../show/next-step.ts';

export interface MenuOptions<Ready, Field extends string> {
  /** `Create it?` */
  readonly question: string;
  /** `Create it` */
  readonly doIt: string;
  /** The current names of all fields that can be changed. */
  readonly fields: () => readonly { readonly field: Field; readonly name: string }[];
  /** Plans the change and shows it; null if nothing changes. @throws RefusedError, UsageError if it is impossible */
  readonly prepare: () => Promise<Ready | null>;
  /** Asks for a field again. May throw WentBack. */
  readonly edit: (field: Field) => Promise<void>;
  /** The command line equivalent to the answers, without the program. */
  readonly words: () => readonly string[];
}

/** @returns the plan; null if the user cancelled, which was reported */
export async function finalMenu<Ready, Field extends string>(
  context: CanConfirm & Pick<Context, 'activity'>,
  options: MenuOptions<Ready, Field>,
): Promise<Ready | null> {
  for (;;) {
    const ready = await prepared(context, options);
    if (context.globals.yes) return ready;
    const answer = await ask(context, options, ready !== null);
    if (answer === 'do') return ready;
    if (answer === 'cancel') {
      sayCancelled(context, options.words());
      return null;
    }
    await edited(options, answer.field);
  }
}

/** Null if the change is impossible: the reason was printed, and the user can change an answer. */
async function prepared<Ready>(
  context: Pick<Context, 'globals' | 'activity' | 'io'>,
  { prepare }: Pick<MenuOptions<Ready, never>, 'prepare'>,
): Promise<Ready | null> {
  try {
    return await prepare();
  } catch (error) {
    const isCurable = error instanceof RefusedError || error instanceof UsageError;
    if (!isCurable || context.globals.yes) throw error;
    context.activity.end();
    for (const parts of renderError(error, context.io)) context.io.say(parts, { always: true });
    return null;
  }
}

type MenuChoice<Field> = 'do' | 'cancel' | { readonly field: Field };

async function ask<Ready, Field extends string>(
  context: Pick<Context, 'prompter'>,
  { question, doIt, fields }: MenuOptions<Ready, Field>,
  isReady: boolean,
): Promise<MenuChoice<Field>> {
  const edits = fields().map(
    ({ field, name }): Choice<MenuChoice<Field>> => ({ value: { field }, name: `Edit ${name}` }),
  );
  const prompter = await context.prompter();
  try {
    return await prompter.select<MenuChoice<Field>>({
      message: isReady ? question : 'What next?',
      choices: [
        ...(isReady ? [{ value: 'do', name: doIt } as const] : []),
        ...edits,
        { value: 'cancel', name: 'Cancel' },
      ],
      back: true,
    });
  } catch (error) {
    const last = fields().at(-1);
    if (error instanceof WentBack && last) return { field: last.field };
    throw error;
  }
}

/** Esc leaves a field unchanged. */
async function edited<Field extends string>(
  { edit }: { readonly edit: (field: Field) => Promise<void> },
  field: Field,
): Promise<void> {
  try {
    await edit(field);
  } catch (error) {
    if (!(error instanceof WentBack)) throw error;
  }
}

function sayCancelled(context: Pick<Context, 'globals' | 'io'>, words: readonly string[]): void {
  const { io } = context;
  io.say(line('Cancelled; nothing was written. To continue from here:'), { always: true });
  // Backticks keep it in one piece, for copying.
  io.say(line('`', styled('accent', commandLine(context, words)), '`'), { always: true });
}
