/** The kept parts of each delivery. */
import type { State } from '../account/state.ts';
import type { Extension } from '../resources/extensions/record.ts';
import type { DeliveryAnswer, DeliveryRequest } from './http.ts';
import { type PressFacts, payloadOf } from './payload.ts';
import { clientCertificate, type DeliveryVerdict } from './rules.ts';

interface DeliveryAttempt {
  readonly at: string;
  readonly request: DeliveryRequest;
  /** Null without an answer. */
  readonly answer: DeliveryAnswer | null;
  /** Why there was none: `timeout`, or the code of the network error. */
  readonly error: string | null;
  readonly verdict: DeliveryVerdict;
}

export interface DeliveryRecord {
  /** The `x-webhook-id`, the same over all attempts (fact 42). */
  readonly webhookId: string;
  readonly extensionId: string;
  readonly incidentId: string;
  readonly name: string;
  readonly pressedAt: string;
  /** The user who pressed; null with an account-level key. */
  readonly pressedBy: string | null;
  /** `held`: never sent, because the endpoint is not on this machine or deliveries are off. */
  readonly status: 'waiting' | 'delivered' | 'dropped' | 'expired' | 'held';
  readonly reason: string | null;
  /** When a waiting delivery is retried; null if it is in flight, behind another one, or finished. */
  readonly nextAttemptAt: string | null;
  /** The certificate that PagerDuty would present to an endpoint that asks for one (fact 46). */
  readonly certificate: { readonly subject: string; readonly issuer: string };
  readonly attempts: readonly DeliveryAttempt[];
}

/** A delivery with its internal state, which records omit. */
export type DeliveryEntry = { -readonly [K in keyof DeliveryRecord]: DeliveryRecord[K] } & {
  readonly request: DeliveryRequest;
  /** Why it can never be sent; null if it can. */
  readonly flaw: string | null;
  /** When the button was pressed, on the sandbox's clock. */
  readonly since: number;
  /** The redirects followed by the present attempt. */
  followed: number;
  /** True if it was sent once more after it had arrived (fact 42). */
  repeated: boolean;
};

/**
 * A press whose message has not been sent yet.
 * @param since now, on the sandbox's clock
 */
export function entryOf(state: State, press: PressFacts, since: number): DeliveryEntry {
  const { extension, incident, user, webhookId, at } = press;
  const body = payloadOf(state, press);
  return {
    webhookId,
    extensionId: extension.id,
    incidentId: incident.id,
    name: extension.name,
    pressedAt: at,
    pressedBy: user?.name ?? null,
    status: 'waiting',
    reason: null,
    nextAttemptAt: null,
    certificate: clientCertificate(state.switches.clientCertificate),
    attempts: [],
    request: { url: extension.url ?? '', headers: headersOf(extension, webhookId), body: body ?? '' },
    flaw: flawOf(extension, body),
    since,
    followed: 0,
    repeated: false,
  };
}

function flawOf(extension: Extension, body: string | null): string | null {
  if (body === null) return 'the message is larger than 256 KB';
  return extension.url === null ? 'the extension has no endpoint' : null;
}

/** An entry without internal state. */
export function recordOf(entry: DeliveryEntry): DeliveryRecord {
  const { request: _request, flaw: _flaw, since: _since, followed: _f, repeated: _r, ...record } = entry;
  return record;
}

/** The headers of fact 32, and the action's own with their real values (fact 15). */
function headersOf(extension: Extension, webhookId: string): Record<string, string> {
  const headers = (extension.headers ?? []).map(({ name, value }) => [name.toLowerCase(), value] as const);
  return {
    ...Object.fromEntries(headers),
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': 'PagerDuty-Webhook/V2.0',
    'x-webhook-id': webhookId,
  };
}
