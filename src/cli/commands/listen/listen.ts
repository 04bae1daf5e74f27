import { resolve } from 'node:path';
import type { Handler } from '../../../core/handler.ts';
import { isLoopback } from '../../../parse-url.ts';
import type { Route } from '../../../receiver/press/routes.ts';
import type { Receiver, SharedQueue } from '../../../receiver/receiver.ts';
import { namesTeam } from '../../../receiver/run/allowed.ts';
import type { Log } from '../../../receiver/tell/events.ts';
import { safeJsonText } from '../../../ui/text/json.ts';
import { shownUrl } from '../../../ui/text/mask-url.ts';
import { signed } from '../../../ui/text/signs.ts';
import { type Line, line, styled } from '../../../ui/text/text.ts';
import type { CommandSpec } from '../../command.ts';
import type { CanConnect, CanFork, Context } from '../../context.ts';
import { cleaned } from '../../receiving/cleaned.ts';
import { listenLog } from '../../receiving/log.ts';
import { listenRoutes } from '../../receiving/routes.ts';
import { untilSignalled } from '../../until-signalled.ts';
import { type ListenAccount, listenAccount } from './account.ts';
import { runAny } from './any.ts';
import {
  addListenOptions,
  checkOptions,
  DEFAULT_HOST,
  DEFAULT_PORT,
  type ListenOptions,
  limitsOf,
} from './options.ts';
import { unusablePrograms } from './programs.ts';
import { sharedQueue, withTrust } from './queue.ts';
import { reloadAtHangup } from './reload.ts';
import { expectAppendable, listenStateFile, outputFolder } from './state.ts';

export const spec: CommandSpec = {
  name: 'listen',
  summary: 'receive presses and run their handlers',
  group: 'press',
  rank: 3,
  scopes: {
    required: ['incidents.read', 'incidents.write'],
    partly: { 'users.read': '`team:` in `handler.allow`' },
  },
  uses: ['config', 'pagerduty', 'result'],
  examples: ['listen', 'listen --any', 'listen --port 8080 --state presses.jsonl --from sre@example.com'],
  define(command, context) {
    addListenOptions(command).action((options: ListenOptions) => runListen(context(), options));
  },
};

type ListenContext = CanConnect & CanFork & Pick<Context, 'format' | 'config' | 'verdict'>;

/** Receives presses until the process gets a signal. */
export async function runListen(context: ListenContext, options: ListenOptions): Promise<void> {
  if (options.any) return runAny(context, { ...options }, options.port ?? DEFAULT_PORT);
  checkOptions(options);
  const queue = await withTrust(sharedQueue(options, context), context);
  const given = { ...options, host: options.host ?? DEFAULT_HOST, queue };
  const routes = await listenRoutes(await context.config(), context, given);
  const handlers = handlersOf(routes, given);
  const account = await accountFor(handlers, context, options);
  try {
    const log = listenLog(context.io, context.format === 'json', now);
    const receiver = await openReceiver(context, given, { routes, handlers, account, log });
    const unusable = handlers.length > 0 ? await unusablePrograms(routes.values(), context) : [];
    for (const text of [...exposures(given.host), ...unusable]) warn(context, text);
    for (const route of routes.values()) context.io.say(shownRoute(route, options));
    log({ event: 'listening', level: 'info', detail: receiver.url });
    reloadAtHangup(context, given, receiver, log);
    void warnUnlessWelcome(context, account);
    await untilSignalled(context.interrupted);
    // Exits with 0 after a signal: systemd counts 143 as a failure.
    if (!(await receiver.stop())) context.verdict('cancelled');
  } finally {
    await account?.close();
  }
}

/** The wall clock, as ISO 8601. */
function now(): string {
  return new Date().toISOString();
}

/** The options with their defaults, and the queue that they name. */
interface Given extends Omit<ListenOptions, 'queue'> {
  readonly host: string;
  readonly queue: SharedQueue | undefined;
}

interface ListenParts {
  readonly routes: ReadonlyMap<string, Route>;
  readonly handlers: readonly Handler[];
  readonly account: ListenAccount | undefined;
  readonly log: Log;
}

/** The handlers that this receiver runs: none if it forwards presses, or only accepts them. */
function handlersOf(routes: ReadonlyMap<string, Route>, { forward, queue }: Given): readonly Handler[] {
  if (forward !== undefined || queue?.role === 'door') return [];
  return [...routes.values()].flatMap(({ handler }) => handler ?? []);
}

function writesNotes(handlers: readonly Handler[], { notes }: Pick<ListenOptions, 'notes'>): boolean {
  return notes !== false && handlers.some(({ note }) => note !== 'never');
}

/** The connection to PagerDuty, if a handler needs one. */
async function accountFor(
  handlers: readonly Handler[],
  context: ListenContext,
  options: ListenOptions,
): Promise<ListenAccount | undefined> {
  const reads = handlers.some(({ context: wanted, allow }) => wanted.length > 0 || namesTeam(allow));
  return writesNotes(handlers, options) || reads ? listenAccount(context, options.from) : undefined;
}

async function openReceiver(
  context: ListenContext,
  options: Given,
  { routes, handlers, account, log }: ListenParts,
): Promise<Receiver> {
  const { io, clock, env, platform, cwd } = context;
  const { host, port = DEFAULT_PORT, queue, record, drain } = options;
  const { startReceiver } = await import('../../../receiver/receiver.ts');
  return startReceiver({
    ...{ routes, host, port, queue, log, env, platform, clock },
    record: record === undefined ? undefined : await recorder(resolve(cwd, record), io.redact, now),
    stateFile: queue ? '' : await listenStateFile(options.state, port, context),
    forwardTo: options.forward,
    addNote: writesNotes(handlers, options) ? account?.addNote : undefined,
    reader: account?.reader,
    outputFolder: options.outputDir && (await outputFolder(resolve(cwd, options.outputDir))),
    limits: limitsOf(options),
    drainMs: drain === undefined ? undefined : drain * 1000,
    trustsProxy: options.trustProxy,
    now: () => Date.parse(now()),
    clean: (text) => cleaned(text, io.redact),
    redact: io.redact,
  });
}

function shownRoute({ path, written, action, handler }: Route, { forward }: ListenOptions): Line {
  const what = forward === undefined ? (handler?.command[0] ?? '') : forward;
  return line(
    styled('muted', `  ${shownUrl(path, written)}`),
    signed('muted', ' → '),
    styled('muted', `${action}: ${what}`),
  );
}

/** Warns about a refused token before the first press. Presses are accepted in the meantime. */
async function warnUnlessWelcome(
  context: Pick<Context, 'io'>,
  account: ListenAccount | undefined,
): Promise<void> {
  const refusal = await account?.refusal();
  if (!refusal) return;
  const what = refusal.reason === 'forbidden' ? refusal.message : 'PagerDuty refuses the token';
  warn(context, `${what}: presses run, but no notes are written until this is corrected`);
  if (refusal.reason === 'forbidden' && refusal.hint !== undefined) warn(context, refusal.hint);
}

/** Warnings about the environment it runs in. */
function exposures(host: string): readonly string[] {
  const warnings: string[] = [];
  // TLS ends at a proxy, and anyone who reads the secret can press (T47).
  if (!isLoopback(host)) warnings.push('other machines can reach this receiver, without encryption');
  // Node collects its own children only (T46).
  if (process.pid === 1) {
    const advice = 'start the container with an init (`docker run --init`, `tini`)';
    warnings.push(
      `running as process 1, where processes that handlers leave behind become zombies: ${advice}`,
    );
  }
  return warnings;
}

function warn({ io }: Pick<Context, 'io'>, text: string): void {
  io.warn(text, { always: true });
}

/** @throws LocalIoError if the file cannot be written; checked before the first press */
async function recorder(file: string, redact: (text: string) => string, now: () => string) {
  await expectAppendable(file);
  const { appendRecord } = await import('../../../receiver/press/record.ts');
  // Records are displayed in terminals, too.
  const clean = (text: string): string => safeJsonText(redact(text));
  return (action: string, press: Parameters<typeof appendRecord>[3]): void =>
    appendRecord(file, now(), action, press, clean);
}
