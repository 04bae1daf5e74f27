/** The options of `listen`. */
import { type Command, Option } from 'commander';
import { UsageError } from '../../../errors.ts';
import { isLoopback, parseUrl } from '../../../parse-url.ts';
import { LIMITS, type Limits } from '../../../receiver/limits.ts';
import type { SharedQueue } from '../../../receiver/receiver.ts';
import { collect, wholeNumber } from '../../options.ts';

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
      `the port to listen on (default: ${DEFAULT_PORT}; 0: any free port)`,
      wholeNumber(0, 65_535),
    )
    .option('--any', 'print presses of any action without a config; runs nothing')
    .option('--host <address>', 'the address to listen on', DEFAULT_HOST)
    .option('--allow-remote', 'accept connections from other machines')
    .option(
      '--insecure-no-secret',
      'also accept presses of actions without a secret header, from this machine only',
    )
    .option('--state <file>', 'remember accepted messages in FILE across restarts')
    .option('--from <email>', 'email of the author of the notes; required with account-level keys')
    .option('--no-notes', 'do not write notes on incidents; needs no API token')
    .option('--forward <url>', 'send presses to URL instead of running commands')
    .option('--record <file>', 'record presses in FILE, for `replay`');
}

/** Other receivers, other secrets, a proxy. */
function addSharingOptions(command: Command): Command {
  return command
    .option(
      '--queue <url>',
      'queue presses in Redis at URL (redis://, rediss://), shared with other receivers',
    )
    .addOption(
      new Option('--role <role>', 'with `--queue`: accept presses, run handlers, or both').choices([
        'both',
        'door',
        'worker',
      ]),
    )
    .option(
      '--also-accept <name=var>',
      'during a rotation of the config variable NAME, also accept its old value, from the variable VAR (repeatable)',
      collect,
    )
    .option('--trust-proxy', 'log the client address that the proxy adds to X-Forwarded-For');
}

/** Numbers and times. */
function addLimitOptions(command: Command): Command {
  return command
    .option('--running <n>', `handlers to run at a time (default: ${LIMITS.running})`, wholeNumber(1, 100))
    .option(
      '--waiting <n>',
      `presses that can wait (default: ${LIMITS.waiting})`,
      wholeNumber(1, LIMITS.claims / 2),
    )
    .option(
      '--connections <n>',
      `connections at a time (default: ${LIMITS.connections})`,
      wholeNumber(1, 10_000),
    )
    .option(
      '--idle <seconds>',
      `how long to keep idle connections open; longer than the proxy in front does (default: ${LIMITS.idleMs / 1000})`,
      wholeNumber(1, 3600),
    )
    .option('--output-dir <dir>', 'save the full output of each run in DIR')
    .option(
      '--drain <seconds>',
      'when stopping, how long to let handlers finish (default: the longest handler timeout)',
      wholeNumber(0, 86_400),
    );
}

/** @throws UsageError for options that cannot be combined, or for invalid values */
export function checkOptions({ host = DEFAULT_HOST, allowRemote, forward, from }: ListenOptions): void {
  if (!isLoopback(host) && allowRemote !== true) {
    throw new UsageError(`\`--host ${host}\` would accept connections from other machines`, {
      hint: 'Pass `--allow-remote` to allow that. You do not need it behind a proxy or tunnel on this machine.',
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
