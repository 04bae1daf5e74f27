/** The service picker: found by typing, with the slots of each, full services not to be chosen. */
import type { Service } from '../core/action.ts';
import { type LiveService, liveByService, NOTHING } from '../core/live.ts';
import { countSlots } from '../core/slots.ts';
import type { ActionStore } from '../pagerduty/store.ts';
import type { Choice, Prompter } from '../ui/prompter.ts';
import { slotSpan } from '../ui/render/slots.ts';
import { line, styled } from '../ui/text.ts';

/** So many are looked up and shown at a time; an account can have thousands. */
const SHOWN = 10;

/** Asks for a service that has a free slot. */
export function pickService(prompter: Prompter, store: ActionStore, message: string): Promise<Service> {
  const known = new Map<string, LiveService>();
  return prompter.search<Service>({
    message,
    pageSize: SHOWN,
    async source(term, signal) {
      const { services, more } = await store.searchServices(term.trim(), { limit: SHOWN, offset: 0 });
      if (signal.aborted) return [];
      const unknown = services.filter(({ id }) => !known.has(id));
      const live = liveByService(unknown.length === 0 ? [] : await store.actions(unknown));
      for (const { id } of unknown) known.set(id, live.get(id) ?? NOTHING);
      const choices = services.map((service) => choice(service, known.get(service.id) ?? NOTHING));
      return more ? [...choices, narrower(services[0])] : choices;
    },
  });
}

function choice(service: Service, live: LiveService): Choice<Service> {
  const { used, free } = countSlots(live);
  const labels = [...live.own, ...live.shared].map(({ label }) => label);
  return {
    value: service,
    name: line(service.name, '  ', slotSpan(used)),
    ...(labels.length > 0 ? { description: `carries ${labels.join(', ')}` } : {}),
    ...(free === 0 ? { disabled: 'all three slots are taken' } : {}),
  };
}

/** A last line that cannot be chosen; its value is never given back. */
function narrower(any: Service | undefined): Choice<Service> {
  const value = any ?? { id: '', name: '', teamIds: [], htmlUrl: null };
  return { value, name: line(styled('muted', '…')), disabled: 'there are more: type a part of the name' };
}
