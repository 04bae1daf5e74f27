import { resolve } from 'node:path';
import { Option } from 'commander';
import { UsageError } from '../../../errors.ts';
import { parseUrl } from '../../../parse-url.ts';
import { LIMITS, type Limits } from '../../../receiver/limits.ts';
import type { SharedQueue } from '../../../receiver/receiver.ts';
import { namesTeam } from '../../../receiver/run/allowed.ts';
import { safeJsonText } from '../../../ui/text/json.ts';
import { shownUrl } from '../../../ui/text/mask-url.ts';
import { signed } from '../../../ui/text/signs.ts';
import { line, styled } from '../../../ui/text/text.ts';
import type { CommandSpec } from '../../command.ts';
import type { CanConnect, CanFork, Context } from '../../context.ts';
import { collect, wholeNumber } from '../../options.ts';
import { cleaned } from '../../receiving/cleaned.ts';
import { listenLog } from '../../receiving/log.ts';
import { isHere, listenRoutes } from '../../receiving/routes.ts';
import { untilSignalled } from '../../until-signalled.ts';
import { type ListenAccount, listenAccount } from './account.ts';
import { runAny } from './any.ts';
import { unusablePrograms } from './programs.ts';
import { sharedQueue, withTrust } from './queue.ts';
import { reloadAtHangup } from './reload.ts';
import { expectAppendable, listenStateFile, outputFolder } from './state.ts';

export interface ListenOptions {
  /** Presses of any action are printed. */
  readonly any?: boolean | undefined;
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly allowRemote?: boolean | undefined;
  readonly insecureNoSecret?: boolean | undefined;
  readonly state?: string | undefined;
  readonly from?: string | undefined;
  /** False with `--no-notes`. */
  readonly notes?: boolean | undefined;
  readonly forward?: string | undefined;
  readonly record?: string | undefined;
  readonly queue?: string | undefined;
  readonly role?: SharedQueue['role'] | undefined;
  readonly alsoAccept?: readonly string[] | undefined;
  readonly trustProxy?: boolean | undefined;
  readonly outputDir?: string | undefined;
  readonly running?: number | undefined;
  readonly waiting?: number | undefined;
  readonly connections?: number | undefined;
  /** In seconds. */
  readonly idle?: number | undefined;
  /** In seconds. */
  readonly drain?: number | undefined;
}

const DEFAULT_PORT = 8080;
const DEFAULT_HOST = '127.0.0.1';

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
    command
      .option(
        '-p, --port <n>',
        `the port to listen on; ${DEFAULT_PORT} without it, 0 for any`,
        wholeNumber(0, 65_535),
      )
      .option('--any', 'print every press, of any action, without a config; runs nothing')
      .option('--host <address>', 'the address to listen on', DEFAULT_HOST)
      .option('--allow-remote', 'let other machines in')
      .option(
        '--insecure-no-secret',
        'accept presses of actions without a secret header, on this machine alone',
      )
      .option('--state <file>', 'remember there which messages were taken, over restarts')
      .option('--from <email>', 'email of the author of the notes; required with account-level keys')
      .option('--no-notes', 'write no notes on incidents; then no API token is needed')
      .option('--forward <url>', 'send the presses there instead of running commands')
      .option('--record <file>', 'keep the presses there, for `replay`')
      .option(
        '--queue <url>',
        'keep presses in Redis there (redis://, rediss://), shared with other receivers',
      )
      .addOption(
        new Option('--role <role>', 'with `--queue`: take presses, run them, or both').choices([
          'both',
          'door',
          'worker',
        ]),
      )
      .option(
        '--also-accept <name=var>',
        'while the variable NAME of the config is rotated, accept its old value in the variable VAR, too (repeatable)',
        collect,
      )
      .option('--trust-proxy', 'log the address that the proxy in front adds to X-Forwarded-For')
      .option('--running <n>', `handlers at a time; ${LIMITS.running} without it`, wholeNumber(1, 100))
      .option(
        '--waiting <n>',
        `presses that may wait; ${LIMITS.waiting} without it`,
        wholeNumber(1, LIMITS.claims / 2),
      )
      .option(
        '--connections <n>',
        `connections at a time; ${LIMITS.connections} without it`,
        wholeNumber(1, 10_000),
      )
      .option(
        '--idle <seconds>',
        `keep idle connections open for this long, longer than a proxy in front does; ${LIMITS.idleMs / 1000} without it`,
        wholeNumber(1, 3600),
      )
      .option('--output-dir <dir>', 'keep the whole output of each run there')
      .option(
        '--drain <seconds>',
        'when stopping, let handlers run for up to this long; the longest handler timeout without it',
        wholeNumber(0, 86_400),
      )
      .action((options: ListenOptions) => runListen(context(), options));
  },
};

/** Receives presses until the process is told to stop. */
export async function runListen(
  context: CanConnect & CanFork & Pick<Context, 'format' | 'config' | 'verdict'>,
  options: ListenOptions,
): Promise<void> {
  const { io, interrupted, clock, env, platform, cwd } = context;
  const { host = DEFAULT_HOST, port = DEFAULT_PORT, forward } = options;
  if (options.any) return runAny(context, { ...options }, port);
  checkOptions(options, host);
  const queue = await withTrust(sharedQueue(options, context), context);
  const routes = await listenRoutes(await context.config(), context, { ...options, host });
  const { startReceiver } = await import('../../../receiver/receiver.ts');
  const isWorking = forward === undefined && queue?.role !== 'door';
  const handlers = isWorking ? [...routes.values()].flatMap(({ handler }) => handler ?? []) : [];
  const writesNotes = options.notes !== false && handlers.some(({ note }) => note !== 'never');
  const reads = handlers.some(({ context, allow }) => context.length > 0 || namesTeam(allow));
  const account = writesNotes || reads ? await listenAccount(context, options.from) : undefined;
  const now = (): string => new Date().toISOString();
  const log = listenLog(io, context.format === 'json', now);
  const record =
    options.record === undefined ? undefined : await recorder(resolve(cwd, options.record), io.redact, now);
  try {
    const receiver = await startReceiver({
      routes,
      host,
      port,
      stateFile: queue ? '' : await listenStateFile(options.state, port, context),
      queue,
      forwardTo: forward,
      addNote: writesNotes ? account?.addNote : undefined,
      reader: account?.reader,
      outputFolder: options.outputDir && (await outputFolder(resolve(cwd, options.outputDir))),
      limits: limitsOf(options),
      record,
      drainMs: options.drain === undefined ? undefined : options.drain * 1000,
      trustsProxy: options.trustProxy,
      env,
      platform,
      clock,
      log,
      now: () => Date.parse(now()),
      clean: (text) => cleaned(text, io.redact),
      redact: io.redact,
    });
    const unusable = isWorking ? await unusablePrograms(routes.values(), context) : [];
    for (const text of [...exposures(host), ...unusable]) warn(context, text);
    for (const { path, written, action, handler } of routes.values()) {
      const what = forward === undefined ? (handler?.command[0] ?? '') : forward;
      io.say(
        line(
          styled('muted', `  ${shownUrl(path, written)}`),
          signed('muted', ' → '),
          styled('muted', `${action}: ${what}`),
        ),
      );
    }
    log({ event: 'listening', level: 'info', detail: receiver.url });
    reloadAtHangup(context, { ...options, host }, receiver, log);
    void warnUnlessWelcome(context, account);
    await untilSignalled(interrupted);
    // Told to end, it has ended as it should: systemd counts 143 as a failure.
    if (!(await receiver.stop())) context.verdict('cancelled');
  } finally {
    await account?.close();
  }
}

function checkOptions({ allowRemote, forward, from }: ListenOptions, host: string): void {
  if (!isHere(host) && allowRemote !== true) {
    throw new UsageError(`\`--host ${host}\` would let other machines in`, {
      hint: 'Add `--allow-remote` if that is what you want. Behind a proxy or a tunnel on this machine it is not needed.',
    });
  }
  if (forward !== undefined && !/^https?:$/.test(parseUrl(forward)?.protocol ?? '')) {
    throw new UsageError('`--forward` needs a URL', {
      hint: 'For example `--forward http://127.0.0.1:3000`.',
    });
  }
  if (from !== undefined && !/^[!-?A-~]+@[!-~]+$/.test(from)) {
    throw new UsageError('`--from` needs an email address');
  }
}

function limitsOf({ running, waiting, connections, idle }: ListenOptions): Partial<Limits> {
  return {
    ...(running !== undefined && { running }),
    ...(waiting !== undefined && { waiting }),
    ...(connections !== undefined && { connections }),
    ...(idle !== undefined && { idleMs: idle * 1000 }),
  };
}

/** The operator should hear of a wrong token, and not the first responder. Presses are taken meanwhile. */
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

/** Warnings about the place where it runs. */
function exposures(host: string): readonly string[] {
  const warnings: string[] = [];
  // TLS ends at a proxy, and a reader of the secret can press (T47).
  if (!isHere(host)) warnings.push('other machines can reach this receiver, without encryption');
  // Node collects its own children only (T46).
  if (process.pid === 1) {
    const advice = 'start the container with an init (`docker run --init`, `tini`)';
    warnings.push(`as process 1 it leaves what commands leave behind as zombies: ${advice}`);
  }
  return warnings;
}

function warn({ io }: Pick<Context, 'io'>, text: string): void {
  io.warn(text, { always: true });
}

/** @throws LocalIoError when the file cannot be written: found out now, and not with the first press */
async function recorder(file: string, redact: (text: string) => string, now: () => string) {
  await expectAppendable(file);
  const { appendRecord } = await import('../../../receiver/press/record.ts');
  // A record is looked at in terminals, too.
  const clean = (text: string): string => safeJsonText(redact(text));
  return (action: string, press: Parameters<typeof appendRecord>[3]): void =>
    appendRecord(file, now(), action, press, clean);
}
