/** Interprets a body: the V2 message of a press, and similar shapes that are not run (U11). */

import { cutText } from '../../cut.ts';
import { isObject, type Json, objectOf, scalarOf, textOf } from '../../json-fields.ts';
import { strangerOf } from './envelope.ts';
import { shallow } from './fields.ts';

/** One press of a button. Texts are as received: make them safe before showing. */
export interface Press {
  /** Constant over all attempts to deliver it (facts 35, 42). */
  readonly id: string;
  /** When the button was pressed, according to the message; possibly two days ago (fact 39). */
  readonly at: string;
  readonly incident: {
    readonly id: string;
    readonly number: string;
    readonly title: string;
    readonly url: string;
    readonly status: string;
    readonly urgency: string;
  };
  readonly service: { readonly id: string; readonly name: string };
  readonly user: { readonly id: string; readonly name: string };
  /** The button as PagerDuty has it: its id and its label at the time. */
  readonly button: { readonly id: string; readonly label: string };
  /** The message for scripts: without the webhook's own secrets (fact 36), and with a limited depth. */
  readonly message: Json;
}

export type MessagePart =
  | { readonly kind: 'press'; readonly press: Press }
  /** A message of `pdactions test`: authentic, and nothing to run. */
  | { readonly kind: 'test'; readonly press: Press }
  /** Authentic, and nothing to run. Answered with 202, because three 4xx would disable the button (fact 41). */
  | { readonly kind: 'other'; readonly id: string | null; readonly why: string };

/** `batch`: several messages in one delivery, each of which counts by itself (T60). */
export type Understood = MessagePart | { readonly kind: 'batch'; readonly parts: readonly MessagePart[] };

/** The id of an incident goes into a path of the API, which must contain nothing else (T19). */
const ID = /^[A-Z0-9]{1,64}$/;
/** A uuid according to the documentation (fact 32); any short printable id is accepted. */
const MESSAGE_ID = /^[!-~]{1,200}$/;
/** The incident of the messages that `pdactions test` makes up: no account has this id. */
const TEST_INCIDENT = 'PTESTIN';

/**
 * Reads a body.
 * @param body the parsed JSON
 * @param headerId `X-Webhook-Id`, which identifies duplicates; without it the message's own id does (fact 35)
 */
export function understand(body: unknown, headerId: string | undefined): Understood {
  const id = headerId ?? null;
  if (!isObject(body)) return { kind: 'other', id, why: 'the body is not a JSON object' };
  if (!Array.isArray(body.messages)) return { kind: 'other', id, why: cutText(strangerOf(body), 250) };
  const [message, ...others] = body.messages;
  if (message === undefined) return { kind: 'other', id, why: '`messages` is empty' };
  if (others.length === 0) return understandMessage(message, headerId);
  // The header identifies the delivery, so each message counts by its own id, or by its position.
  const parts = body.messages.map((part, index) =>
    understandMessage(part, idOf(part) ?? (headerId && `${headerId}/${index}`)),
  );
  return { kind: 'batch', parts };
}

function idOf(message: unknown): string | undefined {
  const id = isObject(message) ? textOf(message, 'id') : '';
  return MESSAGE_ID.test(id) ? id : undefined;
}

function understandMessage(message: unknown, headerId: string | undefined): MessagePart {
  if (!isObject(message))
    return { kind: 'other', id: headerId ?? null, why: 'a message is not a JSON object' };
  // Either one identifies a duplicate (fact 35); a proxy may have made the header useless.
  const id = headerId !== undefined && MESSAGE_ID.test(headerId) ? headerId : idOf(message);
  const event = textOf(message, 'event');
  if (event !== 'incident.custom') {
    const what = event === '' ? 'a message without an event' : `the event ${cutText(event, 60)}`;
    const why = `${what} is not a press (incident.custom): a generic V2 webhook also sends to this URL`;
    return { kind: 'other', id: id ?? null, why };
  }
  if (id === undefined) {
    const why =
      'neither a usable X-Webhook-Id nor an `id` in the message: a second delivery would run it twice';
    return { kind: 'other', id: null, why };
  }
  const incidentId = textOf(objectOf(message, 'incident'), 'id');
  if (!ID.test(incidentId)) return { kind: 'other', id, why: 'the message contains no incident' };
  const kind = incidentId === TEST_INCIDENT ? 'test' : 'press';
  return { kind, press: pressOf(message, id, incidentId) };
}

/** The press of a stored message, with its original id. Undefined if it names no incident. */
export function recallPress(message: Json, id: string): Press | undefined {
  const incidentId = textOf(objectOf(message, 'incident'), 'id');
  return ID.test(incidentId) ? pressOf(message, id, incidentId) : undefined;
}

function pressOf(message: Json, id: string, incidentId: string): Press {
  const incident = objectOf(message, 'incident');
  const service = objectOf(incident, 'service');
  const webhook = objectOf(message, 'webhook');
  const entries = message.log_entries;
  const entry: unknown = Array.isArray(entries) ? entries[0] : undefined;
  const agent = objectOf(isObject(entry) ? entry : {}, 'agent');
  return {
    id,
    at: textOf(message, 'created_on'),
    incident: {
      id: incidentId,
      number: scalarOf(incident, 'incident_number') || scalarOf(incident, 'number'),
      title: textOf(incident, 'title') || textOf(incident, 'summary'),
      url: textOf(incident, 'html_url'),
      status: textOf(incident, 'status'),
      urgency: textOf(incident, 'urgency'),
    },
    service: { id: textOf(service, 'id'), name: textOf(service, 'summary') || textOf(service, 'name') },
    user: { id: textOf(agent, 'id'), name: textOf(agent, 'summary') || textOf(agent, 'name') },
    button: { id: textOf(webhook, 'id'), label: textOf(webhook, 'name') || textOf(webhook, 'summary') },
    message: withoutSecrets(shallow(message)),
  };
}

/**
 * PagerDuty sends the URL with its secrets and the headers back to the receiver (fact 36); no script needs them, and no file keeps them.
 */
function withoutSecrets(message: Json): Json {
  if (!isObject(message.webhook)) return message;
  const { config: _config, endpoint_url: _url, ...webhook } = message.webhook;
  return { ...message, webhook };
}
