/** The options of `listen`. */
import { type Command, Option } from 'commander';
import { UsageError } from '../../../errors.ts';
import { parseUrl } from '../../../parse-url.ts';
import { LIMITS, type Limits } from '../../../receiver/limits.ts';
import type { SharedQueue } from '../../../receiver/receiver.ts';
import { collect, wholeNumber } from '../../options.ts';
import { isHere } from '../../receiving/routes.ts';

export interface ListenOptions {
  /** Prints presses of any action. */
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

export const DEFAULT_PORT = 8080;
export const DEFAULT_HOST = '127.0.0.1';

/** Adds them in the order of the help. */
export function addListenOptions(command: Command): Command {
  return addLimitOptions(addSharingOptions(addPlaceOptions(command)));
}

/** Options for the source and the destination of presses. */
function addPlaceOptions(command: Command): Command {
  return command
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
    .option('--record <file>', 'keep the presses there, for `replay`');
}

/** Other receivers, other secrets, a proxy. */
function addSharingOptions(command: Command): Command {
  return command
    .option('--queue <url>', 'keep presses in Redis there (redis://, rediss://), shared with other receivers')
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
    .option('--trust-proxy', 'log the address that the proxy in front adds to X-Forwarded-For');
}

/** Numbers and times. */
function addLimitOptions(command: Command): Command {
  return command
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
    );
}

/** @throws UsageError for options that contradict each other, or for invalid values */
export function checkOptions({ host = DEFAULT_HOST, allowRemote, forward, from }: ListenOptions): void {
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

/** The given limits, over the defaults. */
export function limitsOf({
  running,
  waiting,
  connections,
  idle,
}: Omit<ListenOptions, 'queue'>): Partial<Limits> {
  return {
    ...(running !== undefined && { running }),
    ...(waiting !== undefined && { waiting }),
    ...(connections !== undefined && { connections }),
    ...(idle !== undefined && { idleMs: idle * 1000 }),
  };
}
