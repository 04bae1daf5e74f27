/** Starts a simulated PagerDuty account on this machine. */

import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../clock.ts';
import { UsageError } from '../errors.ts';
import type { Switches } from './account/switches.ts';
import { createDeliveries, type Deliveries } from './deliveries/deliveries.ts';
import type { Deliver } from './deliveries/http.ts';
import { createInFlight, type InFlight } from './deliveries/in-flight.ts';
import type { DeliveryRecord } from './deliveries/record.ts';
import { Timeline } from './deliveries/timeline.ts';
import { createFaultBook } from './faults/book.ts';
import { parseFaults } from './faults/check.ts';
import type { InjectedFault } from './faults/fault.ts';
import { createGates } from './faults/gates.ts';
import { loadDataFile } from './keeping/data-file.ts';
import { createKeeper, type Keeper } from './keeping/keeper.ts';
import { type Settings, settingsOf } from './keeping/settings.ts';
import { type Snapshot, snapshotOf } from './keeping/snapshot.ts';
import { createJournal, type LoggedTraffic } from './log.ts';
import { isLoopbackAddress } from './page/gatekeeper.ts';
import type { AccountPage } from './page/routes.ts';
import { stateOf } from './seed/account.ts';
import { demoSeed } from './seed/demo-seed.ts';
import { parseSeed, type SeedInput } from './seed/seed.ts';
import type { OnSignal } from './serve-api.ts';
import { createSandboxServer, listen } from './server.ts';
import { createWatch } from './watch.ts';
import { createRateLimiter, DEFAULT_RATE_LIMIT, type RateLimit } from './wire/rate-limit.ts';
import {
  type AccountEdit,
  advance,
  applyEdit,
  commit,
  resetWorld,
  setSwitches,
  type World,
} from './world.ts';

export interface SandboxOptions {
  /** 0, the default, takes any free one. */
  readonly port?: number | undefined;
  /** 127.0.0.1 by default. Any address except a loopback one needs `allowRemote` (T47). */
  readonly host?: string | undefined;
  readonly allowRemote?: boolean | undefined;
  /** The contents of the account; the demo account by default. An existing data file wins. */
  readonly seed?: SeedInput | undefined;
  /** The file that stores the account between two starts. Created if it is missing. */
  readonly dataFile?: string | undefined;
  /** Gets one JSON line for each request and each commit. */
  readonly logFile?: string | undefined;
  /** They win over those of the seed and of the data file, and are not kept. */
  readonly switches?: Partial<Switches> | undefined;
  /** 960 a minute by default; false for none. It wins over that of the seed. */
  readonly rateLimit?: RateLimit | false | undefined;
  /** The least time of every answer. It wins over that of the seed. */
  readonly latencyMs?: number | undefined;
  /** A custom clock never makes things happen in the background: due tasks run at the next request or `advance`. */
  readonly clock?: Clock | undefined;
  /** The wall clock, in milliseconds since 1970. With a custom clock it starts in 2026 and runs with that. */
  readonly now?: (() => number) | undefined;
  /** From 0 to below 1, for the ids of deliveries. */
  readonly random?: (() => number) | undefined;
  /** The token of clients; a random one by default. */
  readonly token?: string | undefined;
  /** The token of the control routes; a random one by default. */
  readonly controlToken?: string | undefined;
  /** The sender of deliveries: over HTTP by default; false sends none. */
  readonly deliver?: Deliver | false | undefined;
  /** Also delivers to endpoints on other machines. */
  readonly deliverAnywhere?: boolean | undefined;
  /** The URL that replaces an endpoint, for a stand-in on this machine; undefined for none. */
  readonly standIn?: ((endpoint: string) => string | undefined) | undefined;
  /** Serves a page at `/`, to view the account and to press its buttons; off by default. */
  readonly page?: boolean | undefined;
  /** The option that points `pdactions` at this sandbox, for the commands on the page; `--sandbox` by default. */
  readonly flag?: string | undefined;
  /** Carries out the fault `signal`. */
  readonly onSignal?: OnSignal | undefined;
}

export interface Sandbox {
  /** Scheme, host and port, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly controlToken: string;
  /** The URL of the page; null without one, or if no browser on this machine could open it. */
  readonly page: string | null;
  /** Ends every connection, and resolves when the last change is in the data file. */
  close(): Promise<void>;
  /** A copy of the account, with real header values. */
  state(): Snapshot;
  log(): LoggedTraffic;
  deliveries(): readonly DeliveryRecord[];
  /** Replaces all faults; their counts start now. @throws ConfigError */
  setFaults(faults: readonly InjectedFault[]): void;
  /** Resets to the seed (or to another one), with empty logs and no faults. The clock stays. */
  reset(seed?: SeedInput): Promise<void>;
  /** Moves the sandbox's clock, and runs the tasks that become due. */
  advance(ms: number): Promise<void>;
  /** Changes the account behind the API, like a person in the web UI. @throws ConfigError */
  edit(edit: AccountEdit): Promise<void>;
  setSwitches(switches: Partial<Switches>): void;
  /** Resolves as soon as a request waits at the gate of this name. */
  reached(gate: string): Promise<void>;
  /** Releases the requests at this gate, or at every gate; returns their number. */
  release(gate?: string): number;
  /** Resolves when no delivery is in flight. One that waits for its next attempt is not. */
  settled(): Promise<void>;
}

/** The start of the wall clock of a sandbox with a custom clock. */
const EPOCH = Date.UTC(2026, 0, 1);
/** See `createInFlight`. */
const GRACE_MS = 1000;
/** The time that the page waits for news before it asks again. */
const HOLD_MS = 25_000;

/**
 * Starts a sandbox.
 * @throws UsageError for an address that cannot or may not be used
 * @throws ConfigError for an invalid seed
 * @throws LocalIoError for a data file that cannot be read or is damaged
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', port = 0, allowRemote = false } = options;
  if (!allowRemote) expectLoopback(host);
  const inFlight = createInFlight(GRACE_MS);
  const controlToken = options.controlToken ?? secret();
  const { world, latencyMs } = await createWorld(options, inFlight);
  const server = createSandboxServer(world, {
    controlToken,
    remote: allowRemote,
    page: options.page ? await pageOf(world) : null,
    latencyMs,
    clock: options.clock ?? systemClock,
    onSignal: options.onSignal,
  });
  await world.keeper.save();
  const actual = await listen(server, host, port);
  const url = urlOf(host, actual);
  return {
    ...controlsOf(world),
    url,
    port: actual,
    token: world.state.token,
    controlToken,
    page: options.page && (isEverywhere(host) || isLoopbackAddress(host)) ? `${url}/` : null,
    settled: () => inFlight.settled(),
    close: async () => {
      world.gates.drop();
      world.timeline.clear();
      world.deliveries.clear();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await world.keeper.save();
    },
  };
}

function expectLoopback(host: string): void {
  if (isLoopbackAddress(host)) return;
  throw new UsageError(`the sandbox cannot listen on ${host}: other machines can reach it`, {
    hint: 'Use 127.0.0.1, or pass `--allow-remote` to let other machines in.',
  });
}

function isEverywhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function urlOf(host: string, port: number): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `http://${isEverywhere(host) ? 'localhost' : name}:${port}`;
}

type Controls = Omit<Sandbox, 'url' | 'port' | 'token' | 'controlToken' | 'page' | 'settled' | 'close'>;

/** Operations on a sandbox behind the API, for tests and its owner. */
function controlsOf(world: World): Controls {
  return {
    state: () => snapshotOf(world.state),
    log: () => world.journal.log(),
    deliveries: () => world.deliveries.records(),
    setFaults: (faults) => world.book.set(parseFaults(faults)),
    reset: async (seed) => {
      resetWorld(world, seed === undefined ? undefined : parseSeed(seed));
      await world.keeper.save();
    },
    advance: (ms) => advance(world, ms),
    edit: async (edit) => {
      applyEdit(world, edit);
      await world.keeper.save();
    },
    setSwitches: (switches) => setSwitches(world, switches),
    reached: (gate) => world.gates.reached(gate),
    release: (gate) => world.gates.release(gate),
  };
}

/** Loaded on demand: a command with `--sandbox` does not need it. */
async function pageOf(world: World): Promise<AccountPage> {
  const { createPage } = await import('./page/routes.ts');
  return createPage(world, { token: secret(), holdMs: HOLD_MS });
}

/** Twenty characters, like PagerDuty's tokens (fact 17). */
function secret(): string {
  return randomBytes(15).toString('base64url');
}

async function createWorld(
  options: SandboxOptions,
  inFlight: InFlight,
): Promise<{ world: World; latencyMs: number }> {
  const clock = options.clock ?? systemClock;
  const seed = parseSeed(options.seed ?? demoSeed());
  const timeline = new Timeline(clock, options.clock === undefined, () => inFlight.settled());
  const wall = wallClock(options, timeline);
  const token = options.token ?? secret();
  const overrides = options.switches ?? {};
  const kept = options.dataFile === undefined ? null : await loadDataFile(options.dataFile, token, overrides);
  const settings = kept?.settings ?? settingsOf(seed);
  const watch = createWatch();
  const keeper: Keeper = createKeeper(options.dataFile, () => ({ state: world.state, settings }));
  const deliveries: Deliveries = createDeliveries({
    deliver: options.deliver,
    anywhere: options.deliverAnywhere ?? false,
    standIn: options.standIn,
    timeline,
    wall,
    state: () => world.state,
    commit: (change) => {
      commit(world, [change], 'delivery');
      // No request waits for this one. A failed write is tried again with the next change.
      keeper.save().catch(() => keeper.touch());
    },
    changed: (incidentId) => watch.touch(incidentId),
    uuid: () => uuid(options.random ?? Math.random),
    inFlight,
  });
  const world: World = {
    state: kept?.state ?? stateOf(seed, token, wall(), overrides),
    seed,
    overrides,
    timeline,
    limiter: createRateLimiter(rateLimitOf(options, settings)),
    journal: createJournal(options.logFile),
    book: createFaultBook(),
    gates: createGates(),
    keeper,
    deliveries,
    watch,
    wall,
    flag: options.flag ?? '--sandbox',
  };
  if (!kept) keeper.touch();
  return { world, latencyMs: options.latencyMs ?? settings.latencyMs ?? 0 };
}

function rateLimitOf(options: SandboxOptions, settings: Settings): RateLimit | null {
  if (options.rateLimit === false) return null;
  return options.rateLimit ?? settings.rateLimit ?? DEFAULT_RATE_LIMIT;
}

function wallClock(options: SandboxOptions, timeline: Timeline): () => number {
  const { clock, now } = options;
  const base = now ?? (clock ? () => EPOCH + clock.now() : Date.now);
  return () => base() + timeline.offset();
}

function uuid(random: () => number): string {
  const hex = (count: number) =>
    Array.from({ length: count }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[Math.floor(random() * 4)]}${hex(3)}-${hex(12)}`;
}
