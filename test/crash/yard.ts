/** The built program as a process of its own, against an account in this one, which can strike it at an exact moment of any request. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Fault } from '../../src/sandbox/faults/fault.ts';
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

/** A process that is running, and what it has said so far. */
export interface Victim {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  /** Resolves when the text stands on stderr; also when the process is gone. */
  says(text: string): Promise<void>;
  readonly gone: Promise<void>;
}

export interface YardOptions {
  /** Arguments for Node itself. */
  readonly node?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Told of the process as soon as it runs. */
  readonly onStart?: (victim: Victim) => void;
}

export interface Yard extends Pick<Lab, 'sandbox' | 'folder' | 'env'> {
  /** The account as it was seeded; nothing is wrong with it. */
  reset(world: WorldSpec): Promise<void>;
  break(faults: readonly Fault[]): void;
  /** What happens to the process that runs when the fault `signal` comes; `strike` by default. */
  onSignal: (victim: Victim, signal: Signal) => Promise<void>;
  /** Runs the program to its end. A process that was killed has the code that a shell would give. */
  run(argv: readonly string[], options?: YardOptions): Promise<Run>;
  close(): Promise<void>;
}

/** Sends the signal, and waits until the program knows: so what it does next is the same in every run. */
export async function strike({ child, says, gone }: Victim, signal: Signal): Promise<void> {
  child.kill(signal);
  await (signal === 'SIGKILL' ? gone : says('stopping; press again to stop at once\n'));
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
      // What the sandbox still does with the last request, it does in turns of this loop that are already due.
      await new Promise(setImmediate);
      // Killed, it was not able to say anything to anybody; all else is looked through (P16).
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

/** The whole account, without what differs between two runs that are both right. */
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
