/** Receives presses and runs their handlers: combines the parts of this room. */

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../clock.ts';
import { codeOf } from '../code-of.ts';
import { UsageError } from '../errors.ts';
import { createDoor } from './door/http.ts';
import { messageOf } from './failure.ts';
import { forward } from './forward.ts';
import { createIntake, type Intake } from './intake.ts';
import { openClaims } from './ledger/claims.ts';
import { FileLedger } from './ledger/file-ledger.ts';
import type { Ledger } from './ledger/ledger.ts';
import { lockFor } from './ledger/lock.ts';
import type { QueueAddress } from './ledger/redis/connection.ts';
import type { ReceiverRole } from './ledger/redis/redis-ledger.ts';
import { LIMITS, type Limits } from './limits.ts';
import { claimOf } from './press/claim.ts';
import type { Press } from './press/message.ts';
import { labelOf, type Route } from './press/routes.ts';
import { type Delivery, widthOf } from './press-worker.ts';
import { refusalOf } from './run/allowed.ts';
import { type HandlerOptions, runHandler } from './run/handler.ts';
import type { AccountReader } from './run/reader.ts';
import type { Log } from './tell/events.ts';
import type { Metrics } from './tell/metrics.ts';
import type { Clean } from './tell/note.ts';
import type { NoteWriter } from './tell/notes.ts';

export interface SharedQueue {
  readonly address: QueueAddress;
  /** The role of this receiver: it accepts presses, runs them, or both. */
  readonly role: ReceiverRole;
}

type Routes = ReadonlyMap<string, Route>;

export interface ReceiverOptions {
  readonly routes: Routes;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** The file that remembers accepted messages. */
  readonly stateFile: string;
  /** The queue that keeps presses instead, shared with other receivers. */
  readonly queue?: SharedQueue | undefined;
  /** Forwards presses there instead of running commands. */
  readonly forwardTo?: string | undefined;
  /** Writes a note on an incident; absent: no notes. */
  readonly addNote?: NoteWriter | undefined;
  /** Reads the context that handlers request; absent without a connection to PagerDuty. */
  readonly reader?: AccountReader | undefined;
  /** The folder for the whole output of each run. */
  readonly outputFolder?: string | undefined;
  /** Records a press; an error it throws is logged. */
  readonly record?: ((action: string, press: Press) => void) | undefined;
  /** The time for running handlers to end by themselves when it stops; by default the longest handler timeout. */
  readonly drainMs?: number | undefined;
  /** True if a proxy in front names the sender in `X-Forwarded-For`. */
  readonly trustsProxy?: boolean | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
  readonly clean: Clean;
  /** Removes secrets from text written to files. */
  readonly redact: (text: string) => string;
  readonly limits?: Partial<Limits> | undefined;
}

export interface Receiver {
  readonly url: string;
  /** Serves these from now on. Running presses continue; waiting ones run with the new definition. */
  reload(routes: Routes): void;
  /** Resolves when nothing runs any more (T46). @returns false if a handler had to be ended */
  stop(): Promise<boolean>;
}

/** The state that the parts of a receiver share. */
interface ReceiverParts {
  readonly options: ReceiverOptions;
  readonly limits: Limits;
  readonly log: Log;
  readonly routes: () => Routes;
}

/** @throws UsageError if it cannot listen there, LocalIoError if the state cannot be used */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  let routes = options.routes;
  const { createMetrics } = await import('./tell/metrics.ts');
  const metrics = createMetrics(async () => ({
    ...(await ledger.counts()),
    isReady: (await intake.unready()) === null,
  }));
  const log: Log = (event) => {
    metrics.observe(event);
    options.log(
      event.action === undefined
        ? event
        : { ...event, label: event.label ?? knownLabel(event.action, routes) },
    );
  };
  const parts: ReceiverParts = {
    options,
    limits: { ...LIMITS, ...options.limits },
    log,
    routes: () => routes,
  };
  const ledger = await openLedger(parts);
  const intake = intakeOf(parts, ledger);
  const door = doorOf(parts, intake, metrics);
  await listenAt(door, options).catch(async (error: unknown) => {
    await ledger.close();
    throw error;
  });
  await intake.start();
  return {
    url: urlOf(door, options.host),
    reload(fresh) {
      routes = fresh;
      ledger.reload().catch((error: unknown) => log(aboutReload(error)));
    },
    stop: () => stop(parts, { ledger, intake, door }),
  };
}

function intakeOf({ options, limits, log, routes }: ReceiverParts, ledger: Ledger): Intake {
  const { clock, now, clean, forwardTo, reader, addNote } = options;
  // A server under development decides for itself.
  const forwards = forwardTo !== undefined;
  return createIntake({
    ledger,
    routes: () => routes().values(),
    drainMs: () => options.drainMs ?? longestOf(routes(), limits),
    ...{ clock, now, log, clean, addNote },
    keepsRequests: forwards,
    refusal: async ({ handler }, press, stop) =>
      forwards
        ? null
        : refusalOf(handler?.allow ?? [], press, reader, { clock, limitMs: limits.contextMs, stop }),
    startedNoteMs: limits.startedNoteMs,
    startDelayMs: limits.startDelayMs,
    run: (delivery, stop) =>
      forwards
        ? forward(delivery, { target: forwardTo, clock, timeoutMs: limits.forwardMs }, stop)
        : runHandler(delivery, { ...options, onProblem: problemOf(delivery, { log, clean }), limits, stop }),
  });
}

function doorOf({ options, limits, log, routes }: ReceiverParts, intake: Intake, metrics: Metrics): Server {
  const record = (route: Route, press: Press): void => {
    try {
      options.record?.(route.action, press);
    } catch (error) {
      log({ event: 'record-failed', level: 'error', id: press.id, detail: codeOf(error, 'unknown') });
    }
  };
  return createDoor({
    routes,
    intake,
    takesPresses: options.queue?.role !== 'worker',
    probes: { unready: intake.unready, metrics },
    limits,
    log,
    clean: options.clean,
    trustsProxy: options.trustsProxy ?? false,
    // A developer's server should get them; a command would act on them.
    takesTests: options.forwardTo !== undefined,
    record,
  });
}

function listenAt(door: Server, { host, port }: ReceiverOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    door.once('error', (cause) => reject(cannotListen(host, port, cause)));
    door.listen({ host, port, exclusive: true }, resolve);
  });
}

function urlOf(door: Server, host: string): string {
  const { port } = door.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function stop(
  { options, limits, log }: ReceiverParts,
  { ledger, intake, door }: { readonly ledger: Ledger; readonly intake: Intake; readonly door: Server },
): Promise<boolean> {
  const { running, waiting } = await ledger.counts();
  log({ event: 'stopping', level: 'info', detail: `${running} running, ${waiting} waiting` });
  const [isClean] = await Promise.all([intake.stop(), options.clock.sleep(limits.lingerMs)]);
  const closed = new Promise((resolve) => door.close(resolve));
  door.closeIdleConnections();
  door.closeAllConnections();
  await closed;
  await ledger.close();
  return isClean;
}

function knownLabel(action: string, routes: Routes): string | undefined {
  const route = [...routes.values()].find((candidate) => candidate.action === action);
  return route && labelOf(route);
}

function longestOf(routes: Routes, { forwardMs }: Limits): number {
  const times = [...routes.values()].map(({ handler }) => (handler ? handler.timeout * 1000 : forwardMs));
  return Math.max(0, ...times);
}

function aboutReload(error: unknown): Parameters<Log>[0] {
  return {
    event: 'state-failed',
    level: 'error',
    detail: `the queue was not updated: ${messageOf(error)}`,
  };
}

async function openLedger({ options, limits, log, routes }: ReceiverParts): Promise<Ledger> {
  const { stateFile, clock, now, redact, addNote } = options;
  if (options.queue) {
    const { openRedisLedger } = await import('./ledger/redis/redis-ledger.ts');
    const widths = () => new Map([...routes().values()].map((route) => [route.action, widthOf(route)]));
    return openRedisLedger({ ...options.queue, limits, clock, now, log, redact, addNote, widths });
  }
  const claims = openClaims(stateFile, limits.claims, await lockFor(stateFile, clock));
  return new FileLedger({ claims, limits, clock, now, log, redact, addNote });
}

function problemOf(
  { route, press }: Delivery,
  { log, clean }: Pick<ReceiverOptions, 'log' | 'clean'>,
): HandlerOptions['onProblem'] {
  const about = claimOf(route.action, press, clean);
  return (event, detail) => log({ event, level: 'warn', ...about, detail });
}

function cannotListen(host: string, port: number, cause: Error & { code?: string }): UsageError {
  const why = cause.code === 'EADDRINUSE' ? 'it is in use' : (cause.code ?? cause.message);
  return new UsageError(`cannot listen on port ${port} of ${host}: ${why}`, {
    hint:
      cause.code === 'EADDRNOTAVAIL'
        ? 'This machine does not have that address: choose another one with `--host`.'
        : 'Choose another port with `--port`.',
    reason: 'local_io',
    cause,
  });
}
