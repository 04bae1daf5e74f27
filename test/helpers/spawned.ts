import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { expectClean, filesIn, secretsIn } from './canary.ts';
import { expectDocumented } from './documents.ts';
import { beginWatch, temporaryFolder } from './in-process.ts';

const BIN = resolve(import.meta.dirname, '../../bin/pdactions.js');
const BUILT = resolve(import.meta.dirname, '../../dist/main.js');

export interface SpawnOptions {
  /** The whole environment, except variables that Node needs to run. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  /** Secrets that no output may show in any form, besides the values of variables with telling names. */
  readonly secrets?: readonly string[] | undefined;
  /** Arguments for Node itself. */
  readonly node?: readonly string[] | undefined;
  /** A file descriptor for standard output; by default a pipe that the test reads. */
  readonly stdout?: number | undefined;
  /** Gives the process a standard input to write to; by default it has none. */
  readonly stdin?: boolean | undefined;
}

export interface Ended {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly folder: string;
  /** Resolves with standard output once it contains the text `count` times. */
  seen(text: string, count?: number): Promise<string>;
  /** Resolves at the end, after the canary scan (P16). */
  readonly ended: Promise<Ended>;
}

/** Starts the built program as a process of its own, without the environment of the tests. */
export function start(argv: readonly string[], options: SpawnOptions = {}): Running {
  if (!existsSync(BUILT)) throw new Error('the program is not built: run `npm run build`');
  const {
    env = {},
    cwd = temporaryFolder(),
    secrets = [],
    node = [],
    stdout: target = 'pipe',
    stdin = false,
  } = options;
  const before = filesIn(cwd);
  const unwatch = beginWatch(env.PAGERDUTY_API_URL);
  const child = spawn(process.execPath, [...node, BIN, ...argv], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: cwd, ...env },
    stdio: [stdin ? 'pipe' : 'ignore', target, 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  let waiting: { readonly isSeen: () => boolean; readonly tell: (all: string) => void }[] = [];
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    for (const { isSeen, tell } of waiting) if (isSeen()) tell(stdout);
    waiting = waiting.filter(({ isSeen }) => !isSeen());
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<Ended>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => {
      try {
        unwatch(undefined);
        expectClean({ stdout, stderr, folder: cwd, before }, [...secrets, ...secretsIn(env)]);
        // A killed process may have stopped in the middle of a line.
        if (code !== null) expectDocumented(argv, stdout);
        done({ code, stdout, stderr });
      } catch (error) {
        fail(error);
      }
    });
  });
  const seen = (text: string, count = 1): Promise<string> => {
    const isSeen = (): boolean => stdout.split(text).length > count;
    return isSeen()
      ? Promise.resolve(stdout)
      : Promise.race([
          new Promise<string>((tell) => waiting.push({ isSeen, tell })),
          ended.then((end) => Promise.reject(new Error(`ended with ${end.code}: ${end.stderr}`))),
        ]);
  };
  return { child, folder: cwd, seen, ended };
}

/** Runs the built program to its end. */
export function spawnCli(argv: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  return start(argv, options).ended;
}
