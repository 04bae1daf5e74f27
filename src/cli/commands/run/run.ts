import type { LiveAction } from '../../../core/action.ts';
import { RefusedError, UsageError } from '../../../errors.ts';
import { createPressStore } from '../../../pagerduty/stores/press-store.ts';
import { DOCUMENT_VERSION } from '../../../ui/render/action-document.ts';
import { errorDocument } from '../../../ui/render/documents.ts';
import { renderError } from '../../../ui/render/error.ts';
import { type Cell, writeRows } from '../../../ui/render/rows.ts';
import { plural } from '../../../ui/text/plural.ts';
import { line, type Style, styled } from '../../../ui/text/text.ts';
import { confirm } from '../../ask/confirm.ts';
import { addServiceOption } from '../../ask/selectors.ts';
import { type CommandSpec, PRESSING } from '../../command.ts';
import type { CanApply, CanFind, CanShow, Context, SimulatedDelivery } from '../../context.ts';
import { collect } from '../../options.ts';
import { choosePresses } from './choose-presses.ts';
import { deliveryLine, deliveryOf, followDeliveries } from './deliveries.ts';
import { incidentReference } from './incident-reference.ts';
import { incidentName } from './pick-incident.ts';
import { type ChosenPress, type PressOutcome, pressAll, verdictsOfPresses } from './press.ts';

export interface RunFlags {
  readonly service?: readonly string[] | undefined;
  readonly incident?: readonly string[] | undefined;
  readonly from?: string | undefined;
}

export const spec: CommandSpec = {
  name: 'run',
  summary: 'press a button on incidents',
  group: 'press',
  rank: 1,
  scopes: PRESSING,
  takes: 'actions',
  document: 'run',
  uses: ['pagerduty', 'result', 'confirmation'],
  examples: [
    'run',
    'run "Restart Server" --incident 1432',
    'run "Restart Server" --service "Checkout API" --sandbox',
  ],
  define(command, context) {
    addServiceOption(
      command.argument('[action]', 'its id or label; prompts if omitted'),
      'the service it is on (repeatable); not needed with --incident',
    )
      .option('-i, --incident <id>', 'the incident to press it on: id, number or URL (repeatable)', collect)
      .option('--from <email>', 'email of the user who presses; required with account-level keys')
      .addHelpText(
        'after',
        `
It makes the call that PagerDuty's own front end makes. The API reference does not describe it, and it may change. If the response to a press is lost, the press is reported as unknown and never sent again.`,
      )
      .action((action: string | undefined, options: RunFlags) => runRun(context(), action, options));
  },
};

/** Presses a button on incidents, like a responder, through a call that PagerDuty does not document (fact 31, U10). */
export async function runRun(
  context: CanFind & CanApply & Pick<Context, 'format' | 'connection'>,
  text: string | undefined,
  options: RunFlags,
): Promise<void> {
  const { io } = context;
  const incidents = (options.incident ?? []).map(incidentReference);
  checkFlags(context, text, options);
  const store = createPressStore((await context.connection()).caller);
  const presses = await choosePresses(context, store, { action: text, incidents, services: options.service });
  for (const action of new Set(presses.map(({ action }) => action))) await expectAwake(context, action);
  await announce(context, presses);
  await confirm(context, presses.length === 1 ? 'Press it?' : `Press ${presses.length} buttons?`, 'run');
  const { simulation } = await context.connection();
  const follower = simulation && (await followDeliveries(simulation, context.clock));
  const { outcomes, deliveries } = await context.activity.while('pressing', async () => ({
    outcomes: await pressAll(store, presses, { from: options.from, interrupted: context.interrupted }),
    deliveries: follower ? await follower.settled() : null,
  }));
  for (const verdict of verdictsOfPresses(outcomes, context.interrupted.aborted)) context.verdict(verdict);
  await show(context, outcomes, deliveries ?? []);
  for (const { error } of outcomes) {
    if (error) for (const parts of renderError(error, io)) io.say(parts, { always: true });
  }
  summarise(context, outcomes, simulation === null);
  for (const outcome of simulation ? outcomes : []) {
    const delivery = deliveryOf(outcome, deliveries ?? []);
    if (delivery && simulation) io.say(deliveryLine(outcome.action.label, delivery, simulation));
  }
}

function checkFlags(
  { io }: Pick<Context, 'io'>,
  text: string | undefined,
  { incident, from }: RunFlags,
): void {
  if ((text === undefined || incident === undefined) && !io.canPrompt) {
    throw new UsageError('run needs an action and an incident, and this is not an interactive terminal', {
      hint: 'For example `pdactions run "Restart Server" --incident PT4KHLK`. For several incidents, repeat `--incident ID`.',
    });
  }
  if (from !== undefined && !/^[^\s@]+@[^\s@]+$/.test(from)) {
    throw new UsageError('--from must be the email address of a PagerDuty user');
  }
}

/** A disabled button drops every press (fact 41). A list may omit whether an action is disabled (fact 9). */
async function expectAwake(context: Pick<Context, 'store'>, action: LiveAction): Promise<void> {
  const store = await context.store();
  const { disabled } = action.disabled === null ? await store.action(action.id) : action;
  if (!disabled) return;
  throw new RefusedError(`\`${action.label}\` (${action.id}) is disabled: PagerDuty would drop the press`, {
    hint: `Check its endpoint with \`pdactions test\`, then re-enable it with \`pdactions enable ${action.id}\`. Nothing was pressed.`,
  });
}

/** Announces the press, and that its call is undocumented (fact 31). */
async function announce(
  { io, globals, liveUrls }: Pick<Context, 'globals' | 'liveUrls' | 'io'>,
  presses: readonly ChosenPress[],
): Promise<void> {
  const showUrl = await liveUrls();
  for (const { action, incident } of presses) {
    const where = styled('muted', `  ${incident.id}  ${showUrl(action.url)}`);
    const closed = incident.status === 'resolved' ? styled('warn', '  already resolved') : '';
    io.say(line(`[ ${action.label} ] on ${incidentName(incident)}`, closed, where), { always: !globals.yes });
  }
  io.say(line(styled('muted', "Uses a call that PagerDuty's API reference does not describe.")));
}

const WORDS: Readonly<Record<PressOutcome['status'], readonly [string, Style]>> = {
  applied: ['pressed', 'ok'],
  failed: ['failed', 'error'],
  unknown: ['unknown', 'warn'],
  skipped: ['skipped', 'muted'],
};

async function show(
  { io, format }: CanShow,
  outcomes: readonly PressOutcome[],
  deliveries: readonly SimulatedDelivery[],
): Promise<void> {
  await writeRows<'status' | 'action' | 'incident' | 'service' | 'id' | 'why'>(io, format, {
    columns: [
      { key: 'status', title: 'STATUS' },
      { key: 'action', title: 'ACTION' },
      { key: 'incident', title: 'INCIDENT', flexible: true },
      { key: 'id', title: 'ID' },
      { key: 'service', title: 'SERVICE' },
      { key: 'why', title: 'WHY' },
    ],
    rows: outcomes.map(({ status, action, incident, error, why }) => {
      const [word, style] = WORDS[status];
      const reason: Cell = why ?? error?.reason ?? null;
      return {
        status: line(styled(style, word)),
        action: action.label,
        incident: incidentName(incident),
        id: incident.id,
        service: incident.service.name,
        why: reason,
      };
    }),
    json: {
      version: DOCUMENT_VERSION,
      command: 'run',
      presses: outcomes.map(({ status, action, incident, error, why }) => ({
        status,
        ...deliveryDocument(deliveryOf({ action, incident }, deliveries)),
        action: { id: action.id, label: action.label },
        incident: { id: incident.id, number: incident.number, title: incident.title },
        service: incident.service,
        ...(why === undefined ? {} : { why }),
        ...(error ? { error: errorDocument(error) } : {}),
      })),
    },
  });
}

/** On the sandbox only. */
function deliveryDocument(delivery: SimulatedDelivery | undefined): object {
  if (!delivery) return {};
  const { status, reason, answered, nextAttemptAt } = delivery;
  return { delivery: { status, reason, answered, nextAttemptAt } };
}

function summarise({ io }: Pick<Context, 'io'>, outcomes: readonly PressOutcome[], real: boolean): void {
  const pressed = outcomes.filter(({ status }) => status === 'applied').length;
  const all = plural(outcomes.length, 'button');
  if (pressed === outcomes.length) {
    const rest = real ? " PagerDuty does not report the endpoint's answer." : '';
    io.say(line(styled('ok', `Pressed ${all}.`), styled('muted', rest)));
    return;
  }
  const rest = (['failed', 'unknown', 'skipped'] as const)
    .map((status) => [outcomes.filter((outcome) => outcome.status === status).length, status] as const)
    .filter(([count]) => count > 0)
    .map(([count, status]) => `${count} ${status}`);
  io.say(line(styled('error', `Pressed ${pressed} of ${all}: ${rest.join(', ')}.`)));
}
