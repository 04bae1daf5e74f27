/** The message of a press (facts 33–36, 43), in the shape that a switch selects (U11). */

import type { State } from '../account/state.ts';
import { schemaReference } from '../resources/extension-schemas.ts';
import type { Extension } from '../resources/extensions/record.ts';
import { deliveredConfig } from '../resources/extensions/view.ts';
import { logEntryView } from '../resources/incidents/log-entries.ts';
import type { Incident, LogEntry } from '../resources/incidents/record.ts';
import { incidentInMessage, incidentView } from '../resources/incidents/view.ts';
import { serviceReference } from '../resources/services.ts';
import { type User, userReference } from '../resources/users.ts';
import { API, seconds } from '../wire/shown.ts';

/** Up to this size a message arrives whole (fact 43). */
const WHOLE_BYTES = 55 * 1024;
/** Above this one it is never sent (fact 43). */
const MOST_BYTES = 256 * 1024;

export interface PressFacts {
  readonly extension: Extension;
  readonly incident: Incident;
  readonly user: User | null;
  readonly entry: LogEntry;
  /** The id of the message, and of the `x-webhook-id` header: either identifies a duplicate (fact 35). */
  readonly webhookId: string;
  readonly at: string;
}

/** The body to send, or null if it is too large to be sent at all. */
export function payloadOf(state: State, press: PressFacts): string | null {
  const whole = JSON.stringify(shaped(state, press, false));
  const size = Buffer.byteLength(whole);
  if (size > MOST_BYTES) return null;
  return size > WHOLE_BYTES ? JSON.stringify(shaped(state, press, true)) : whole;
}

function shaped(state: State, press: PressFacts, omit: boolean): unknown {
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
        'detail-type': 'PagerDuty Webhook',
        source: `aws.partner/pagerduty.com/${state.account}`,
        account: '000000000000',
        time: seconds(press.at),
        region: 'us-west-2',
        resources: ['pagerduty'],
        detail: message,
      };
  }
}

/** One V2 message; there is never more than one in a body. Exactly the members of PagerDuty's own sample (fact 33). */
function messageOf(state: State, press: PressFacts, omit: boolean): Record<string, unknown> {
  return {
    event: 'incident.custom',
    log_entries: [logEntryOf(state, press, omit)],
    webhook: webhookOf(state, press.extension),
    incident: incidentInMessage(state, press.incident),
    id: press.webhookId,
    created_on: seconds(press.at),
    account_features: { response_automation: false },
  };
}

/** The entry of the press in the incident's log (fact 34). */
function logEntryOf(state: State, { incident, entry }: PressFacts, omit: boolean): Record<string, unknown> {
  const view = logEntryView(state, incident, entry);
  if (!omit) return view;
  return { ...view, channel: { ...(view.channel as object), details_omitted: true, body_omitted: true } };
}

/** The action as the message contains it: the URL with its secrets, and in V2 the config too (fact 36). */
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
      self: `${API}/outbound_integrations/${extension.schemaId}`,
    },
    config: deliveredConfig(state, extension),
    self: `${API}/webhooks/${extension.id}`,
    html_url: null,
  };
}

/** The V3 shape that PagerDuty's support article links for these buttons, although captures show V2 (U11). */
function eventOf(state: State, press: PressFacts): Record<string, unknown> {
  const { incident, user, webhookId, at } = press;
  return {
    id: webhookId,
    event_type: 'incident.custom',
    resource_type: 'incident',
    occurred_at: seconds(at),
    agent: user && userReference(state, user),
    client: null,
    data: incidentView(state, incident),
  };
}
