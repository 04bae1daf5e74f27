/** The counts of a receiver as Prometheus metrics. Labels are the keys of the config and fixed words: a sender adds none. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { EventName, Log, ReceiverEvent } from './events.ts';

/** The values read at each scrape. */
export interface Gauged {
  readonly running: number;
  readonly waiting: number;
  readonly oldestWaitingMs: number;
  readonly notesOwed: number;
  readonly isReady: boolean;
}

export interface Metrics {
  readonly contentType: string;
  /** Counts an event. */
  readonly observe: Log;
  /** The text of a scrape. */
  text(): Promise<string>;
}

/** The ends of a press. */
const OUTCOMES: ReadonlySet<EventName> = new Set<EventName>([
  'succeeded',
  'failed',
  'timed-out',
  'stopped',
  'not-run',
  'not-allowed',
  'unknown-outcome',
]);

const REASONS: Readonly<Record<number, string>> = {
  400: 'malformed',
  401: 'credentials',
  403: 'web_page',
  404: 'path',
  405: 'method',
  413: 'too_large',
  415: 'content_type',
  503: 'internal',
};

/** From the fastest script to the longest usual time limit. */
const SECONDS = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];

/** Metrics in a registry of their own. @param gauged reads the current values */
export function createMetrics(gauged: () => Promise<Gauged>): Metrics {
  const registry = new Registry();
  const observe = countersIn(registry);
  const set = gaugesIn(registry);
  return {
    contentType: registry.contentType,
    observe,
    async text() {
      set(await gauged());
      return registry.metrics();
    },
  };
}

/** The counters of events. @returns what counts one */
function countersIn(registry: Registry): Log {
  const registers = [registry];
  const counter = <T extends string>(name: string, help: string, labelNames: readonly T[] = []) =>
    new Counter({ name: `pdactions_${name}`, help, labelNames, registers });
  const accepted = counter('presses_accepted_total', 'Presses accepted with status 202.', ['action']);
  const duplicates = counter('presses_duplicate_total', 'Deliveries of presses that were already accepted.', [
    'action',
  ]);
  const outcomes = counter('presses_total', 'Finished presses, by outcome.', ['action', 'outcome']);
  const refusals = counter('refusals_total', 'Refused requests, by reason.', ['reason']);
  const notes = counter('notes_total', 'Notes on incidents, by result.', ['result']);
  const errors = counter('ledger_errors_total', 'Failures of the state file or the queue.');
  const seconds = new Histogram({
    name: 'pdactions_handler_seconds',
    help: 'Run time of handlers, in seconds.',
    labelNames: ['action'] as const,
    buckets: SECONDS,
    registers,
  });
  const observeEnd = ({ action = '', event, ms }: ReceiverEvent): void => {
    outcomes.inc({ action, outcome: event });
    if (ms !== undefined) seconds.observe({ action }, ms / 1000);
  };
  return (event) => {
    const { event: name, action = '', status = 0, reason } = event;
    if (OUTCOMES.has(name)) observeEnd(event);
    else if (name === 'accepted') accepted.inc({ action });
    else if (name === 'duplicate') duplicates.inc({ action });
    else if (name === 'refused') refusals.inc({ reason: REASONS[status] ?? 'other' });
    else if (name === 'busy') refusals.inc({ reason: reason ?? 'other' });
    else if (name === 'noted') notes.inc({ result: 'written' });
    else if (name === 'note-failed') notes.inc({ result: 'failed' });
    else if (name === 'state-failed') errors.inc();
  };
}

/** The gauges. @returns what sets them */
function gaugesIn(registry: Registry): (now: Gauged) => void {
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `pdactions_${name}`, help, registers: [registry] });
  const running = gauge('handlers_running', 'Handlers that are running.');
  const waiting = gauge('presses_waiting', 'Presses that are waiting.');
  const oldest = gauge('oldest_waiting_seconds', 'Age of the oldest waiting press, in seconds.');
  const owed = gauge('notes_owed', 'Notes that are not yet written.');
  const ready = gauge('ready', '1 if the receiver can accept a press.');
  return (now) => {
    running.set(now.running);
    waiting.set(now.waiting);
    oldest.set(now.oldestWaitingMs / 1000);
    owed.set(now.notesOwed);
    ready.set(now.isReady ? 1 : 0);
  };
}
