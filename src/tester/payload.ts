/** The message of a press, in the shape that captures show (facts 32–37, 43). */

import type { Header } from '../core/action.ts';
import { isObject } from '../json-fields.ts';

/** A message as an object: `messages[0]` of a body. */
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

/** The message of a press. Its incident is marked as a test, and its ids exist in no account. */
export function messageOf({ label, url, headers, webhookId, at: pressedAt }: PayloadOf): MessageBody {
  // PagerDuty writes no milliseconds.
  const at = pressedAt.replace(/\.\d+Z$/, 'Z');
  return {
    event: 'incident.custom',
    log_entries: [logEntry(label, at)],
    webhook: webhook(label, url, headers),
    incident: incident(at),
    id: webhookId,
    created_on: at,
    account_features: { response_automation: false },
  };
}

const TITLE = 'Test by pdactions: nothing is wrong';
const WEB = 'https://pdactions-test.pagerduty.com';

const service = linked('PTESTSV', 'service_reference', 'pdactions test', 'services', 'service-directory');
const agent = linked('PTESTUS', 'user_reference', 'pdactions test', 'users');
const policy = linked('PTESTEP', 'escalation_policy_reference', 'pdactions test', 'escalation_policies');
const incidentReference = linked('PTESTIN', 'incident_reference', `[#1] ${TITLE}`, 'incidents');

function logEntry(label: string, at: string): MessageBody {
  const summary = `Custom action '${label}' triggered by pdactions test`;
  return {
    ...reference('RTESTLOGENTRY', 'custom_log_entry', summary, 'log_entries'),
    created_at: at,
    agent,
    channel: { type: 'custom_web_trigger', name: label, details_omitted: false },
    service,
    incident: incidentReference,
    teams: [],
    contexts: [],
    event_details: {},
  };
}

/** PagerDuty sends the URL with its secrets, and the config (fact 36). */
function webhook(label: string, url: string, headers: readonly Header[]): MessageBody {
  const schema = 'outbound_integration_reference';
  return {
    ...reference('PTESTWH', 'webhook', label, 'webhooks'),
    name: label,
    description: null,
    endpoint_url: url,
    webhook_object: service,
    outbound_integration: reference('PTESTSC', schema, 'Custom Incident Action', 'outbound_integrations'),
    config: headers.length === 0 ? {} : { headers: headers.map(({ name, value }) => ({ name, value })) },
  };
}

function incident(at: string): MessageBody {
  const trigger = linked('RTESTTRIGGER', 'trigger_log_entry_reference', 'Triggered by a test', 'log_entries');
  return {
    ...incidentReference,
    type: 'incident',
    incident_number: 1,
    title: TITLE,
    description: TITLE,
    created_at: at,
    status: 'triggered',
    incident_key: 'pdactions-test',
    service: wholeService(at),
    impacted_services: [service],
    assignments: [{ at, assignee: agent }],
    acknowledgements: [],
    last_status_change_at: at,
    last_status_change_by: service,
    alerts: [],
    alert_counts: { all: 0, triggered: 0, resolved: 0 },
    alert_grouping: null,
    basic_alert_grouping: null,
    is_mergeable: true,
    incidents_responders: [],
    responder_requests: [],
    subscriber_requests: [],
    external_references: [],
    teams: [],
    pending_actions: [],
    escalation_policy: policy,
    first_trigger_log_entry: trigger,
    priority: null,
    urgency: 'low',
    metadata: {},
  };
}

function wholeService(at: string): MessageBody {
  return {
    ...service,
    type: 'service',
    name: service.summary,
    description: null,
    status: 'active',
    created_at: at,
    last_incident_timestamp: at,
    auto_resolve_timeout: null,
    acknowledgement_timeout: null,
    teams: [],
    incident_urgency_rule: { type: 'constant', urgency: 'low' },
    scheduled_actions: [],
    support_hours: null,
    escalation_policy: policy,
    addons: [],
    alert_creation: 'create_alerts_and_incidents',
    alert_grouping: null,
    alert_grouping_timeout: null,
    integrations: [],
    metadata: {},
    response_play: null,
  };
}

function reference(id: string, type: string, summary: string, path: string) {
  return { id, type, summary, self: `${API}/${path}/${id}`, html_url: null };
}

/** A reference to an object with a page in PagerDuty's web interface. */
function linked(id: string, type: string, summary: string, path: string, page = path) {
  return { ...reference(id, type, summary, path), html_url: `${WEB}/${page}/${id}` };
}

/** The body on the wire: always one message (fact 33). Its id equals that of the header, so either identifies a duplicate (fact 35). */
export function bodyOf(message: MessageBody, webhookId: string): string {
  return JSON.stringify({ messages: [{ ...message, id: webhookId }] });
}

/**
 * The body filled up to exactly the size guaranteed to arrive whole (fact 43), by an incident with many alerts, of which it contains the
 * keys.
 */
export function largeBodyOf(message: MessageBody, webhookId: string): string {
  const withAlerts = (...keys: readonly string[]): string => {
    const alerts = keys.map((key) => ({ alert_key: key }));
    return bodyOf({ ...message, incident: { ...objectAt(message, 'incident'), alerts } }, webhookId);
  };
  const room = WHOLE_BYTES - Buffer.byteLength(withAlerts(''));
  if (room <= 0) return withAlerts('');
  const each = Buffer.byteLength(withAlerts('', KEY)) - Buffer.byteLength(withAlerts(''));
  const whole = Array.from({ length: Math.floor(room / each) }, () => KEY);
  return withAlerts('x'.repeat(room - whole.length * each), ...whole);
}

/** A key as long as PagerDuty's. */
const KEY = 'x'.repeat(32);

/** The body of a message that was larger, marked as without details (fact 43). */
export function omittedBodyOf(message: MessageBody, webhookId: string): string {
  const entries = Array.isArray(message.log_entries) ? message.log_entries : [];
  const log_entries = entries.map((entry: unknown) => {
    if (!isObject(entry)) return entry;
    const channel = { ...objectAt(entry, 'channel'), details_omitted: true, body_omitted: true };
    return { ...entry, channel };
  });
  return bodyOf({ ...message, log_entries }, webhookId);
}

function objectAt(value: MessageBody, key: string): MessageBody {
  const field = value[key];
  return isObject(field) ? field : {};
}
