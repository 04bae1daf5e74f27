/** The deliveries of presses: queues, attempts, retries, drops (facts 38–43), all on the sandbox's clock. */
import type { AccountChange } from '../account/change.ts';
import type { State } from '../account/state.ts';
import { type Extension, extensions, isDisabled } from '../resources/extensions/record.ts';
import { incidents } from '../resources/incidents/record.ts';
import type { User } from '../resources/users.ts';
import { type Deliver, type DeliveryRequest, deliverByHttp } from './http.ts';
import type { InFlight } from './in-flight.ts';
import { outcome, reasonOf, redirectTarget } from './outcome.ts';
import { type DeliveryEntry, type DeliveryRecord, entryOf, recordOf } from './record.ts';
import {
  ATTEMPT_TIMEOUT_MS,
  type DeliveryVerdict,
  DISABLED_FOR_MS,
  DROPS_TO_DISABLE,
  isLoopback,
  judgeFailure,
  judgeStatus,
  RETRY_FOR_MS,
  retryDelay,
} from './rules.ts';
import type { Timeline } from './timeline.ts';

export interface DeliveryOptions {
  /** False: sends nothing. */
  readonly deliver?: Deliver | false | undefined;
  /** Also delivers to endpoints on other machines. */
  readonly anywhere: boolean;
  /** The URL that replaces an endpoint. */
  readonly standIn?: ((endpoint: string) => string | undefined) | undefined;
  readonly timeline: Timeline;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
  readonly state: () => State;
  readonly commit: (change: AccountChange) => void;
  /** Called when the deliveries of this incident have changed. */
  readonly changed: (incidentId: string) => void;
  readonly uuid: () => string;
  readonly inFlight: InFlight;
}

export interface Deliveries {
  /** Called for a press. The first attempt is made at once unless earlier ones of its queue wait (fact 40). */
  press(extensionId: string, incidentId: string, user: User | null): void;
  records(): readonly DeliveryRecord[];
  /** Forgets everything, and cancels requests in flight. */
  clear(): void;
}

const MAX_REDIRECTS = 5;

/** All presses, and requests in flight. */
interface DeliveryDesk extends DeliveryOptions {
  readonly send: Deliver | false;
  /** The oldest first. */
  entries: DeliveryEntry[];
  /** The open entries of each action and incident; the first of a queue is in flight, or waits for its next attempt. */
  queues: Map<string, DeliveryEntry[]>;
  readonly sending: Set<AbortController>;
}

/** Starts without presses. Clear it together with the timeline, which has their next attempts as tasks. */
export function createDeliveries(options: DeliveryOptions): Deliveries {
  const send = options.deliver ?? (options.deliver === undefined ? deliverByHttp : false);
  const desk: DeliveryDesk = { ...options, send, entries: [], queues: new Map(), sending: new Set() };
  return {
    press: (extensionId, incidentId, user) => press(desk, extensionId, incidentId, user),
    records: () => desk.entries.map(recordOf),
    clear: () => clear(desk),
  };
}

function press(desk: DeliveryDesk, extensionId: string, incidentId: string, user: User | null): void {
  const state = desk.state();
  const extension = extensions.in(state).get(extensionId);
  const incident = incidents.in(state).get(incidentId);
  const logged = incident?.log.at(-1);
  if (!extension || !incident || !logged) return;
  const facts = { extension, incident, user, entry: logged, webhookId: desk.uuid(), at: iso(desk, 0) };
  const entry = entryOf(state, facts, desk.timeline.now());
  const queue = [...queueOf(desk, entry), entry];
  desk.entries.push(entry);
  desk.queues.set(queueName(entry), queue);
  desk.changed(incidentId);
  if (entry.flaw !== null) finish(desk, entry, 'dropped', entry.flaw);
  else if (queue[0] === entry) begin(desk, entry);
}

function clear(desk: DeliveryDesk): void {
  desk.entries = [];
  desk.queues = new Map();
  for (const controller of desk.sending) controller.abort();
}

/** Starts an attempt, unless an obstacle ends the delivery. */
function begin(desk: DeliveryDesk, entry: DeliveryEntry): void {
  if (!desk.entries.includes(entry)) return;
  const { send } = desk;
  const request = addressed(desk, entry.request);
  const dropped = whyDropped(desk, entry);
  const held = send ? whyHeld(desk, request) : 'deliveries are turned off';
  entry.nextAttemptAt = null;
  if (dropped !== null) finish(desk, entry, 'dropped', dropped);
  else if (held !== null || !send) finish(desk, entry, 'held', held);
  else {
    desk.changed(entry.incidentId);
    desk.inFlight.add(attempt(desk, entry, send, request));
  }
}

/** Why PagerDuty would not send it now; null if it would. */
function whyDropped(desk: DeliveryDesk, entry: DeliveryEntry): string | null {
  const extension = extensionOf(desk, entry);
  if (!extension) return 'the extension no longer exists';
  return isDisabled(extension, desk.wall()) ? 'the extension is temporarily disabled' : null;
}

/** Why the sandbox does not send it; null if it does. */
function whyHeld(desk: DeliveryDesk, { url }: DeliveryRequest): string | null {
  return isReachable(desk, url) ? null : 'the endpoint is not on this machine';
}

function addressed({ standIn }: DeliveryDesk, request: DeliveryRequest): DeliveryRequest {
  return { ...request, url: standIn?.(request.url) ?? request.url };
}

function isReachable({ anywhere }: DeliveryDesk, url: string): boolean {
  return anywhere || isLoopback(url);
}

/** Sends the message, and again to the target of a redirect (U9). */
async function attempt(
  desk: DeliveryDesk,
  entry: DeliveryEntry,
  deliver: Deliver,
  request: DeliveryRequest,
): Promise<void> {
  const at = iso(desk, 0);
  const result = await exchange(desk, deliver, request);
  // Cleared in the meantime.
  if (!desk.entries.includes(entry)) return;
  const { redirects } = desk.state().switches;
  const verdict = result.answer
    ? judgeStatus(result.answer.status, redirects)
    : judgeFailure(result.error ?? '');
  entry.attempts = [...entry.attempts, { at, request, ...result, verdict }];
  const target = redirects === 'follow' ? redirectTarget(result.answer, request.url) : null;
  if (target !== null && isReachable(desk, target) && entry.followed < MAX_REDIRECTS) {
    entry.followed += 1;
    return attempt(desk, entry, deliver, { ...request, url: target });
  }
  entry.followed = 0;
  conclude(desk, entry, verdict, reasonOf(result));
}

/** One request and its answer, within the time limit of an attempt. */
async function exchange({ timeline, sending }: DeliveryDesk, deliver: Deliver, request: DeliveryRequest) {
  const controller = new AbortController();
  const cancel = timeline.after(ATTEMPT_TIMEOUT_MS, () => controller.abort());
  sending.add(controller);
  const answer = (async () => deliver(request, controller.signal))();
  const result = await outcome(answer, controller.signal);
  sending.delete(controller);
  cancel();
  return result;
}

function conclude(desk: DeliveryDesk, entry: DeliveryEntry, verdict: DeliveryVerdict, reason: string): void {
  if (verdict === 'delivered') arrive(desk, entry);
  else if (verdict === 'retry') retry(desk, entry, reason);
  else drop(desk, entry, reason);
}

function drop(desk: DeliveryDesk, entry: DeliveryEntry, reason: string): void {
  countDrops(desk, entry, (extensionOf(desk, entry)?.drops ?? 0) + 1);
  finish(desk, entry, 'dropped', reason);
}

/** Sends a delivered press once more, if the switch says so (fact 42). */
function arrive(desk: DeliveryDesk, entry: DeliveryEntry): void {
  countDrops(desk, entry, 0);
  const again = desk.state().switches.duplicates === 'yes' && !entry.repeated;
  entry.repeated = true;
  if (again) begin(desk, entry);
  else finish(desk, entry, 'delivered', null);
}

/** Waits for the next attempt, or gives up after 48 hours (fact 39). */
function retry(desk: DeliveryDesk, entry: DeliveryEntry, reason: string): void {
  const { timeline } = desk;
  const delay = retryDelay(entry.attempts.length, desk.state().switches.retrySpacing);
  if (timeline.now() + delay - entry.since > RETRY_FOR_MS) finish(desk, entry, 'expired', reason);
  else {
    entry.reason = reason;
    entry.nextAttemptAt = iso(desk, delay);
    desk.changed(entry.incidentId);
    timeline.after(delay, () => begin(desk, entry));
  }
}

function finish(
  desk: DeliveryDesk,
  entry: DeliveryEntry,
  status: DeliveryRecord['status'],
  reason: string | null,
): void {
  entry.status = status;
  entry.reason = reason;
  const queue = queueOf(desk, entry);
  const place = queue.indexOf(entry);
  queue.splice(place, 1);
  desk.changed(entry.incidentId);
  const [next] = queue;
  // Only the press at the front blocks others; the one at the front has started already.
  if (next && place === 0) begin(desk, next);
}

/** Three drops in a row disable the extension for a day (fact 41). */
function countDrops(desk: DeliveryDesk, entry: DeliveryEntry, drops: number): void {
  const extension = extensionOf(desk, entry);
  if (!extension || extension.drops === drops) return;
  const disable = drops >= DROPS_TO_DISABLE;
  const value: Extension = disable
    ? { ...extension, drops: 0, disabled: true, disabledUntil: desk.wall() + DISABLED_FOR_MS }
    : { ...extension, drops };
  desk.commit(extensions.put(disable ? 'disable' : 'count', value));
}

function extensionOf(desk: DeliveryDesk, { extensionId }: DeliveryEntry): Extension | undefined {
  return extensions.in(desk.state()).get(extensionId);
}

/** Presses of one action on one incident are sent one after the other (fact 40). */
function queueName({ extensionId, incidentId }: DeliveryEntry): string {
  return `${extensionId}/${incidentId}`;
}

function queueOf(desk: DeliveryDesk, entry: DeliveryEntry): DeliveryEntry[] {
  return desk.queues.get(queueName(entry)) ?? [];
}

/** The wall clock `ms` milliseconds from now. */
function iso(desk: DeliveryDesk, ms: number): string {
  return new Date(desk.wall() + ms).toISOString();
}
