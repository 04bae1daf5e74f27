/** The message that a pressed button sends (facts 33–36, 43), in the shape that a switch chooses (U11). */
import type { Extension, Incident, State, User } from '../account/state.ts';
import {
  deliveredConfig,
  incidentView,
  schemaReference,
  serviceReference,
  userReference,
} from '../resources/views.ts';

/** Up to this size a message arrives whole (fact 43). */
const WHOLE_BYTES = 55 * 1024;
/** Above this one it is never sent (fact 43). */
const MOST_BYTES = 256 * 1024;

export interface Press {
  readonly extension: Extension;
  readonly incident: Incident;
  readonly user: User | null;
  /** The id of the message, and of the `x-webhook-id` header: either tells a duplicate (fact 35). */
  readonly webhookId: string;
  readonly at: string;
}

/** The body to send, or null when it is too large to be sent at all. */
export function payloadOf(state: State, press: Press): string | null {
  const whole = JSON.stringify(shaped(state, press, false));
  const size = Buffer.byteLength(whole);
  if (size > MOST_BYTES) return null;
  return size > WHOLE_BYTES ? JSON.stringify(shaped(state, press, true)) : whole;
}

function shaped(state: State, press: Press, omit: boolean): unknown {
  const message = messageOf(state, press, omit);
  switch (state.switches.payload) {
    case 'v2':
      return { messages: [message] };
    case 'v3':
      return { event: eventOf(state, press) };
    case 'eventbridge':
      return {
        version: '0',
        id: press.webhookId,
        'detail-type': 'incident.custom',
        source: `aws.partner/pagerduty.com/${state.account}`,
        account: '000000000000',
        time: press.at,
        region: 'us-west-2',
        resources: [],
        detail: message,
      };
  }
}

/** One V2 message; there is never more than one in a body (fact 33). */
function messageOf(state: State, press: Press, omit: boolean): Record<string, unknown> {
  return {
    event: 'incident.custom',
    log_entries: [logEntryOf(state, press, omit)],
    webhook: webhookOf(state, press.extension),
    incident: incidentOf(state, press.incident, omit),
    id: press.webhookId,
    created_on: press.at,
    account_features: { response_automation: false },
    account_id: 'PACCNT1',
  };
}

function agentOf(state: State, user: User | null): Record<string, unknown> | null {
  return user ? { ...userReference(state, user) } : null;
}

/** As PagerDuty's own sample has it (fact 34). */
function logEntryOf(state: State, press: Press, omit: boolean): Record<string, unknown> {
  const { extension, incident, user, at } = press;
  const id = `R${press.webhookId.replaceAll('-', '').slice(0, 25).toUpperCase()}`;
  return {
    id,
    type: 'custom_log_entry',
    summary: `Custom action '${extension.name}' triggered by ${user?.name ?? 'the API'}`,
    self: `https://api.pagerduty.com/log_entries/${id}`,
    html_url: null,
    created_at: at,
    agent: agentOf(state, user),
    channel: {
      type: 'custom_web_trigger',
      name: extension.name,
      summary: extension.name,
      ...(omit ? { details_omitted: true, body_omitted: true } : { details: {}, details_omitted: false }),
    },
    service: serviceReference(state, incident.serviceId),
    incident: { id: incident.id, type: 'incident_reference', summary: incident.title },
    teams: [],
    contexts: [],
    event_details: {},
  };
}

/** What is known of the action goes out with the message: the URL with its secrets, and in V2 the config too (fact 36). */
function webhookOf(state: State, extension: Extension): Record<string, unknown> {
  const [serviceId] = extension.serviceIds;
  return {
    id: extension.id,
    type: 'webhook',
    summary: extension.name,
    name: extension.name,
    description: state.switches.description === 'none' ? null : extension.description,
    endpoint_url: extension.url,
    webhook_object: serviceId === undefined ? null : serviceReference(state, serviceId),
    outbound_integration: {
      ...schemaReference(state, extension.schemaId),
      type: 'outbound_integration_reference',
    },
    config: deliveredConfig(state, extension),
    self: `https://api.pagerduty.com/webhooks/${extension.id}`,
    html_url: null,
    accounts_addon: null,
  };
}

function incidentOf(state: State, incident: Incident, omit: boolean): Record<string, unknown> {
  const view = incidentView(state, incident);
  if (incident.details === null) return view;
  const body = omit ? { body_omitted: true } : { body: { type: 'incident_body', details: incident.details } };
  return { ...view, ...body };
}

/** The V3 shape that PagerDuty's support article links for these buttons, though captures show V2 (U11). */
function eventOf(state: State, press: Press): Record<string, unknown> {
  const { incident, user, webhookId, at } = press;
  return {
    id: webhookId,
    event_type: 'incident.custom',
    resource_type: 'incident',
    occurred_at: at,
    agent: agentOf(state, user),
    client: null,
    data: incidentView(state, incident),
  };
}
