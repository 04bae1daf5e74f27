import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../src/clock.ts';
import { run } from '../../src/main.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import { Recorder } from '../ui/io-world.ts';
import { expectClean, filesIn, secretsIn } from './canary.ts';

/** What one run of the program left behind. */
export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  /** What comes in on standard input. */
  readonly stdin?: string | undefined;
  readonly clock?: Clock | undefined;
  readonly interrupted?: AbortSignal | undefined;
  /** stdout is a terminal; nobody answers there. */
  readonly terminal?: boolean | undefined;
  readonly columns?: number | undefined;
  /** What must come out in no form, beside the values of variables with telling names (P16). */
  readonly secrets?: readonly string[] | undefined;
}

/**
 * Runs the program in this process, as it would run from a script: no terminal, nothing from the real environment.
 * @throws when what it wrote, to a stream or a file, holds a secret or what a terminal must not see
 */
export async function runCli(argv: readonly string[], options: RunOptions = {}): Promise<Result> {
  const { cwd = temporaryFolder(), columns = 100, env = {}, secrets = [] } = options;
  const before = filesIn(cwd);
  const stdout = Object.assign(new Recorder(), { isTTY: options.terminal === true, columns });
  const stderr = Object.assign(new Recorder(), { isTTY: false, columns });
  const stdin = options.stdin === undefined ? new PassThrough() : Readable.from([options.stdin]);
  const code = await run({
    argv,
    env: { ...env },
    cwd,
    home: cwd,
    platform: process.platform,
    stdin,
    stdout,
    stderr,
    clock: options.clock ?? systemClock,
    random: () => 0.5,
    interrupted: options.interrupted ?? new AbortController().signal,
  });
  const result = { code, stdout: stdout.text, stderr: stderr.text };
  expectClean({ ...result, folder: cwd, before }, [...secrets, ...secretsIn(env)]);
  return result;
}

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pdactions-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A sandbox that ends with the test. Its ids are the same in every run. */
export async function testSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ deliver: false, rateLimit: false, ...options });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** The environment that points the program at a sandbox, as at any server. */
export function pointedAt({ url, token }: Pick<Sandbox, 'url' | 'token'>): Record<string, string> {
  return { PAGERDUTY_API_URL: url, PAGERDUTY_TOKEN: token };
}
