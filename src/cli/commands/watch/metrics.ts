/** The counts of `watch` as Prometheus metrics, on a port of this machine. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter, Gauge, Registry } from 'prom-client';
import { LocalIoError } from '../../../errors.ts';
import type { WatchEvent } from './events.ts';

export interface WatchMetrics {
  observe(event: WatchEvent): void;
  /** The URL to scrape. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves `/metrics` and `/healthz` on loopback.
 * @param now the wall clock, in milliseconds since 1970
 * @throws LocalIoError if the port is not available
 */
export async function serveMetrics(port: number, now: () => number): Promise<WatchMetrics> {
  const registry = new Registry();
  const observe = observerOf(registry, now);
  const server = createServer(async ({ url }, response) => {
    if (url === '/healthz') response.end('ok');
    else if (url === '/metrics')
      response.setHeader('content-type', registry.contentType).end(await registry.metrics());
    else response.writeHead(404).end();
  });
  const address = await listen(server, port);
  return {
    url: `http://127.0.0.1:${address.port}/metrics`,
    observe,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Registers the metrics. @returns what counts an event in them */
function observerOf(registry: Registry, now: () => number): WatchMetrics['observe'] {
  const registers = [registry];
  const rounds = new Counter({
    name: 'pdactions_watch_rounds_total',
    help: 'Rounds, by result.',
    labelNames: ['result'],
    registers,
  });
  const enabled = new Counter({
    name: 'pdactions_watch_enabled_total',
    help: 'Actions re-enabled.',
    registers,
  });
  const gauge = (name: string, help: string): Gauge =>
    new Gauge({ name: `pdactions_watch_${name}`, help, registers });
  const changes = gauge('changes', 'Changes that sync would make.');
  const disabled = gauge('disabled', 'Actions that PagerDuty has disabled.');
  const last = gauge('last_success_timestamp_seconds', 'When a round last succeeded.');
  return (event) => {
    if (event.event === 'enabled') enabled.inc();
    if (event.event === 'failed') rounds.inc({ result: 'failed' });
    if (event.event !== 'round') return;
    rounds.inc({ result: 'succeeded' });
    changes.set(event.changes);
    disabled.set(event.disabled);
    last.set(now() / 1000);
  };
}

function listen(server: Server, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new LocalIoError(`cannot listen on port ${port}`, {
          reason: 'local_io',
          hint: 'Another program may be using it; choose another one with `--metrics-port`.',
          cause,
        }),
      );
    });
    server.listen(port, '127.0.0.1', () => resolve(server.address() as AddressInfo));
  });
}
