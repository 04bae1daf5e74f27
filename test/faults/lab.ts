/** Runs the whole program against a failing sandbox on one clock, and records everything observable. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import crossFetch from 'cross-fetch';
import pdFetch, { type FetchInit, type ShieldedResponse } from '../../src/pagerduty/http/fetch.ts';
import type { Switches } from '../../src/sandbox/account/switches.ts';
import type { InjectedFault } from '../../src/sandbox/faults/fault.ts';
import type { Snapshot } from '../../src/sandbox/keeping/snapshot.ts';
import type { LoggedTraffic } from '../../src/sandbox/log.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { pointedAt, type Result, runCli, watch } from '../helpers/in-process.ts';
import { createVirtualClock, type VirtualClock } from '../helpers/virtual-clock.ts';
import { CANARIES, type Target, type WorldSpec } from './worlds.ts';

/** Selects the request of a fault. */
export type FaultMatch = NonNullable<InjectedFault['match']>;
/** One request in the sandbox's log. */
export type RequestRecord = LoggedTraffic['requests'][number];

/** A local network failure: fetch throws, nothing is sent. */
export interface Outage {
  /** For example `ECONNREFUSED`. */
  readonly throws: string;
  readonly target: Pick<Target, 'method' | 'path' | 'service' | 'nth'>;
  readonly times: number | 'always';
}

/** One run of the program, and everything observed of it. */
export interface Run extends Result {
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** Requests and commits of this run alone. */
  readonly log: LoggedTraffic;
  /** Attempts that failed locally. */
  readonly unsent: number;
  /** Origins that received a request. */
  readonly origins: ReadonlySet<string>;
  /** On the clock, in milliseconds. */
  readonly took: number;
  readonly slept: readonly number[];
}

export interface Lab {
  readonly sandbox: Sandbox;
  readonly clock: VirtualClock;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Resets the account to its seed, without faults. */
  reset(world: WorldSpec, switches?: Partial<Switches>): Promise<void>;
  break(faults: readonly InjectedFault[], outages?: readonly Outage[]): void;
  /** Set while a request is never answered, so that timers run. */
  timePasses: boolean;
  /** Called when the fault `signal` fires. */
  onSignal: (signal: string) => void;
  run(argv: readonly string[], options?: LabOptions): Promise<Run>;
  /** Runs until `kill` is called, then stops all effects of the run, like SIGKILL. Null if `kill` was called. */
  runUntilKilled(argv: readonly string[]): Promise<Run | null>;
  kill(): void;
  /** Requests in flight, including those of ended runs. */
  inFlight(): number;
  close(): Promise<void>;
}

export interface LabOptions {
  readonly interrupted?: AbortSignal | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** A request in flight. */
interface Flight {
  readonly method: string;
  readonly path: string;
  readonly deadline: AbortSignal;
  readonly isDead: () => boolean;
  readonly head: () => void;
  readonly expire: (when: 'now' | 'in-body') => void;
  /** Drops the response, because the run was killed. */
  readonly die: () => void;
}

function createFlight(method: string, path: string): Flight {
  const deadline = new AbortController();
  const pass = () => deadline.abort(new DOMException('The operation timed out.', 'TimeoutError'));
  let [headIsIn, expiring, dead] = [false, false, false];
  return {
    method,
    path,
    deadline: deadline.signal,
    isDead: () => dead,
    head() {
      headIsIn = true;
      // After the caller has received the head.
      if (expiring) setImmediate(pass);
    },
    expire(when) {
      expiring = true;
      if (when === 'now' || headIsIn) pass();
    },
    die() {
      dead = true;
      pass();
    },
  };
}

/** Signals that make the client's deadline of 30 s pass at once, because tests do not wait for real. */
const EXPIRES: Readonly<Record<string, 'now' | 'in-body'>> = { SIGHUP: 'now', SIGKILL: 'in-body' };

/** Faults that make the client's deadline for one attempt pass while the sandbox is silent, or drips (F16). */
export function neverAnswers(
  how: 'hang' | 'drip',
  fault: Pick<InjectedFault, 'match' | 'phase' | 'times'>,
): InjectedFault[] {
  return [
    { action: 'signal', signal: how === 'hang' ? 'SIGHUP' : 'SIGKILL', ...fault },
    { action: how, ...fault },
  ];
}

export async function createLab(): Promise<Lab> {
  const flights = new Set<Flight>();
  // Time stands still while a request is in flight, unless it is never answered.
  const clock = createVirtualClock(0, () => !lab.timePasses && flights.size > 0);
  const sandbox = await startSandbox({
    clock,
    deliver: false,
    rateLimit: false,
    token: CANARIES.token,
    onSignal: (signal, { method, path }) => {
      const when = EXPIRES[signal];
      if (when === undefined) return lab.onSignal(signal);
      for (const flight of flights) if (flight.method === method && flight.path === path) flight.expire(when);
    },
  });
  watch(sandbox);
  const folder = mkdtempSync(join(tmpdir(), 'pdactions-faults-'));
  const env = { ...pointedAt(sandbox), AUTOMATION_TOKEN: CANARIES.header };
  let outages: { readonly outage: Outage; fits: number }[] = [];
  let unsent = 0;
  const origins = new Set<string>();

  const travel = async (url: string, init: FetchInit = {}): Promise<ShieldedResponse> => {
    const { origin, pathname: path } = new URL(url);
    const method = init.method?.toUpperCase() ?? 'GET';
    const broken = outages.filter((one) => fits(one.outage, method, path, init.body ?? ''));
    for (const one of broken) {
      one.fits += 1;
      if (!isDue(one.outage, one.fits)) continue;
      unsent += 1;
      throw new TypeError('fetch failed', { cause: systemError(one.outage.throws) });
    }
    origins.add(origin);
    const flight = createFlight(method, path);
    flights.add(flight);
    const signals = [flight.deadline, ...(init.signal ? [init.signal] : [])];
    try {
      return await pdFetch(url, { ...init, signal: AbortSignal.any(signals) });
    } catch (error) {
      if (flight.isDead()) return await new Promise<never>(() => undefined);
      throw error;
    } finally {
      flights.delete(flight);
    }
  };
  Object.assign(crossFetch, { default: travel });
  /** Called when the head of an answer arrives: a deadline meant for the middle of the body passes now. */
  const onHead = (message: unknown): void => {
    const { method, path = '' } = (message as { request: { method?: string; path?: string } }).request;
    for (const flight of flights)
      if (flight.method === method && flight.path === path.split('?')[0]) flight.head();
  };
  subscribe('http.client.response.finish', onHead);

  let killed = (): void => undefined;
  const lab: Lab = {
    sandbox,
    clock,
    folder,
    env,
    timePasses: false,
    onSignal: () => undefined,
    async reset(world, switches = {}) {
      lab.timePasses = false;
      lab.onSignal = () => undefined;
      sandbox.setFaults([]);
      outages = [];
      await sandbox.reset({ ...world.seed, switches });
      keep(join(folder, 'pdactions.config.json'), JSON.stringify(world.config));
    },
    break(faults, more = []) {
      sandbox.setFaults(faults);
      outages = more.map((outage) => ({ outage, fits: 0 }));
    },
    async run(argv, options = {}) {
      const before = sandbox.state();
      const { requests, commits } = sandbox.log();
      const [began, naps] = [clock.now(), clock.slept.length];
      unsent = 0;
      origins.clear();
      // `--debug` adds the reason code of a failure to the message.
      const result = await runCli([...argv, '--debug'], {
        cwd: folder,
        env: { ...env, ...options.env },
        clock,
        interrupted: options.interrupted,
      });
      const log = sandbox.log();
      return {
        ...result,
        before,
        after: sandbox.state(),
        log: {
          requests: log.requests.slice(requests.length),
          commits: log.commits.slice(commits.length),
        },
        unsent,
        origins: new Set(origins),
        took: clock.now() - began,
        slept: clock.slept.slice(naps),
      };
    },
    async runUntilKilled(argv) {
      const end = new Promise<null>((resolve) => {
        killed = () => resolve(null);
      });
      return Promise.race([lab.run(argv), end]);
    },
    inFlight: () => flights.size,
    kill() {
      for (const flight of flights) flight.die();
      flights.clear();
      killed();
    },
    async close() {
      unsubscribe('http.client.response.finish', onHead);
      Object.assign(crossFetch, { default: pdFetch });
      rmSync(folder, { recursive: true, force: true });
      await sandbox.close();
    },
  };
  return lab;
}

/** Writes what is not there already: a thousand resets write the same. */
function keep(file: string, text: string): void {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
}

function fits({ target }: Outage, method: string, path: string, body: string): boolean {
  if (target.method !== method || target.path !== path) return false;
  return target.service === undefined || body.includes(`"${target.service}"`);
}

function isDue({ target, times }: Outage, fit: number): boolean {
  const from = target.nth ?? 1;
  return fit >= from && (times === 'always' || fit < from + times);
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code} somewhere`), { code });
}
