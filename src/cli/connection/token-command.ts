/** Gets the token from a program, such as a password manager. The command comes from the user's own environment, never from a config. */

import { spawn } from 'node:child_process';
import type { Clock } from '../../clock.ts';
import { codeOf } from '../../code-of.ts';
import { AuthError } from '../../errors.ts';
import type { Environment } from '../../lib/way/proxy-env.ts';
import { LONGEST_TOKEN } from '../../pagerduty/auth/token-kind.ts';
import { SECRET_VARIABLES } from './environment-secrets.ts';

/** Long enough to unlock a vault by hand. */
const WITHIN_MS = 120_000;

export interface CommandWorld {
  readonly env: Environment;
  readonly clock: Clock;
  readonly interrupted: AbortSignal;
}

/**
 * Runs the command without a shell, and returns its output. It may prompt on the terminal, and its stderr is passed through.
 * @param name the variable that contains the command, for messages
 * @throws AuthError if it cannot be started, fails, takes too long or prints far too much
 */
export async function readFromCommand(command: string, name: string, world: CommandWorld): Promise<string> {
  const [program, ...args] = wordsOf(command);
  if (program === undefined) throw failed(name, 'names no program');
  const { env, clock, interrupted } = world;
  const over = new AbortController();
  const late = new AbortController();
  clock.sleep(WITHIN_MS, over.signal).then(
    () => late.abort(),
    () => undefined,
  );
  try {
    const { code, output } = await run(program, args, env, AbortSignal.any([interrupted, late.signal]));
    if (output.length > LONGEST_TOKEN || code === 0) return output;
    throw failed(name, code === null ? 'was ended by a signal' : `failed (exit code ${code})`);
  } catch (error) {
    if (error instanceof AuthError) throw error;
    if (interrupted.aborted) throw interrupted.reason;
    if (late.signal.aborted) throw failed(name, `took longer than ${WITHIN_MS / 1000} s`);
    throw failed(name, `cannot be started (${codeOf(error)})`);
  } finally {
    over.abort();
  }
}

interface CommandResult {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly output: string;
}

function run(
  program: string,
  args: readonly string[],
  env: Environment,
  signal: AbortSignal,
): Promise<CommandResult> {
  const harmless = Object.entries(env).filter(([key]) => !SECRET_VARIABLES.some((secret) => secret === key));
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: Object.fromEntries(harmless),
      stdio: ['inherit', 'pipe', 'inherit'],
      signal,
      killSignal: 'SIGKILL',
      windowsHide: true,
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      if (output.length > LONGEST_TOKEN + '\r\n'.length) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

function failed(name: string, why: string): AuthError {
  return new AuthError(`the command in ${name} ${why}`, {
    hint: 'Run it by hand to see why. pdactions runs it without a shell: quote arguments that contain spaces.',
  });
}

/** A program and its arguments, by the quotes that every shell understands. */
export function wordsOf(command: string): string[] {
  const words = command.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((word) =>
    word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, double?: string, single?: string) =>
      double === undefined ? (single ?? '') : double.replace(/\\(["\\$`])/g, '$1'),
    ),
  );
}
