import type { LiveAction } from '../core/action.ts';
import { liveByService } from '../core/live.ts';
import { maskUrl } from '../ui/mask-url.ts';
import { slotSpan } from '../ui/render/slots.ts';
import { line, styled } from '../ui/text.ts';
import type { Context } from './context.ts';
import { servicesFor } from './selectors.ts';

/** Asks for a service, unless one is named, then for actions on it. */
export async function pickActions(
  context: Context,
  selectors: readonly string[],
  message: string,
): Promise<readonly LiveAction[]> {
  const store = await context.store();
  const prompter = await context.prompter();
  const named = selectors.length > 0 ? await servicesFor(store, selectors) : null;
  const services = named ?? [
    await prompter.search({
      message: 'On which service?',
      async source(term) {
        const found = await store.searchServices(term.trim(), { limit: 10, offset: 0 });
        const live = liveByService(found.services.length === 0 ? [] : await store.actions(found.services));
        return found.services.map((service) => {
          const own = live.get(service.id)?.own ?? [];
          return {
            value: service,
            name: line(service.name, '  ', slotSpan(own.length)),
            ...(own.length === 0 ? { disabled: 'it has no actions' } : {}),
          };
        });
      },
    }),
  ];
  const actions = await store.actions(services);
  return prompter.checkbox({
    message,
    choices: actions.map((action) => ({
      value: action,
      name: line(action.label, styled('muted', `  ${action.id}`)),
      description: action.url === null ? '' : maskUrl(action.url),
    })),
  });
}
