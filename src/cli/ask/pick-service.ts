/** The service picker: found by typing, with the slots of each, and those that do not serve not to be chosen. */
import type { Service } from '../../core/action.ts';
import { type LiveService, liveByService, NOTHING } from '../../core/live.ts';
import { countSlots } from '../../core/slots.ts';
import { RefusedError } from '../../errors.ts';
import type { ActionStore } from '../../pagerduty/store.ts';
import type { Choice, Prompter } from '../../ui/prompt/prompter.ts';
import { slotSpan } from '../../ui/render/slots.ts';
import { displayWidth } from '../../ui/render/table.ts';
import { line, styled } from '../../ui/text/text.ts';

/** So many are looked up and shown at a time; an account can have thousands. */
const SHOWN = 10;
/** Slots stand in one column, but for names longer than this. */
const WIDEST = 40;

/** Why a service cannot be chosen; undefined when it can. */
export type Objection = (live: LiveService) => string | undefined;

/** For something new: it needs a slot. */
export const needsFreeSlot: Objection = (live) =>
  countSlots(live).free === 0 ? 'all three slots are taken' : undefined;

/** For something that is there: it has to be, and on this service alone (U1). */
export const needsActions: Objection = ({ own, shared }) => {
  if (own.length > 0) return undefined;
  return shared.length > 0 ? 'its actions stand on several services' : 'it has no actions';
};

/** Asks for a service. @throws RefusedError when the account has none */
export function pickService(prompter: Prompter, store: ActionStore, objection: Objection): Promise<Service> {
  const known = new Map<string, LiveService>();
  return prompter.search<Service>({
    message: 'On which service?',
    pageSize: SHOWN + 1,
    async source(term, signal) {
      const { services, more } = await store.searchServices(term.trim(), { limit: SHOWN, offset: 0 });
      if (services.length === 0 && term.trim() === '') throw noServices();
      if (signal.aborted) return [];
      const unknown = services.filter(({ id }) => !known.has(id));
      const live = liveByService(unknown.length === 0 ? [] : await store.actions(unknown));
      for (const { id } of unknown) known.set(id, live.get(id) ?? NOTHING);
      const choices = toChoices(services, (id) => known.get(id) ?? NOTHING, objection);
      return more ? [...choices, narrower(services[0])] : choices;
    },
  });
}

function toChoices(
  services: readonly Service[],
  liveOn: (id: string) => LiveService,
  objection: Objection,
): Choice<Service>[] {
  const names = services.map(({ name }) => name);
  const width = Math.max(...names.map(displayWidth).filter((columns) => columns <= WIDEST), 0);
  return services.map((service) => {
    const live = liveOn(service.id);
    const labels = [...live.own, ...live.shared].map(({ label }) => label);
    const twin = names.filter((name) => name === service.name).length > 1;
    const padding = ' '.repeat(Math.max(0, width - displayWidth(service.name)) + 2);
    return {
      value: service,
      name: line(
        service.name,
        padding,
        slotSpan(countSlots(live).used),
        styled('muted', twin ? `  ${service.id}` : ''),
      ),
      short: twin ? `${service.name} (${service.id})` : service.name,
      description: labels.length > 0 ? `carries ${labels.join(', ')}` : undefined,
      disabled: objection(live),
    };
  });
}

/** A last line that cannot be chosen; its value is never given back. */
function narrower(any: Service | undefined): Choice<Service> {
  const value = any ?? { id: '', name: '', teamIds: [], htmlUrl: null };
  return { value, name: line(styled('muted', '…')), disabled: 'there are more: type a part of the name' };
}

function noServices(): RefusedError {
  return new RefusedError('there are no services, or none that this token sees', {
    reason: 'gone',
    hint: 'A custom incident action stands on a service: create one in PagerDuty, or use a token that sees more.',
  });
}
