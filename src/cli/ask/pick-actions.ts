/** Pickers for actions that are there: a service first, unless one is named, then what stands on it. */
import type { LiveAction } from '../../core/action.ts';
import { RefusedError } from '../../errors.ts';
import type { Choice } from '../../ui/prompt/prompter.ts';
import { line, styled } from '../../ui/text/text.ts';
import type { Context } from '../context.ts';
import { whyNotWritable } from './find-action.ts';
import { needsActions, pickService } from './pick-service.ts';
import { servicesFor } from './selectors.ts';

/** Asks for any number of actions. */
export async function pickActions(
  context: Context,
  selectors: readonly string[],
  message: string,
): Promise<readonly LiveAction[]> {
  const choices = await choicesOn(context, selectors);
  return (await context.prompter()).checkbox({ message, choices, required: true });
}

/** Asks for one action. */
export async function pickAction(
  context: Context,
  selectors: readonly string[],
  message: string,
): Promise<LiveAction> {
  const choices = await choicesOn(context, selectors);
  return (await context.prompter()).select({ message, choices });
}

async function choicesOn(context: Context, selectors: readonly string[]): Promise<Choice<LiveAction>[]> {
  const store = await context.store();
  const services =
    selectors.length > 0
      ? await servicesFor(store, selectors)
      : [await pickService(await context.prompter(), store, needsActions)];
  const actions = await store.actions(services);
  if (actions.every(whyNotWritable)) throw nothingThere(services.map(({ name }) => name));
  const showUrl = await context.liveUrls();
  return actions.map((action) => ({
    value: action,
    name: line(action.label, styled('muted', `  ${action.id}`)),
    short: action.label,
    description: showUrl(action.url),
    disabled: whyNotWritable(action),
  }));
}

function nothingThere(names: readonly string[]): RefusedError {
  return new RefusedError(`there is nothing on ${names.join(', ')} that could be changed`, {
    reason: 'gone',
    hint: '`pdactions list` shows what there is.',
  });
}
