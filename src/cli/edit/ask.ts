/** The questions of `add` and `remove`, for what the command line leaves out. */
import type { Config } from '../../config/config.ts';
import type { Service } from '../../core/action.ts';
import { parseSelector } from '../../core/selector.ts';
import { UsageError } from '../../errors.ts';
import type { ActionStore } from '../../pagerduty/store.ts';
import { line, styled } from '../../ui/text/text.ts';
import { pickServices } from '../ask/pick-service.ts';
import type { CanRead, Context } from '../context.ts';

export type CanAskEdit = CanRead & Pick<Context, 'prompter' | 'io'>;

/** @throws UsageError off a terminal, where nothing can be asked for */
export function expectPrompts({ io }: Pick<Context, 'io'>, message: string, example: string): void {
  if (io.canPrompt) return;
  throw new UsageError(message, { hint: `For example \`pdactions ${example}\`.` });
}

/** Asks for a definition of the config. @throws UsageError if it has none */
export async function askKey(
  context: CanAskEdit,
  { actions, selections }: Config,
  message: string,
): Promise<string> {
  if (actions.size === 0) {
    throw new UsageError('the config defines no actions', {
      hint: 'Define one with `pdactions add KEY --to SELECTOR --label TEXT --url URL`.',
    });
  }
  const prompter = await context.prompter();
  const list = [...actions.values()].map(({ key, label }) => {
    const uses = selections.filter(({ actionKeys }) => actionKeys.includes(key));
    const on = uses.map(({ selector }) => selector.text).join(', ');
    return {
      value: key,
      name: line(key, styled('muted', `  ${label}`)),
      short: key,
      description: on === '' ? line('on no service') : line('on ', on),
    };
  });
  return prompter.find({ message, list });
}

/** Asks for services of the account. @returns selectors: the name where it is the only one, otherwise the id */
export async function askSelectors(context: CanAskEdit): Promise<readonly string[]> {
  const services = await pickServices(context, { full: true });
  const store = await context.store();
  return Promise.all(services.map((service) => selectorOf(store, service)));
}

async function selectorOf(store: ActionStore, { id, name }: Service): Promise<string> {
  const selector = parseSelector(name);
  if ('invalid' in selector || selector.kind !== 'name') return `id:${id}`;
  const { services } = await store.searchServices(name, { limit: 100, offset: 0 });
  return services.filter((service) => service.name === name).length === 1 ? name : `id:${id}`;
}

/** Asks which of these entries of `services` are meant. */
export async function askEntries(
  context: CanAskEdit,
  key: string,
  texts: readonly string[],
): Promise<readonly string[]> {
  const prompter = await context.prompter();
  const choices = texts.map((text) => ({ value: text, name: line(text), short: text }));
  return prompter.checkbox({
    message: `Which services should no longer list ${key}?`,
    choices,
    required: true,
  });
}
