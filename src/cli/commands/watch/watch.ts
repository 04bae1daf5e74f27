import { type Command, InvalidArgumentError } from 'commander';
import { PdactionsError, UsageError } from '../../../errors.ts';
import { line, styled } from '../../../ui/text/text.ts';
import { addServiceOption } from '../../ask/selectors.ts';
import { type CommandSpec, READING } from '../../command.ts';
import type { CanFork, Context } from '../../context.ts';
import { createContext } from '../../create-context.ts';
import { wholeNumber } from '../../options.ts';
import { type WatchEvent, watchLog } from './events.ts';
import { serveMetrics, type WatchMetrics } from './metrics.ts';
import { createPauses, type Pauses } from './pauses.ts';
import { makeRound, type RoundOptions } from './round.ts';

export interface WatchOptions extends RoundOptions {
  readonly once?: boolean | undefined;
  /** Milliseconds. */
  readonly interval?: number | undefined;
  readonly metricsPort?: number | undefined;
}

const USUAL_MS = 5 * 60_000;
/** A shorter interval would take most of the rate limit from other users of the token. */
const SHORTEST_MS = 30_000;
const LONGEST_MS = 60 * 60_000;

export const spec: CommandSpec = {
  name: 'watch',
  summary: 'report drift and disabled actions continuously',
  group: 'code',
  rank: 7,
  scopes: {
    ...READING,
    partly: { ...READING.partly, 'extensions.write': '`--enable-healthy` and `--sync`' },
  },
  document: 'watch',
  uses: ['config', 'pagerduty', 'result'],
  examples: ['watch --once --json', 'watch --interval 10m --enable-healthy'],
  define: defineWatch,
};

function defineWatch(command: Command, context: () => Context): void {
  addServiceOption(command, 'only these services of the config (repeatable)')
    .option('--once', 'make one round: exit with 0 if all is well, 2 if not')
    .option('--interval <time>', 'time between rounds, such as 90s, 5m or 1h (default: 5m)', duration)
    .option(
      '--enable-healthy',
      're-enable declared actions whose endpoint accepts the message of `pdactions test`; receivers other than `listen` act on it',
    )
    .option('--sync', 'apply the plan of each round, with all guards of `sync`')
    .option(
      '--metrics-port <port>',
      'serve /metrics for Prometheus on this port of 127.0.0.1',
      wholeNumber(0, 65_535),
    )
    .action((options: WatchOptions) => runWatch(context(), options));
}

/** Milliseconds of `90s`, `5m` or `1h`. */
function duration(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,6})(s|m|h)$/.exec(text) ?? [];
  const ms = Number(digits) * ({ s: 1000, m: 60_000, h: 3_600_000 }[unit] ?? Number.NaN);
  if (!(ms >= SHORTEST_MS && ms <= 24 * LONGEST_MS)) {
    throw new InvalidArgumentError('It must be a time from 30s to 24h, such as 90s, 5m or 1h.');
  }
  return ms;
}

/** Makes rounds until a signal comes. A failed round is reported, and the next one waits longer. */
export async function runWatch(
  context: CanFork & Pick<Context, 'format' | 'verdict'>,
  options: WatchOptions,
): Promise<void> {
  if (options.once && (options.interval !== undefined || options.metricsPort !== undefined)) {
    throw new UsageError('`--once` cannot be combined with `--interval` or `--metrics-port`');
  }
  const wallClock = (): number => performance.timeOrigin + performance.now();
  const log = watchLog(context.io, context.format === 'json', () => new Date(wallClock()).toISOString());
  if (options.once) {
    const isWell = await round(context, options, createPauses(USUAL_MS), log, wallClock);
    context.verdict(isWell ? 'ok' : 'pending');
    return;
  }
  const metrics =
    options.metricsPort === undefined ? undefined : await serveMetrics(options.metricsPort, wallClock);
  if (metrics) context.io.say(line('Metrics: ', styled('accent', metrics.url)));
  try {
    await keepWatching(context, options, reporter(log, metrics), wallClock);
  } finally {
    await metrics?.close();
  }
}

function reporter(
  log: (event: WatchEvent) => void,
  metrics: WatchMetrics | undefined,
): (event: WatchEvent) => void {
  return (event) => {
    log(event);
    metrics?.observe(event);
  };
}

async function keepWatching(
  context: CanFork,
  options: WatchOptions,
  tell: (event: WatchEvent) => void,
  wallClock: () => number,
): Promise<void> {
  const { clock, interrupted } = context;
  const interval = options.interval ?? USUAL_MS;
  const pauses = createPauses(interval);
  let failures = 0;
  while (!interrupted.aborted) {
    let wait = interval;
    try {
      await round(context, options, pauses, tell, wallClock);
      failures = 0;
    } catch (error) {
      if (interrupted.aborted) break;
      if (!(error instanceof PdactionsError)) throw error;
      wait = Math.max(interval, Math.min(LONGEST_MS, interval * 2 ** failures));
      failures += 1;
      const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : error.kind;
      tell({ event: 'failed', reason, message: error.message, nextInSeconds: Math.round(wait / 1000) });
    }
    // A signal is the normal end.
    await clock.sleep(wait, interrupted).catch(() => undefined);
  }
}

/** Each round has a context of its own: the config and the token are read again, and nothing is cached for longer. */
async function round(
  context: CanFork,
  options: WatchOptions,
  pauses: Pauses,
  tell: (event: WatchEvent) => void,
  wallClock: () => number,
): Promise<boolean> {
  // A watch never prompts, even on a terminal.
  const io = Object.create(context.io, { canPrompt: { value: false } });
  const forked = createContext({ ...context, io }, context.globals);
  try {
    return await makeRound(forked, options, pauses, tell, wallClock);
  } finally {
    await forked.close();
  }
}
