/** The questions of `update`. */
import type { LiveAction } from '../../../core/action.ts';
import { hidesSomething } from '../../../core/same/redacted.ts';
import { type Choice, WentBack } from '../../../ui/prompt/prompter.ts';
import { renderCounts } from '../../../ui/render/plan/plan-counts.ts';
import { renderGroups } from '../../../ui/render/plan/plan-groups.ts';
import { plural } from '../../../ui/text/plural.ts';
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
  type WantedFields,
} from './prepare.ts';

/** The actions to change, and the words that name them on a command line. */
export interface Subject {
  readonly actions: readonly LiveAction[];
  readonly words: readonly string[];
}

/** Prompts for the fields to change, shows both sides, and lets every answer be changed. @returns null if nothing changes */
export async function askUpdate(
  context: CanConfirm & CanRead & Pick<Context, 'clock' | 'env'>,
  { actions, words }: Subject,
  flags: WantedFields,
  options: UpdateOptions,
): Promise<Ready | null> {
  const draft: Draft = { label: flags.label, url: flags.url, headers: flags.headers ?? undefined, typed: {} };
  const ask = (field: Field, back: boolean): Promise<void> => askOf(context, actions, draft, field, back);
  if (!asksForSomething(options)) await askWhat(context, actions, ask);
  return finalMenu(context, {
    ...(actions.length === 1
      ? { question: 'Change it?', doIt: 'Yes, change it' }
      : { question: 'Change them?', doIt: 'Yes, change them' }),
    fields: () => FIELDS.map(({ value, name }) => ({ field: value, name })),
    prepare: async () => {
      const wanted = { ...draft, headers: draft.headers ?? null };
      const ready = await prepareUpdate(context, actions, wanted, options);
      if (ready) preview(context, ready);
      else context.io.say(line(likeThat(actions)), { always: true });
      return ready;
    },
    edit: (field) => ask(field, true),
    words: () => ['update', ...words, ...draftWords(draft)],
  });
}

/** One action as its button and its request; several as a plan. */
function preview({ io }: Pick<Context, 'io'>, { plan, updates }: Ready): void {
  const [first, ...others] = updates;
  if (!first) return;
  const { after, before } = first;
  const names = after.headers?.map(({ name }) => name) ?? before.headerNames ?? [];
  const lines =
    others.length === 0
      ? previewLines(plan, after, names, io.width)
      : [line(), ...renderGroups(plan), ...renderCounts(plan), line()];
  for (const parts of lines) io.say(parts, { always: true });
}

const FIELDS: readonly (Choice<Field> & { readonly name: string })[] = [
  { value: 'label', name: 'the label' },
  { value: 'url', name: 'the endpoint' },
  {
    value: 'headers',
    name: 'the headers',
    description: 'you must give all of them again: their values cannot be read',
  },
];

/** Prompts for the fields to change, then for each of them; Esc at the first one leads back to the choice. */
async function askWhat(
  context: Pick<Context, 'prompter'>,
  actions: readonly LiveAction[],
  ask: (field: Field, back: boolean) => Promise<void>,
): Promise<void> {
  const prompter = await context.prompter();
  const where = actions.length === 1 ? '' : ` on ${plural(actions.length, 'service')}`;
  const fields = await prompter.checkbox<Field>({
    message: `What should change about ${actions[0]?.label}${where}?`,
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
    await askWhat(context, actions, ask);
  }
}

/** One field, with the action's current value on the line, unless PagerDuty hides a part of it. */
async function askOf(
  context: Pick<Context, 'prompter'>,
  actions: readonly LiveAction[],
  draft: Draft,
  field: Field,
  back: boolean,
): Promise<void> {
  const label = sharedBy(actions, (action) => action.label);
  const url = sharedBy(actions, (action) => action.url);
  const shown = url !== undefined && !hidesSomething(url) ? url : undefined;
  if (field === 'label') draft.typed.label ??= draft.label ?? label;
  if (field === 'url') draft.typed.url ??= draft.url ?? shown;
  const facts = { back, taken: [], url: url ?? '', templates: false };
  await askField(await context.prompter(), draft, field, facts);
}

/** The value that all of them share; undefined if they differ, or have none. */
function sharedBy(
  actions: readonly LiveAction[],
  of: (action: LiveAction) => string | null,
): string | undefined {
  const [first, ...others] = new Set(actions.map(of));
  return others.length === 0 ? (first ?? undefined) : undefined;
}
