/** Finds the presses from the command line and from prompts. */
import type { LiveAction } from '../../../core/action.ts';
import { RefusedError, RemoteError } from '../../../errors.ts';
import type { Incident, PressStore } from '../../../pagerduty/stores/press-store.ts';
import { placeOf } from '../../ask/action-choices.ts';
import { expectWritable, findActions } from '../../ask/find-action.ts';
import { pickAction } from '../../ask/pick-actions.ts';
import { isOn, servicesFor } from '../../ask/selectors.ts';
import type { CanFind, CanPick, Context } from '../../context.ts';
import { pickIncident } from './pick-incident.ts';
import type { ChosenPress } from './press.ts';

/** The values of the command line. */
export interface PressChoice {
  readonly action: string | undefined;
  readonly incidents: readonly string[];
  readonly services: readonly string[] | undefined;
}

/** The presses; prompts for a missing incident or action. @throws RefusedError for impossible ones */
export async function choosePresses(
  context: CanFind,
  store: PressStore,
  { action, incidents, services }: PressChoice,
): Promise<readonly ChosenPress[]> {
  if (incidents.length > 0) return pressesOn(context, store, action, incidents, services);
  if (action !== undefined) return askedPress(context, store, action, services ?? []);
  const incident = await pickIncident(context, store, undefined);
  return [{ action: await askButton(context, incident), incident }];
}

/** The button with that label on each incident's own service, so that one label on many services needs no `--service`. */
async function pressesOn(
  context: CanFind,
  store: PressStore,
  text: string | undefined,
  references: readonly string[],
  services: readonly string[] | undefined,
): Promise<readonly ChosenPress[]> {
  return context.activity.while('reading incidents', async () => {
    const read = await Promise.all(
      [...new Set(references)].map((reference) => readIncident(store, reference)),
    );
    const incidents = [...new Map(read.map((incident) => [incident.id, incident])).values()];
    if (services) await expectOn(context, incidents, services);
    const chosen = new Map<string, LiveAction>();
    for (const incident of incidents) {
      const { id } = incident.service;
      if (!chosen.has(id)) chosen.set(id, await buttonOn(context, incident, text));
    }
    return incidents.flatMap((incident) => {
      const action = chosen.get(incident.service.id);
      return action ? [{ action, incident }] : [];
    });
  });
}

async function buttonOn(context: CanFind, incident: Incident, text: string | undefined): Promise<LiveAction> {
  if (text === undefined) return askButton(context, incident);
  const services = [`id:${incident.service.id}`];
  const matches = await findActions(context, [text], { services, verb: 'press' }).catch((error: unknown) => {
    if (error instanceof RefusedError && error.reason === 'gone') return error;
    throw error;
  });
  if (matches instanceof RefusedError) throw await notThere(context, text, incident, matches);
  const [action] = matches;
  if (action && isOn(action, incident.service.id)) {
    expectWritable(action);
    return action;
  }
  throw await notThere(context, text, incident, undefined);
}

function askButton(context: CanPick, { service }: Incident): Promise<LiveAction> {
  context.activity.end();
  return pickAction(context, [`id:${service.id}`], { message: `Which button of ${service.name}?` });
}

/** Lists at most this many places of one label. */
const MOST_LISTED = 5;

/** The button is not on the incident's service, so this names the services that have it. */
async function notThere(
  context: Pick<Context, 'store'>,
  text: string,
  { id, service }: Incident,
  unknown: RefusedError | undefined,
): Promise<RefusedError> {
  const all = await (await context.store()).actions('all');
  const elsewhere = all.filter((action) => action.label === text || action.id === text);
  // No service has it, so the name is wrong.
  if (elsewhere.length === 0 && unknown) return unknown;
  const unlisted = elsewhere.length - MOST_LISTED;
  const label = elsewhere[0]?.label ?? text;
  return new RefusedError(
    `\`${label}\` is not on ${service.name} (${service.id}), the service of the incident ${id}`,
    {
      details: [
        ...elsewhere.slice(0, MOST_LISTED).map((action) => `it is on ${placeOf(action)}  ${action.id}`),
        ...(unlisted > 0 ? [`and on ${unlisted} more`] : []),
      ],
      hint: `Run \`pdactions list --service id:${service.id}\` to see its buttons. Nothing was pressed.`,
    },
  );
}

async function readIncident(store: PressStore, reference: string): Promise<Incident> {
  try {
    return await store.incident(reference);
  } catch (error) {
    if (!(error instanceof RemoteError) || error.reason !== 'gone') throw error;
    throw new RefusedError(`found no incident ${reference}`, {
      reason: 'gone',
      hint: 'Use its id or number; both are on its page in PagerDuty. Nothing was pressed.',
    });
  }
}

/** With `--service`, the incidents must be of these services. @throws RefusedError for any other */
async function expectOn(
  context: Pick<Context, 'store'>,
  incidents: readonly Incident[],
  services: readonly string[],
): Promise<void> {
  const named = new Set((await servicesFor(await context.store(), services)).map(({ id }) => id));
  const other = incidents.find(({ service }) => !named.has(service.id));
  if (!other) return;
  throw new RefusedError(
    `the incident ${other.id} is on ${other.service.name} (${other.service.id}), which \`--service\` does not select`,
    { hint: 'Leave out `--service`: an incident has only one service. Nothing was pressed.' },
  );
}

async function askedPress(
  context: CanFind,
  store: PressStore,
  text: string,
  services: readonly string[],
): Promise<readonly ChosenPress[]> {
  const [action] = await findActions(context, [text], { services, verb: 'press' });
  if (!action) return [];
  return [{ action, incident: await pickIncident(context, store, expectWritable(action)) }];
}
