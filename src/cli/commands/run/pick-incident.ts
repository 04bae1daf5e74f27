import { RefusedError } from '../../../errors.ts';
import type { Incident, PressStore } from '../../../pagerduty/stores/press-store.ts';
import type { Choice } from '../../../ui/prompt/prompter.ts';
import { signed } from '../../../ui/text/signs.ts';
import { line, styled } from '../../../ui/text/text.ts';
import type { Context } from '../../context.ts';

/** Prompts for an open incident, of one service or of all, by its number, title, service or id. @throws RefusedError without an open incident */
export async function pickIncident(
  context: Pick<Context, 'activity' | 'prompter'>,
  store: PressStore,
  service: { readonly id: string; readonly name: string } | undefined,
): Promise<Incident> {
  const { items, hasMore } = await context.activity.while('reading incidents', () =>
    store.openIncidents(service?.id),
  );
  const [first] = items;
  if (!first) {
    const where = service ? `${service.name} (${service.id}) has` : 'the account has';
    throw new RefusedError(`${where} no open incident`, {
      reason: 'gone',
      hint: 'Choose another incident with `--incident ID`.',
    });
  }
  const prompter = await context.prompter();
  return prompter.find<Incident>({
    message: service ? `On which incident of ${service.name}?` : 'On which incident?',
    list: [...items.map(choice), ...(hasMore ? [older(first)] : [])],
  });
}

function choice(incident: Incident): Choice<Incident> {
  return {
    value: incident,
    name: line(incidentName(incident), '  ', styled('muted', `${incident.status}  ${incident.id}`)),
    description: incident.service.name,
    keywords: incident.service.name,
  };
}

/** A disabled last line, whose value is never returned. */
function older(any: Incident): Choice<Incident> {
  return { value: any, name: line(signed('muted', '…')), disabled: 'for older ones, use `--incident ID`' };
}

/** `#12 Checkout is slow`. */
export function incidentName({ number, title }: Pick<Incident, 'number' | 'title'>): string {
  return number === null ? title : `#${number} ${title}`;
}
