/**
 * The process boundary: the only place that knows exit codes, signals and the process itself.
 */
import { environmentSecrets, SECRET_VARIABLES } from './cli/connection/environment-secrets.ts';
import type { Ending } from './cli/context.ts';
import { runProgram } from './cli/program.ts';
import type { Verdict } from './cli/verdict.ts';
import { systemClock } from './clock.ts';
import { CancelledError, DeclinedError, LocalIoError, PdactionsError } from './errors.ts';
import { createIo, type Io, type IoWorld } from './ui/io.ts';
import { renderBug, renderError } from './ui/render/error.ts';
import { line, styled } from './ui/text/text.ts';
import { openOutput } from './ui/text-stream.ts';

type Signal = CancelledError['signal'];

const SIGNALS: Readonly<Record<Signal, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** The exit codes (docs/faults.md). */
const CODES: Readonly<Record<Exclude<Verdict, 'cancelled'>, number>> = {
  ok: 0,
  declined: 0,
  bug: 1,
  pending: 2,
  usage: 3,
  config: 4,
  auth: 5,
  partial: 6,
  remote: 7,
  refused: 8,
  'local-io': 9,
};

/** If several verdicts are true, the first of these counts; a signal counts before all of them. */
const PRECEDENCE: readonly (keyof typeof CODES)[] = [
  'bug',
  'auth',
  'refused',
  'partial',
  'remote',
  'local-io',
  'config',
  'usage',
  'pending',
  'declined',
  'ok',
];

/** The exit code for all verdicts of a run. Total: without any verdict it is 0. */
export function exitCode(verdicts: readonly Verdict[], signal: Signal = 'SIGINT'): number {
  if (verdicts.includes('cancelled')) return SIGNALS[signal];
  return CODES[PRECEDENCE.find((verdict) => verdicts.includes(verdict)) ?? 'ok'];
}

/** The parts of a process that the program uses, so that a test can play one. */
export interface Process extends IoWorld {
  readonly argv: readonly string[];
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly random: () => number;
  readonly interrupted: AbortSignal;
  /** Makes SIGHUP call the listener instead of interrupting. */
  readonly onHangup?: (listener: () => void) => void;
}

/** Runs one command line to its exit code. Never throws. */
export async function run(world: Process, io: Io = createIo(world)): Promise<number> {
  for (const secret of environmentSecrets(world.env)) io.addSecret(secret);
  const { env, cwd, platform, stderr, clock, random, interrupted } = world;
  const { onHangup = () => undefined } = world;
  const stdin = (): IoWorld['stdin'] => world.stdin;
  const home = (): string => world.home;
  const verdicts: Verdict[] = [];
  const tasks: ((ending: Ending) => Promise<void>)[] = [];
  const atExit = (task: (typeof tasks)[number]): void => void tasks.push(task);
  let failure: unknown;
  try {
    const surroundings = {
      ...{ io, env, cwd, home, platform, stdin, stderr, clock, random, interrupted, onHangup, atExit },
    };
    verdicts.push(...(await runProgram(world.argv, surroundings)));
  } catch (error) {
    failure = error;
    verdicts.push(...report(io, error));
  }
  await io.flush();
  if (io.outputError) {
    const { message } = io.outputError;
    const error = new LocalIoError(`could not write to standard output (${message})`, {
      reason: 'local_io',
      hint: 'The output is incomplete. Free some space or redirect it, then run the command again.',
    });
    for (const parts of renderError(error, io)) io.say(parts, { always: true });
    await io.flush();
    verdicts.push('local-io');
  }
  const reason: unknown = interrupted.aborted ? interrupted.reason : undefined;
  const signal = reason instanceof CancelledError ? reason.signal : 'SIGINT';
  for (const task of tasks) {
    await task({ code: exitCode(verdicts, signal), error: failure }).catch((error: unknown) => {
      verdicts.push(...report(io, error));
    });
  }
  await io.flush();
  return exitCode(verdicts, signal);
}

function report(io: Io, error: unknown): readonly Verdict[] {
  io.status(null);
  if (error instanceof DeclinedError) {
    io.say(line(styled('muted', error.message)), { always: true });
    return [error.kind];
  }
  if (error instanceof PdactionsError) {
    for (const parts of renderError(error, io)) io.say(parts, { always: true });
    return [error.kind];
  }
  for (const parts of renderBug(error)) io.say(parts, { always: true });
  for (const text of trace(error)) io.debug(line(text));
  return ['bug'];
}

/** The origin of a bug, for `--debug`: its stack, and those of its causes. The errors themselves are never inspected (T28). */
function trace(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > 5) return [];
  const rows = (error.stack ?? error.message).split('\n');
  return [
    ...rows,
    ...trace(error.cause, depth + 1).map((text, row) => (row === 0 ? `caused by ${text}` : text)),
  ];
}

/** Variables that make Node, or a library, write past this program (T28). Node has read its own by now; libraries have not. */
const TRACING = ['NODE_DEBUG', 'NODE_DEBUG_NATIVE', 'DEBUG'] as const;

/** Runs this process. */
export async function main(): Promise<void> {
  const interrupt = new AbortController();
  const hangups: (() => void)[] = [];
  const { argv, platform } = process;
  const [stdout, stderr] = [openOutput(1, () => process.stdout), openOutput(2, () => process.stderr)];
  const env = { ...process.env };
  const cwd = workingDirectory();
  // Keeps it from child processes and diagnostic reports (T29).
  for (const name of [...SECRET_VARIABLES, ...TRACING]) delete process.env[name];
  const world = {
    argv: argv.slice(2),
    env,
    cwd: cwd ?? '/',
    // Loaded on demand, which most commands never need.
    get home() {
      return homeDirectory();
    },
    platform,
    get stdin() {
      return process.stdin;
    },
    stdout,
    stderr,
    clock: systemClock,
    random: Math.random,
    interrupted: interrupt.signal,
    onHangup: (listener: () => void) => {
      if (!stderr.isTTY) hangups.push(listener);
    },
  };
  const io = createIo(world);
  if (TRACING.some((name) => env[name])) redactForeignWrites(process.stderr, io);
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => void endWithBug(io, error));
  }
  for (const signal of Object.keys(SIGNALS) as Signal[])
    process.on(signal, () => {
      if (signal === 'SIGHUP' && hangups.length > 0) for (const listener of hangups) listener();
      else onSignal(signal, interrupt);
    });
  // If the event loop is empty, Node ends a process as a success, even in the middle of its work.
  const endsTooEarly = (): void => void endWithBug(io, new Error('the command ended early'));
  process.once('beforeExit', endsTooEarly);
  process.exitCode = cwd === undefined ? await endNowhere(io) : await run(world, io);
  process.off('beforeExit', endsTooEarly);
  setTimeout(endWhatIsLeft, WATCHDOG_MS).unref();
}

function workingDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

/** Empty if HOME is not set and the user has no passwd entry. */
function homeDirectory(): string {
  try {
    return process.getBuiltinModule('node:os').homedir();
  } catch {
    return '';
  }
}

/** The working directory was deleted under the shell, so relative paths are useless. */
async function endNowhere(io: Io): Promise<number> {
  const verdicts = report(
    io,
    new LocalIoError('the working directory no longer exists', {
      reason: 'local_io',
      hint: 'Change to a directory that exists, and run the command again.',
    }),
  );
  await io.flush();
  return exitCode(verdicts);
}

/** Longer than the remaining time of a write that an interrupted run has abandoned (F34). */
const WATCHDOG_MS = 2_000;

/**
 * All output is written, so nothing should keep the process alive. If something does, it is a bug, but no reason to hang a
 * pipeline (docs/faults.md). It prints a message, so that a test can assert that it never happens.
 */
function endWhatIsLeft(): void {
  process.stderr.write(
    `pdactions: forced to exit; still open: ${process.getActiveResourcesInfo().join(', ')}\n`,
  );
  process.exit();
}

/** Node's own writes to stderr go through the redactor too: NODE_DEBUG cannot be switched off once Node runs (T28). */
function redactForeignWrites(stderr: NodeJS.WriteStream, io: Io): void {
  const write = stderr.write.bind(stderr) as (...args: readonly unknown[]) => boolean;
  stderr.write = (chunk: unknown, ...rest: unknown[]) =>
    write(typeof chunk === 'string' ? io.redact(withoutBytes(chunk)) : chunk, ...rest);
}

/** Node prints its input as bytes, even a token on standard input that the redactor does not know yet (T28). */
function withoutBytes(text: string): string {
  return text.replace(/\b[0-9a-f]{2}(?: [0-9a-f]{2})+\b/g, '...');
}

/** Reports an uncaught error like any bug, without Node's stack and its dump of the error's members (T28). Ends the process even if that fails. */
async function endWithBug(io: Io, error: unknown): Promise<void> {
  process.exitCode = CODES.bug;
  try {
    process.exitCode = exitCode(report(io, error));
    await io.flush();
  } catch {
    process.stderr.write('pdactions: an internal error, and another one while it was reported\n');
  }
  process.exit();
}

/** The first signal asks the run to stop, the second one ends it. */
function onSignal(signal: Signal, interrupt: AbortController): void {
  if (interrupt.signal.aborted) {
    process.stderr.write(
      '\npdactions: stopped immediately; the result of the write in progress is unknown. Run the command again\n',
    );
    process.exit(SIGNALS[signal]);
  }
  process.stderr.write('\nstopping; press Ctrl-C again to stop immediately\n');
  interrupt.abort(new CancelledError('interrupted', signal));
}
