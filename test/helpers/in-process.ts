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
import { expectDocumented } from './documents.ts';
import { expectMonitors } from './monitors.ts';

/** The result of one run of the program. */
export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  /** Text for standard input. */
  readonly stdin?: string | undefined;
  readonly clock?: Clock | undefined;
  readonly interrupted?: AbortSignal | undefined;
  /** stdout is a terminal, without keyboard input. */
  readonly terminal?: boolean | undefined;
  readonly columns?: number | undefined;
  /** Secrets that no output may show in any form, besides the values of variables with telling names (P16). */
  readonly secrets?: readonly string[] | undefined;
}

/**
 * Runs the program in this process like a script would: no terminal, nothing from the real environment.
 * @throws if a stream or a file contains a secret or a character that a terminal must not receive, or if a document does not match its
 * schema
 */
export async function runCli(argv: readonly string[], options: RunOptions = {}): Promise<Result> {
  const { cwd = temporaryFolder(), columns = 100, env = {}, secrets = [] } = options;
  const before = filesIn(cwd);
  const stdout = Object.assign(new Recorder(), { isTTY: options.terminal === true, columns });
  const stderr = Object.assign(new Recorder(), { isTTY: false, columns });
  const stdin = options.stdin === undefined ? new PassThrough() : Readable.from([options.stdin]);
  const unwatch = beginWatch(env.PAGERDUTY_API_URL);
  const code = await run({
    argv,
    env: { LANG: 'C.UTF-8', ...env },
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
  unwatch(plannedServices(argv, result));
  expectDocumented(argv, result.stdout);
  expectClean({ ...result, folder: cwd, before }, [...secrets, ...secretsIn(env)]);
  return result;
}

/** Sandboxes by URL, with their current runs: each run's requests are checked afterwards. */
const watched = new Map<
  string,
  { readonly sandbox: Sandbox; readonly running: Set<object>; overlapped: boolean }
>();

/** Checks the log of this sandbox after every run against it. */
export function watch(sandbox: Sandbox): void {
  watched.set(sandbox.url, { sandbox, running: new Set(), overlapped: false });
}

/** Begins to watch a run. @returns a function that checks its requests at the end. Overlapping runs are not checked */
export function beginWatch(url = ''): (scope: ReadonlySet<string> | undefined) => void {
  const watching = watched.get(url);
  if (!watching) return () => undefined;
  const run = {};
  const after = watching.sandbox.log().requests.at(-1)?.index ?? 0;
  watching.overlapped = watching.running.size > 0;
  watching.running.add(run);
  return (scope) => {
    watching.running.delete(run);
    if (watching.running.size === 0 && !watching.overlapped)
      expectMonitors(watching.sandbox, { after, scope });
  };
}

/** The services with changes in a sync's plan, the only ones it may write to. */
function plannedServices([command]: readonly string[], { stdout }: Result): ReadonlySet<string> | undefined {
  if (command !== 'sync' || !stdout.startsWith('{')) return undefined;
  const { changes } = JSON.parse(stdout) as {
    changes: readonly { readonly service: { readonly id: string } }[];
  };
  return new Set(changes.map(({ service }) => service.id));
}

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pdactions-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A sandbox that ends with the test. Its ids are the same in every run. */
export async function testSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ deliver: false, rateLimit: false, ...options });
  watch(sandbox);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** The environment that points the program at a sandbox, like at any server. */
export function pointedAt({ url, token }: Pick<Sandbox, 'url' | 'token'>): Record<string, string> {
  return { PAGERDUTY_API_URL: url, PAGERDUTY_TOKEN: token };
}
