import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { isWritable, type LiveAction } from '../../../core/action.ts';
import { CancelledError, RefusedError, UsageError } from '../../../errors.ts';
import type { Caller } from '../../../pagerduty/http/call.ts';
import { createDrillStore } from '../../../pagerduty/stores/drill-store.ts';
import { createPressStore } from '../../../pagerduty/stores/press-store.ts';
import { DOCUMENT_VERSION } from '../../../ui/render/action-document.ts';
import { writeRows } from '../../../ui/render/rows.ts';
import { plural } from '../../../ui/text/plural.ts';
import { line, type Style, styled } from '../../../ui/text/text.ts';
import { confirm } from '../../ask/confirm.ts';
import { expectWritable, findActions } from '../../ask/find-action.ts';
import { addServiceOption, servicesFor } from '../../ask/selectors.ts';
import { type CommandSpec, PRESSING } from '../../command.ts';
import type { CanConfirm, CanFind, CanFork, CanShow, Context, Simulation } from '../../context.ts';
import { createContext } from '../../create-context.ts';
import { wholeNumber } from '../../options.ts';
import { drill, nameOf, type Proof } from './drill.ts';
import { type CanReceive, startOwnReceiver } from './own-receiver.ts';

export interface ProveOptions {
  readonly service?: readonly string[] | undefined;
  readonly all?: boolean | undefined;
  readonly from?: string | undefined;
  /** Seconds. */
  readonly wait?: number | undefined;
}

const USUAL_WAIT_S = 90;

export const spec: CommandSpec = {
  name: 'prove',
  summary: 'press a button on a drill incident and prove that it works',
  group: 'press',
  rank: 5,
  scopes: PRESSING,
  takes: 'actions',
  document: 'prove',
  uses: ['config', 'pagerduty', 'result', 'confirmation'],
  examples: ['prove "Restart Server" --service "Checkout API"', 'prove --all --service "Checkout API" --yes'],
  define: defineProve,
};

function defineProve(command: Command, context: () => Context): void {
  addServiceOption(
    command.argument('[action]', 'its id or label'),
    'the service to open the drill incident on',
  )
    .option('--all', 'prove every action on the service, one after the other')
    .option('--from <email>', 'email of the user who presses; required with account-level keys')
    .option(
      '--wait <seconds>',
      `how long to wait for the receiver's note (default: ${USUAL_WAIT_S})`,
      wholeNumber(1, 3600),
    )
    .action((action: string | undefined, options: ProveOptions) => runProve(context(), action, options));
}

/** Proves buttons from the press to the note, each on an incident of its own. */
export async function runProve(
  context: CanFork & Pick<Context, 'format' | 'prompter' | 'verdict'>,
  text: string | undefined,
  options: ProveOptions,
): Promise<void> {
  checkOptions(text, options);
  // A signal ends the wait only: an open incident must be resolved first.
  const uninterrupted = createContext(
    { ...context, interrupted: new AbortController().signal },
    context.globals,
  );
  try {
    const targets = await targetsOf(uninterrupted, text, options);
    context.interrupted.throwIfAborted();
    await announce(context, targets);
    const proofs = await proveAll(context, uninterrupted, targets, options);
    await show(context, proofs);
    for (const { proven } of proofs) context.verdict(proven ? 'ok' : 'pending');
    const open = proofs.some(({ findings }) =>
      findings.some(({ step, passed }) => step === 'resolved' && passed === false),
    );
    if (open) context.verdict('partial');
    if (context.interrupted.aborted) context.verdict('cancelled');
  } finally {
    await uninterrupted.close();
  }
}

function checkOptions(text: string | undefined, { all, service, from }: ProveOptions): void {
  if ((text === undefined) !== (all === true)) {
    throw new UsageError('prove needs either an action or `--all`', {
      hint: 'Run `pdactions list` to see all actions.',
    });
  }
  if (all && service?.length !== 1) throw new UsageError('`--all` needs one `--service`');
  if (from !== undefined && !/^[^\s@]+@[^\s@]+$/.test(from)) {
    throw new UsageError('--from must be the email address of a PagerDuty user');
  }
}

interface ProveTarget {
  readonly action: LiveAction;
  readonly service: Proof['service'];
}

/** The actions, each on one service and enabled. @throws RefusedError for one that a press cannot reach */
async function targetsOf(
  context: CanFind,
  text: string | undefined,
  { service, all }: ProveOptions,
): Promise<readonly ProveTarget[]> {
  const store = await context.store();
  const actions =
    text === undefined || all
      ? (await store.actions(await servicesFor(store, service ?? []))).filter(isWritable)
      : await findActions(context, [text], { services: service ?? [], verb: 'prove' });
  context.activity.end();
  if (actions.length === 0)
    throw new RefusedError('that service has no actions', {
      hint: 'Run `pdactions list` to see which services have some.',
    });
  return Promise.all(
    actions.map(async (action) => {
      const { disabled } = action.disabled === null ? await store.action(action.id) : action;
      if (disabled) {
        throw new RefusedError(
          `\`${action.label}\` (${action.id}) is disabled: PagerDuty would drop the press`,
          {
            hint: `Re-enable it with \`pdactions enable ${action.id}\`. Nothing was opened or pressed.`,
          },
        );
      }
      return { action, service: expectWritable(action) };
    }),
  );
}

async function announce(context: CanConfirm, targets: readonly ProveTarget[]): Promise<void> {
  const { io, globals } = context;
  for (const { action, service } of targets) {
    io.say(line(`[ ${action.label} ] on ${service.name}`), { always: !globals.yes });
  }
  const text = `Opens ${plural(targets.length, 'drill incident')} of low urgency, presses for real, and resolves them.`;
  io.say(line(styled('warn', text)), { always: !globals.yes });
  await confirm(context, 'Start the drill?', 'prove');
}

async function proveAll(
  context: Pick<Context, 'io' | 'clock' | 'interrupted'>,
  uninterrupted: CanReceive & Pick<Context, 'connection'>,
  targets: readonly ProveTarget[],
  { from, wait = USUAL_WAIT_S }: ProveOptions,
): Promise<readonly Proof[]> {
  const { caller, simulation } = await uninterrupted.connection();
  const actions = targets.map(({ action }) => action);
  const endReceiver =
    simulation && (await startOwnReceiver(uninterrupted, actions, { simulation, caller, from }));
  try {
    return await drillAll(context, targets, { caller, simulation, from, wait });
  } finally {
    await endReceiver?.();
  }
}

interface DrillOptions {
  readonly caller: Caller;
  readonly simulation: Simulation | null;
  readonly from: string | undefined;
  /** Seconds. */
  readonly wait: number;
}

async function drillAll(
  context: Pick<Context, 'io' | 'clock' | 'interrupted'>,
  targets: readonly ProveTarget[],
  { caller, simulation, from, wait }: DrillOptions,
): Promise<readonly Proof[]> {
  const presses = createPressStore(caller);
  const proofs: Proof[] = [];
  for (const { action, service } of targets) {
    if (context.interrupted.aborted) break;
    const proof = drill(action, service, {
      drills: createDrillStore(caller, presses),
      presses,
      simulation,
      clock: context.clock,
      interrupted: context.interrupted,
      from,
      waitMs: wait * 1000,
      token: randomUUID().slice(0, 8),
      onOpened: (incident) =>
        context.io.say(
          line(
            styled('muted', `Drill incident ${nameOf(incident)} is open and will be resolved at the end.`),
          ),
          { always: true },
        ),
    });
    proofs.push(await proof);
  }
  if (proofs.length === 0) throw new CancelledError('interrupted');
  return proofs;
}

const RESULTS: Readonly<Record<string, readonly [string, Style]>> = {
  true: ['pass', 'ok'],
  false: ['fail', 'error'],
  null: ['unseen', 'muted'],
};

async function show({ io, format }: CanShow, proofs: readonly Proof[]): Promise<void> {
  await writeRows<'action' | 'service' | 'step' | 'result' | 'finding'>(io, format, {
    columns: [
      { key: 'action', title: 'ACTION', grouped: true },
      { key: 'service', title: 'SERVICE', grouped: true },
      { key: 'step', title: 'STEP' },
      { key: 'result', title: 'RESULT' },
      { key: 'finding', title: 'FINDING', flexible: true },
    ],
    rows: proofs.flatMap(({ action, service, findings }) =>
      findings.map(({ step, passed, text }) => {
        const [word, style] = RESULTS[String(passed)] ?? ['', 'muted'];
        return {
          action: action.label,
          service: service.name,
          step,
          result: line(styled(style, word)),
          finding: text,
        };
      }),
    ),
    json: {
      version: DOCUMENT_VERSION,
      command: 'prove',
      proofs: proofs.map(({ action, service, incident, findings, noteAfterMs, proven }) => ({
        proven,
        action: { id: action.id, label: action.label },
        service: { id: service.id, name: service.name },
        incident: incident && { id: incident.id, number: incident.number },
        noteAfterMs,
        findings,
      })),
    },
  });
  const proven = proofs.filter((proof) => proof.proven).length;
  const text = `${proven} of ${plural(proofs.length, 'button')} proven.`;
  io.say(line(styled(proven === proofs.length ? 'ok' : 'error', text)));
}
