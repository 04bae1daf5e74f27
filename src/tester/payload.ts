/** The message that a pressed button sends, in the shape that captures show (facts 32–37, 43). */
import type { Header } from '../core/action.ts';

/** A message as an object: what stands in `messages[0]`. */
export type MessageBody = Readonly<Record<string, unknown>>;

export interface PayloadOf {
  readonly label: string;
  readonly url: string;
  readonly headers: readonly Header[];
  readonly webhookId: string;
  /** When it was pressed, as ISO 8601. */
  readonly at: string;
}

/** Up to this size a message is guaranteed to arrive whole (fact 43). */
export const WHOLE_BYTES = 55 * 1024;

const API = 'https://api.pagerduty.com';

/** The message of a press. Its incident says that it is a test, and its ids exist in no account. */
export function messageOf({ label, url, headers, webhookId, at }: PayloadOf): MessageBody {
  const service = reference('PTESTSV', 'service_reference', 'pdactions test', 'services');
  const agent = reference('PTESTUS', 'user_reference', 'pdactions test', 'users');
  return {
    event: 'incident.custom',
    log_entries: [
      {
        ...reference(
          'RTESTLOGENTRY',
          'custom_log_entry',
          `Custom action '${label}' triggered by pdactions test`,
          'log_entries',
        ),
        created_at: at,
        agent,
        channel: {
          type: 'custom_web_trigger',
          name: label,
          summary: label,
          details: {},
          details_omitted: false,
        },
        service,
        incident: reference('PTESTIN', 'incident_reference', TITLE, 'incidents'),
        teams: [],
        contexts: [],
        event_details: {},
      },
    ],
    // The URL comes back with its secrets, and so does the config (fact 36).
    webhook: {
      ...reference('PTESTWH', 'webhook', label, 'webhooks'),
      name: label,
      description: null,
      endpoint_url: url,
      webhook_object: service,
      outbound_integration: reference(
        'PTESTSC',
        'outbound_integration_reference',
        'Custom Incident Action',
        'outbound_integrations',
      ),
      config: { headers: headers.map(({ name, value }) => ({ name, value })) },
      accounts_addon: null,
    },
    incident: incident(at, service),
    id: webhookId,
    created_on: at,
    account_features: { response_automation: false },
    account_id: 'PTESTAC',
  };
}

const TITLE = 'Test by pdactions: nothing is wrong';

function incident(at: string, service: unknown): MessageBody {
  return {
    ...reference('PTESTIN', 'incident', `[#1] ${TITLE}`, 'incidents'),
    incident_number: 1,
    title: TITLE,
    created_at: at,
    updated_at: at,
    status: 'triggered',
    incident_key: 'pdactions-test',
    service,
    assignments: [],
    assigned_via: 'escalation_policy',
    last_status_change_at: at,
    alert_counts: { all: 0, triggered: 0, resolved: 0 },
    is_mergeable: true,
    teams: [],
    pending_actions: [],
    acknowledgements: [],
    urgency: 'low',
    body: { type: 'incident_body', details: 'Sent by `pdactions test`.' },
  };
}

function reference(id: string, type: string, summary: string, path: string) {
  return { id, type, summary, self: `${API}/${path}/${id}`, html_url: null };
}

/** The body on the wire: always one message (fact 33). Its id is that of the header, so either tells a duplicate (fact 35). */
export function bodyOf(message: MessageBody, webhookId: string): string {
  return JSON.stringify({ messages: [{ ...message, id: webhookId }] });
}

/** The body with details that fill it up to exactly what is guaranteed to arrive whole (fact 43). */
export function largeBodyOf(message: MessageBody, webhookId: string): string {
  const withDetails = (filler: string): string => {
    const own = objectAt(message, 'incident');
    const details = { type: 'incident_body', details: filler };
    return bodyOf({ ...message, incident: { ...own, body: details } }, webhookId);
  };
  const missing = WHOLE_BYTES - Buffer.byteLength(withDetails(''));
  return withDetails('x'.repeat(Math.max(0, missing)));
}

/** The body of a message that was larger: without its details, and saying so (fact 43). */
export function omittedBodyOf(message: MessageBody, webhookId: string): string {
  const entries = Array.isArray(message.log_entries) ? message.log_entries : [];
  const log_entries = entries.map((entry: unknown) => {
    if (!isObject(entry)) return entry;
    const { details: _details, body: _body, ...channel } = objectAt(entry, 'channel');
    return { ...entry, channel: { ...channel, details_omitted: true, body_omitted: true } };
  });
  const { body: _body, ...incident } = objectAt(message, 'incident');
  return bodyOf({ ...message, log_entries, incident: { ...incident, body_omitted: true } }, webhookId);
}

function objectAt(value: MessageBody, key: string): MessageBody {
  const found = value[key];
  return isObject(found) ? found : {};
}

/** Whether it is an object and no list. */
export function isObject(value: unknown): value is MessageBody {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
