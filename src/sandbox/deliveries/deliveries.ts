/** The deliveries of pressed buttons: queues, attempts, retries, drops (facts 38–43), all on the sandbox's clock. */

import type { Change } from '../account/change.ts';
import type { State } from '../account/state.ts';
import { type Extension, extensions, isDisabled } from '../resources/extensions/record.ts';
import { incidents } from '../resources/incidents/record.ts';
import type { User } from '../resources/users.ts';
import { type Deliver, type DeliveryAnswer, type DeliveryRequest, deliverByHttp } from './http.ts';
import type { InFlight } from './in-flight.ts';
import { outcome, reasonOf, redirectTarget } from './outcome.ts';
import { payloadOf } from './payload.ts';
import {
  ATTEMPT_TIMEOUT_MS,
  clientCertificate,
  DISABLED_FOR_MS,
  DROPS_TO_DISABLE,
  isLoopback,
  judgeFailure,
  judgeStatus,
  RETRY_FOR_MS,
  retryDelay,
  type Verdict,
} from './rules.ts';
import type { Timeline } from './timeline.ts';

interface DeliveryAttempt {
  readonly at: string;
  readonly request: DeliveryRequest;
  /** Null when none came. */
  readonly answer: DeliveryAnswer | null;
  /** Why none came: `timeout`, or the code of the network error. */
  readonly error: string | null;
  readonly verdict: Verdict;
}

export interface DeliveryRecord {
  /** The `x-webhook-id`, the same over all attempts (fact 42). */
  readonly webhookId: string;
  readonly extensionId: string;
  readonly incidentId: string;
  readonly name: string;
  readonly pressedAt: string;
  /** Null when nobody in particular pressed, as with an account key. */
  readonly pressedBy: string | null;
  /** `held`: not sent at all, as the endpoint is not on this machine or deliveries are off. */
  readonly status: 'waiting' | 'delivered' | 'dropped' | 'expired' | 'held';
  readonly reason: string | null;
  /** When a delivery that waits is tried again; null when it is on its way, behind another one, or at its end. */
  readonly nextAttemptAt: string | null;
  /** What PagerDuty would present to an endpoint that asks for it (fact 46). */
  readonly certificate: { readonly subject: string; readonly issuer: string };
  readonly attempts: readonly DeliveryAttempt[];
}

type Entry = { -readonly [K in keyof DeliveryRecord]: DeliveryRecord[K] } & {
  readonly request: DeliveryRequest;
  /** On the sandbox's clock. */
  readonly since: number;
  followed: number;
  repeated: boolean;
};

export interface DeliveryOptions {
  /** False: nothing is sent. */
  readonly deliver?: Deliver | false | undefined;
  /** Also to endpoints that are not on this machine. */
  readonly anywhere: boolean;
  /** The address in the place of an endpoint. */
  readonly standIn?: ((endpoint: string) => string | undefined) | undefined;
  readonly timeline: Timeline;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
  readonly state: () => State;
  readonly commit: (change: Change) => void;
  /** The deliveries of this incident are not what they were. */
  readonly changed: (incidentId: string) => void;
  readonly uuid: () => string;
  readonly inFlight: InFlight;
}

export interface Deliveries {
  /** A button was pressed. The first attempt is made at once unless earlier ones of its queue wait (fact 40). */
  press(extensionId: string, incidentId: string, user: User | null): void;
  records(): readonly DeliveryRecord[];
  /** Forgets everything, and breaks off what is on its way. */
  clear(): void;
}

const MAX_REDIRECTS = 5;

/** No presses yet. Whoever clears the timeline clears these, too: their next attempts are tasks of it. */
export function createDeliveries(options: DeliveryOptions): Deliveries {
  const { timeline, inFlight } = options;
  const send = options.deliver === undefined ? deliverByHttp : options.deliver;
  let entries: Entry[] = [];
  let queues = new Map<string, Entry[]>();
  const sending = new Set<AbortController>();
  const iso = () => new Date(options.wall()).toISOString();
  const extensionOf = (entry: Entry) => extensions.in(options.state()).get(entry.extensionId);
  const queueOf = (entry: Entry) => queues.get(`${entry.extensionId}/${entry.incidentId}`) ?? [];

  const addressed = (request: DeliveryRequest): DeliveryRequest => ({
    ...request,
    url: options.standIn?.(request.url) ?? request.url,
  });
  /** Why an entry is not to be sent now; null when it is. */
  const obstacle = (entry: Entry): { status: 'dropped' | 'held'; reason: string } | null => {
    const extension = extensionOf(entry);
    if (!extension) return { status: 'dropped', reason: 'the extension is gone' };
    if (isDisabled(extension, options.wall())) {
      return { status: 'dropped', reason: 'the extension is temporarily disabled' };
    }
    if (!send) return { status: 'held', reason: 'deliveries are switched off' };
    if (options.anywhere || isLoopback(addressed(entry.request).url)) return null;
    return { status: 'held', reason: 'the endpoint is not on this machine' };
  };

  const finish = (entry: Entry, status: DeliveryRecord['status'], reason: string | null) => {
    entry.status = status;
    entry.reason = reason;
    const queue = queueOf(entry);
    const place = queue.indexOf(entry);
    queue.splice(place, 1);
    options.changed(entry.incidentId);
    const [next] = queue;
    // What was not at the front held nobody up: the one that is there has begun already.
    if (next && place === 0) begin(next);
  };

  const begin = (entry: Entry) => {
    if (!entries.includes(entry)) return;
    const stop = obstacle(entry);
    entry.nextAttemptAt = null;
    if (stop || !send) return finish(entry, stop?.status ?? 'held', stop?.reason ?? null);
    options.changed(entry.incidentId);
    inFlight.add(attempt(entry, send, addressed(entry.request)));
  };

  const attempt = async (entry: Entry, deliver: Deliver, request: DeliveryRequest): Promise<void> => {
    const at = iso();
    const controller = new AbortController();
    const cancel = timeline.after(ATTEMPT_TIMEOUT_MS, () => controller.abort());
    sending.add(controller);
    const answer = (async () => deliver(request, controller.signal))();
    const result = await outcome(answer, controller.signal);
    sending.delete(controller);
    cancel();
    if (!entries.includes(entry)) return;
    const { redirects } = options.state().switches;
    const verdict = result.answer
      ? judgeStatus(result.answer.status, redirects)
      : judgeFailure(result.error ?? '');
    entry.attempts = [...entry.attempts, { at, request, ...result, verdict }];
    const target = redirects === 'follow' ? redirectTarget(result.answer, request.url) : null;
    const allowed = target !== null && (options.anywhere || isLoopback(target));
    if (allowed && entry.followed < MAX_REDIRECTS) {
      entry.followed += 1;
      return attempt(entry, deliver, { ...request, url: target });
    }
    entry.followed = 0;
    conclude(entry, verdict, reasonOf(result));
  };

  const conclude = (entry: Entry, verdict: Verdict, reason: string) => {
    if (verdict === 'delivered') {
      countDrops(entry, 0);
      const again = options.state().switches.duplicates === 'yes' && !entry.repeated;
      entry.repeated = true;
      return again ? begin(entry) : finish(entry, 'delivered', null);
    }
    if (verdict === 'drop') {
      countDrops(entry, (extensionOf(entry)?.drops ?? 0) + 1);
      return finish(entry, 'dropped', reason);
    }
    const delay = retryDelay(entry.attempts.length, options.state().switches.retrySpacing);
    if (timeline.now() + delay - entry.since > RETRY_FOR_MS) return finish(entry, 'expired', reason);
    entry.reason = reason;
    entry.nextAttemptAt = new Date(options.wall() + delay).toISOString();
    options.changed(entry.incidentId);
    timeline.after(delay, () => begin(entry));
  };

  /** Three drops in a row disable the extension for a day (fact 41). */
  const countDrops = (entry: Entry, drops: number) => {
    const extension = extensionOf(entry);
    if (!extension || extension.drops === drops) return;
    const disable = drops >= DROPS_TO_DISABLE;
    const value: Extension = disable
      ? { ...extension, drops: 0, disabled: true, disabledUntil: options.wall() + DISABLED_FOR_MS }
      : { ...extension, drops };
    options.commit(extensions.put(disable ? 'disable' : 'count', value));
  };

  return {
    press: (extensionId, incidentId, user) => {
      const state = options.state();
      const extension = extensions.in(state).get(extensionId);
      const incident = incidents.in(state).get(incidentId);
      const logged = incident?.log.at(-1);
      if (!extension || !incident || !logged) return;
      const webhookId = options.uuid();
      const at = iso();
      const body = payloadOf(state, { extension, incident, user, entry: logged, webhookId, at });
      const entry: Entry = {
        webhookId,
        extensionId,
        incidentId,
        name: extension.name,
        pressedAt: at,
        pressedBy: user?.name ?? null,
        status: 'waiting',
        reason: null,
        nextAttemptAt: null,
        certificate: clientCertificate(state.switches.clientCertificate),
        attempts: [],
        request: { url: extension.url ?? '', headers: headersOf(extension, webhookId), body: body ?? '' },
        since: timeline.now(),
        followed: 0,
        repeated: false,
      };
      entries.push(entry);
      const key = `${extensionId}/${incidentId}`;
      queues.set(key, [...(queues.get(key) ?? []), entry]);
      options.changed(incidentId);
      if (body === null) return finish(entry, 'dropped', 'the message is larger than 256 KB');
      if (extension.url === null) return finish(entry, 'dropped', 'the extension has no endpoint');
      if (queueOf(entry)[0] === entry) begin(entry);
    },
    records: () =>
      entries.map(({ request: _request, since: _since, followed: _f, repeated: _r, ...record }) => record),
    clear: () => {
      entries = [];
      queues = new Map();
      for (const controller of sending) controller.abort();
    },
  };
}

/** The headers of fact 32, and the action's own with their real values (fact 15). */
function headersOf(extension: Extension, webhookId: string): Record<string, string> {
  const own = (extension.headers ?? []).map(({ name, value }) => [name.toLowerCase(), value] as const);
  return {
    ...Object.fromEntries(own),
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': 'PagerDuty-Webhook/V2.0',
    'x-webhook-id': webhookId,
  };
}
