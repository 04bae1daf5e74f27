/** The built program as a process of its own, and a sandbox in this one, which can signal it at an exact moment of any request. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { InjectedFault } from '../../src/sandbox/faults/fault.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Lab, Run } from '../faults/lab.ts';
import { commitsOf } from '../faults/oracle.ts';
import { CANARIES, type WorldSpec } from '../faults/worlds.ts';
import { expectClean, filesIn } from '../helpers/canary.ts';
import { pointedAt } from '../helpers/in-process.ts';
import { expectMonitors } from '../helpers/monitors.ts';

export const BIN = resolve(import.meta.dirname, '../../bin/pdactions.js');

export const CODES = { SIGHUP: 129, SIGINT: 130, SIGKILL: 137, SIGTERM: 143 } as const;
export type Signal = keyof typeof CODES;

/** A running process and its output so far. */
export interface Victim {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  /** Resolves when stderr contains the text, or when the process is gone. */
  says(text: string): Promise<void>;
  readonly gone: Promise<void>;
}

export interface YardOptions {
  /** Arguments for Node itself. */
  readonly node?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Called as soon as the process runs. */
  readonly onStart?: (victim: Victim) => void;
}

export interface Yard extends Pick<Lab, 'sandbox' | 'folder' | 'env'> {
  /** Resets the account to its seed, without faults. */
  reset(world: WorldSpec): Promise<void>;
  break(faults: readonly InjectedFault[]): void;
  /** Called when the fault `signal` fires; `strike` by default. */
  onSignal: (victim: Victim, signal: Signal) => Promise<void>;
  /** Runs the program to its end. A killed process gets the exit code that a shell would report. */
  run(argv: readonly string[], options?: YardOptions): Promise<Run>;
  close(): Promise<void>;
}

/** Sends the signal, and waits until the program has noticed it: what it does next is then the same in every run. */
export async function strike({ child, says, gone }: Victim, signal: Signal): Promise<void> {
  child.kill(signal);
  await (signal === 'SIGKILL' ? gone : says('stopping; press Ctrl-C again to stop immediately\n'));
}

export async function createYard(): Promise<Yard> {
  let victim: Victim | undefined;
  const folder = mkdtempSync(join(tmpdir(), 'pdactions-crash-'));
  const sandbox = await startSandbox({
    deliver: false,
    rateLimit: false,
    token: CANARIES.token,
    onSignal: async (signal) => {
      if (victim) await yard.onSignal(victim, signal as Signal);
    },
  });
  const env = { ...pointedAt(sandbox), AUTOMATION_TOKEN: CANARIES.header };
  const yard: Yard = {
    sandbox,
    folder,
    env,
    onSignal: strike,
    async reset(world) {
      yard.onSignal = strike;
      sandbox.setFaults([]);
      await sandbox.reset(world.seed);
      writeFileSync(join(folder, 'pdactions.config.json'), JSON.stringify(world.config));
    },
    break: (faults) => sandbox.setFaults(faults),
    async run(argv, { node = [], env: more = {}, onStart } = {}) {
      const [before, files] = [sandbox.state(), filesIn(folder)];
      const { requests, commits } = sandbox.log();
      const child = spawn(process.execPath, [...node, BIN, ...argv], {
        cwd: folder,
        env: { PATH: process.env.PATH ?? '', HOME: folder, ...env, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const ended = watch(child);
      victim = ended.victim;
      onStart?.(victim);
      const result = await ended.end;
      // Any remaining work of the sandbox on the last request is already due in this turn.
      await new Promise(setImmediate);
      // A killed process could not report anything; everything else is checked (P16).
      expectClean({ ...result, folder, before: files }, Object.values(CANARIES));
      const log = sandbox.log();
      expectMonitors(sandbox, { after: requests.at(-1)?.index ?? 0 });
      return {
        ...result,
        before,
        after: sandbox.state(),
        log: {
          requests: log.requests.slice(requests.length),
          commits: log.commits.slice(commits.length),
        },
        unsent: 0,
        origins: new Set(),
        took: 0,
        slept: [],
      };
    },
    async close() {
      victim?.child.kill('SIGKILL');
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return yard;
}

function watch(child: ChildProcess): {
  victim: Victim;
  end: Promise<Pick<Run, 'code' | 'stdout' | 'stderr'>>;
} {
  let [stdout, stderr] = ['', ''];
  let listeners: { readonly text: string; readonly tell: () => void }[] = [];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const one of listeners) if (stderr.includes(one.text)) one.tell();
    listeners = listeners.filter((one) => !stderr.includes(one.text));
  });
  const gone = new Promise<void>((tell) => child.on('exit', () => tell()));
  const end = new Promise<Pick<Run, 'code' | 'stdout' | 'stderr'>>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code, signal) => {
      done({ code: code ?? CODES[signal as Signal] ?? 128, stdout, stderr });
    });
  });
  const says = (text: string): Promise<void> =>
    stderr.includes(text)
      ? Promise.resolve()
      : Promise.race([gone, new Promise<void>((tell) => listeners.push({ text, tell }))]);
  return { victim: { child, stdout: () => stdout, says, gone }, end };
}

/** The whole account, without parts that may differ between two correct runs. */
export function accountOf({ after }: Run): string {
  return JSON.stringify(
    after.extensions
      .map(({ name, url, headers, serviceIds, disabled, schema }) =>
        JSON.stringify([serviceIds, schema, name, url, headers, disabled]),
      )
      .sort(),
  );
}

/** Requests that change something, carried out or not. */
export function writesOf(run: Run): string[] {
  return [
    ...run.log.requests
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path}`),
    ...commitsOf(run).map(({ verb, id }) => `${verb} ${id}`),
  ];
}
