import { isObject, type Json } from '../../json-fields.ts';
/** Envelopes around a message, and bodies of other senders that share a URL with a button (T60, U11). */

export interface Unwrapped {
  readonly body: unknown;
  /** The `X-Webhook-Id` in an envelope. */
  readonly headerId?: string | undefined;
}

/** The body inside the event of an API gateway, which contains the request as text; any other body unchanged. */
export function opened(body: unknown): Unwrapped {
  if (!isObject(body) || typeof body.body !== 'string' || !isObject(body.headers)) return { body };
  const encoded = body.isBase64Encoded === true;
  const text = encoded ? Buffer.from(body.body, 'base64').toString('utf8') : body.body;
  return { body: parsedJson(text.replace(/^\ufeff/, '')), headerId: webhookId(body.headers) };
}

/** The parsed JSON; undefined for other text. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function webhookId(headers: Json): string | undefined {
  const entry = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-webhook-id');
  return typeof entry?.[1] === 'string' ? entry[1] : undefined;
}

/** Describes a body without `messages`. */
export function strangerOf(body: Json): string {
  if (isObject(body.event)) {
    const type = typeof body.event.event_type === 'string' ? body.event.event_type : 'unknown';
    return `this is a V3 webhook (${type}); custom incident actions send V2, so it comes from a webhook subscription: point the subscription elsewhere`;
  }
  if (isObject(body.detail) && 'detail-type' in body) {
    return 'this is an Amazon EventBridge event; send its `detail` as {"messages": [detail]}, or press through a custom incident action';
  }
  if ('__pd_metadata' in body) {
    return 'this is an Event Orchestration automation action (__pd_metadata) with a custom body; press through a custom incident action';
  }
  if (isObject(body.page) && isObject(body.meta)) return 'this is a Statuspage webhook; point it elsewhere';
  return 'the body has no `messages`';
}
