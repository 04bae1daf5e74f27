/** Runs one command for one press, to its end or to its time limit (T42, T43, T45). */

import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '../../clock.ts';
import { codeOf } from '../../code-of.ts';
import type { Limits } from '../limits.ts';
import { createOutput } from './output.ts';
import { discharge, endGroup, enlist } from './process-group.ts';

export interface HandlerTask {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The text on its standard input. */
  readonly input: string;
  readonly timeoutMs: number;
  /** Receives all output as it arrives. */
  readonly onOutput?: ((chunk: Buffer) => void) | undefined;
}

/** The outcome of a press. */
export interface RunOutcome {
  readonly kind: 'succeeded' | 'failed' | 'timed-out' | 'stopped';
  /** The result, in words that follow the name of the action. */
  readonly how: string;
  readonly exitCode?: number | undefined;
  readonly ms: number;
  /** The end of its output, unchanged. */
  readonly output: string;
}

export interface ScriptOptions {
  readonly clock: Clock;
  readonly platform: NodeJS.Platform;
  readonly limits: Pick<Limits, 'outputBytes' | 'killMs' | 'drainMs'>;
  /** Aborts when the receiver must end. */
  readonly stop: AbortSignal;
}

interface HandlerExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly error?: Error & { readonly code?: string };
}

/** Never rejects: every failure is an outcome. */
export async function runScript(task: HandlerTask, options: ScriptOptions): Promise<RunOutcome> {
  const { clock, limits, stop } = options;
  const began = clock.now();
  const output = createOutput(limits.outputBytes);
  const outcome = (kind: RunOutcome['kind'], how: string, exitCode?: number): RunOutcome => ({
    kind,
    how,
    exitCode,
    ms: Math.round(clock.now() - began),
    output: output.text(),
  });
  const child = launch(task, options.platform);
  if (!('stdin' in child)) return outcome('failed', `could not be started: ${child.message}`);
  const ended = endOf(child);
  const keep = (chunk: Buffer): void => {
    output.add(chunk);
    task.onOutput?.(chunk);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  // A script that does not read its input closes the pipe early.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(task.input);
  const { pid } = child;
  if (pid !== undefined) enlist(pid);
  const cause = await firstOf(ended, task.timeoutMs, clock, stop);
  if (cause !== 'ended' && pid !== undefined) {
    if (options.platform === 'win32') child.kill();
    else await endGroup(pid, clock, limits.killMs);
  }
  const end = await ended;
  await drained(child, clock, limits.drainMs);
  if (pid !== undefined) discharge(pid);
  if (cause === 'overdue') {
    return outcome('timed-out', `took longer than ${task.timeoutMs / 1000} s and was ended`);
  }
  if (cause === 'stopped') return outcome('stopped', 'was ended because the receiver had to stop');
  if (end.error) return outcome('failed', `could not be started: ${reasonOf(end.error)}`);
  if (end.signal !== null) return outcome('failed', `was ended by ${end.signal}`);
  return end.code === 0
    ? outcome('succeeded', 'succeeded', 0)
    : outcome('failed', `failed with exit code ${end.code}`, end.code ?? undefined);
}

function launch(task: HandlerTask, platform: NodeJS.Platform): ChildProcess | Error {
  const [program = '', ...args] = task.command;
  // cmd.exe would run them, and interpret the arguments as commands (CVE-2024-27980).
  if (platform === 'win32' && /\.(bat|cmd)$/i.test(program))
    return new Error('batch files are not supported');
  try {
    return spawn(program, args, {
      cwd: task.cwd,
      env: { ...task.env },
      shell: false,
      windowsHide: true,
      // A group of its own, so that it can be ended with all its children.
      detached: platform !== 'win32',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  } catch (error) {
    // An environment that is too long throws here, without an event (T42).
    return new Error(reasonOf(error));
  }
}

/** `exit`, not `close`, which waits for every process that still holds the pipes (T43). */
function endOf(child: ChildProcess): Promise<HandlerExit> {
  return new Promise((tell) => {
    child.once('error', (error) => tell({ code: null, signal: null, error }));
    child.once('exit', (code, signal) => tell({ code, signal }));
  });
}

async function firstOf(
  ended: Promise<HandlerExit>,
  timeoutMs: number,
  clock: Clock,
  stop: AbortSignal,
): Promise<'ended' | 'overdue' | 'stopped'> {
  const timer = new AbortController();
  const any = AbortSignal.any([timer.signal, stop]);
  const waited = clock.sleep(timeoutMs, any).then(
    () => 'overdue' as const,
    () => (stop.aborted ? ('stopped' as const) : ('ended' as const)),
  );
  const cause = await Promise.race([ended.then(() => 'ended' as const), waited]);
  timer.abort();
  return cause;
}

/** Its output remains in the pipes for a moment after its end. */
async function drained(child: ChildProcess, clock: Clock, ms: number): Promise<void> {
  const timer = new AbortController();
  const pipes = [child.stdout, child.stderr].filter((pipe) => pipe !== null);
  const open = pipes.filter((pipe) => !pipe.closed);
  const all = Promise.all(open.map((pipe) => new Promise((tell) => pipe.once('close', tell))));
  await Promise.race([all, clock.sleep(ms, timer.signal).catch(() => undefined)]);
  timer.abort();
  for (const pipe of [child.stdin, ...pipes]) pipe?.destroy();
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'the program, the interpreter in its first line, or its working directory does not exist',
  EACCES: 'the program is not executable, or is a directory',
  E2BIG: 'its arguments and environment are too long',
};

function reasonOf(error: unknown): string {
  const code = codeOf(error, '');
  return REASONS[code] ?? (code || 'it cannot be executed');
}
