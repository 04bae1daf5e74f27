/** The questions of `update`. */
import type { LiveAction } from '../../../core/action.ts';
import { hidesSomething } from '../../../core/redacted.ts';
import { type Choice, WentBack } from '../../../ui/prompt/prompter.ts';
import { line } from '../../../ui/text/text.ts';
import { askField, type Draft, draftWords, type Field } from '../../ask/draft.ts';
import { finalMenu } from '../../ask/final-menu.ts';
import { inTurn } from '../../ask/in-turn.ts';
import type { CanConfirm, CanRead, Context } from '../../context.ts';
import { previewLines } from '../../plan/preview.ts';
import {
  asksForSomething,
  likeThat,
  prepareUpdate,
  type Ready,
  type UpdateOptions,
  type Wanted,
} from './prepare.ts';

/** Asks what should change, shows both sides, and lets every answer be changed. @returns null when nothing is to be done */
export async function askUpdate(
  context: CanConfirm & CanRead & Pick<Context, 'clock'>,
  action: LiveAction,
  flags: Wanted,
  options: UpdateOptions,
): Promise<Ready | null> {
  const draft: Draft = { label: flags.label, url: flags.url, headers: flags.headers ?? undefined, typed: {} };
  const ask = (field: Field, back: boolean): Promise<void> => askOf(context, action, draft, field, back);
  if (!asksForSomething(options)) await askWhat(context, action, ask);
  return finalMenu(context, {
    question: 'Change it?',
    doIt: 'Yes, change it',
    fields: () => FIELDS.map(({ value, name }) => ({ field: value, name })),
    prepare: async () => {
      const ready = await prepareUpdate(
        context,
        action,
        { ...draft, headers: draft.headers ?? null },
        options,
      );
      if (ready) preview(context, action, ready);
      else context.io.say(line(likeThat(action)), { always: true });
      return ready;
    },
    edit: (field) => ask(field, true),
    words: () => ['update', action.id, ...draftWords(draft)],
  });
}

function preview({ io }: Pick<Context, 'io'>, action: LiveAction, { plan, after }: Ready): void {
  const names = after.headers?.map(({ name }) => name) ?? action.headerNames ?? [];
  for (const parts of previewLines(plan, after, names, io.width)) io.say(parts, { always: true });
}

const FIELDS: readonly (Choice<Field> & { readonly name: string })[] = [
  { value: 'label', name: 'the label' },
  { value: 'url', name: 'the endpoint' },
  {
    value: 'headers',
    name: 'the headers',
    description: 'all of them have to be given again: they cannot be read',
  },
];

/** Asks which fields should change, then for each of them; Esc at the first one leads back to the choice. */
async function askWhat(
  context: Pick<Context, 'prompter'>,
  action: LiveAction,
  ask: (field: Field, back: boolean) => Promise<void>,
): Promise<void> {
  const prompter = await context.prompter();
  const fields = await prompter.checkbox<Field>({
    message: `What should change about ${action.label}?`,
    required: true,
    choices: FIELDS,
  });
  try {
    await inTurn(
      fields.map((field) => (back) => ask(field, back)),
      true,
    );
  } catch (error) {
    if (!(error instanceof WentBack)) throw error;
    await askWhat(context, action, ask);
  }
}

/** One field, with what the action has now on the line, unless PagerDuty hides a part of it. */
async function askOf(
  context: Pick<Context, 'prompter'>,
  { label, url }: LiveAction,
  draft: Draft,
  field: Field,
  back: boolean,
): Promise<void> {
  const shown = url !== null && !hidesSomething(url) ? url : undefined;
  if (field === 'label') draft.typed.label ??= draft.label ?? label;
  if (field === 'url') draft.typed.url ??= draft.url ?? shown;
  const facts = { back, taken: [], url: url ?? '', templates: false };
  await askField(await context.prompter(), draft, field, facts);
}
