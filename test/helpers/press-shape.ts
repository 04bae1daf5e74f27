/** The members of a press message and their types, as in PagerDuty's own sample (fact 33), in a form of our own. */

type Shape = string | readonly Shape[] | { readonly [member: string]: Shape };

const reference = { id: 'string', type: 'string', summary: 'string', self: 'string', html_url: 'string' };
const unlinked = { ...reference, html_url: 'null' };

const service = {
  ...reference,
  name: 'string',
  description: 'null',
  status: 'string',
  created_at: 'string',
  last_incident_timestamp: 'string',
  auto_resolve_timeout: 'null',
  acknowledgement_timeout: 'null',
  teams: [],
  incident_urgency_rule: { type: 'string', urgency: 'string' },
  scheduled_actions: [],
  support_hours: 'null',
  escalation_policy: reference,
  addons: [],
  alert_creation: 'string',
  alert_grouping: 'null',
  alert_grouping_timeout: 'null',
  integrations: [],
  metadata: {},
  response_play: 'null',
};

const incident = {
  ...reference,
  incident_number: 'number',
  title: 'string',
  description: 'string',
  created_at: 'string',
  status: 'string',
  incident_key: 'string',
  service,
  impacted_services: [reference],
  assignments: [{ at: 'string', assignee: reference }],
  acknowledgements: [],
  last_status_change_at: 'string',
  last_status_change_by: reference,
  alerts: [],
  alert_counts: { all: 'number', triggered: 'number', resolved: 'number' },
  alert_grouping: 'null',
  basic_alert_grouping: 'null',
  is_mergeable: 'boolean',
  incidents_responders: [],
  responder_requests: [],
  subscriber_requests: [],
  external_references: [],
  teams: [],
  pending_actions: [],
  escalation_policy: reference,
  first_trigger_log_entry: reference,
  priority: 'null',
  urgency: 'string',
  metadata: {},
};

const message: Shape = {
  event: 'string',
  id: 'string',
  created_on: 'string',
  account_features: { response_automation: 'boolean' },
  log_entries: [
    {
      ...unlinked,
      created_at: 'string',
      agent: reference,
      channel: { type: 'string', name: 'string', details_omitted: 'boolean' },
      service: reference,
      incident: reference,
      teams: [],
      contexts: [],
      event_details: {},
    },
  ],
  webhook: {
    ...unlinked,
    name: 'string',
    description: 'null',
    endpoint_url: 'string',
    webhook_object: reference,
    outbound_integration: unlinked,
    config: {},
  },
  incident,
};

/** `a.b[].c string` for every member of a message. The contents of `config` depend on the action. */
export const PRESS_PLACES: readonly string[] = places(message, String);

/** The same of a value, for example of `messages[0]`. */
export function placesOf(value: unknown): readonly string[] {
  const typeOf = (leaf: unknown) => (leaf === null ? 'null' : typeof leaf);
  return places(value, typeOf).filter((place) => !place.startsWith('webhook.config.'));
}

function places(root: unknown, leaf: (value: unknown) => string): readonly string[] {
  const found = new Set<string>();
  const visit = (value: unknown, path: string): void => {
    const kind = Array.isArray(value)
      ? 'array'
      : typeof value === 'object' && value !== null
        ? 'object'
        : leaf(value);
    if (path !== '') found.add(`${path} ${kind}`);
    if (kind === 'array') for (const one of value as unknown[]) visit(one, `${path}[]`);
    if (kind !== 'object') return;
    for (const [key, one] of Object.entries(value as object))
      visit(one, path === '' ? key : `${path}.${key}`);
  };
  visit(root, '');
  return [...found].sort();
}
