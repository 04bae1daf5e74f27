/** The view of an incident: by the API, and in a message (fact 33), which have most members in common. */
import type { State } from '../../account/state.ts';
import { API, seconds, web } from '../../wire/shown.ts';
import { escalationPolicyReference } from '../escalation-policies.ts';
import { priorities, priorityView } from '../priorities.ts';
import { serviceReference, services } from '../services.ts';
import { teamReference } from '../teams.ts';
import { userReference, users } from '../users.ts';
import type { Incident } from './record.ts';

export function incidentReference(state: State, incident: Incident) {
  const { id, number, title } = incident;
  const summary = `[#${number}] ${title}`;
  return {
    id,
    type: 'incident_reference',
    summary,
    self: `${API}/incidents/${id}`,
    html_url: web(state, `incidents/${id}`),
  };
}

/** The id of the entry that every incident's log begins with; it is not stored. */
export const triggerEntryId = ({ id }: Incident): string => `R${id}`;

export function triggerReference(state: State, incident: Incident) {
  const id = triggerEntryId(incident);
  return {
    id,
    type: 'trigger_log_entry_reference',
    summary: 'Triggered through the API.',
    self: `${API}/log_entries/${id}`,
    html_url: web(state, `incidents/${incident.id}/log_entries/${id}`),
  };
}

/** By the API: the common members, and those that messages lack. */
export function incidentView(state: State, incident: Incident): Record<string, unknown> {
  return {
    ...commonMembers(state, incident),
    service: serviceReference(state, incident.serviceId),
    updated_at: seconds(incident.log.at(-1)?.at ?? incident.createdAt),
    assigned_via: 'escalation_policy',
  };
}

/** In a message: exactly the members of PagerDuty's own sample. Of alerts it has the keys only (fact 33). */
export function incidentInMessage(state: State, incident: Incident): Record<string, unknown> {
  return {
    ...commonMembers(state, incident),
    service: serviceInMessage(state, incident),
    alerts: incident.alerts.map(({ key }) => ({ alert_key: key })),
    external_references: [],
    metadata: {},
    responder_requests: [],
    subscriber_requests: [],
  };
}

function commonMembers(state: State, incident: Incident): Record<string, unknown> {
  const { number, title, createdAt, status, alerts, urgency } = incident;
  const resolved = alerts.filter((alert) => alert.status === 'resolved' || status === 'resolved').length;
  const teams = services.in(state).get(incident.serviceId)?.teamIds ?? [];
  return {
    ...incidentReference(state, incident),
    type: 'incident',
    incident_number: number,
    title,
    description: title,
    created_at: seconds(createdAt),
    status,
    incident_key: incident.key,
    impacted_services: [serviceReference(state, incident.serviceId)],
    ...people(state, incident),
    alert_counts: { all: alerts.length, triggered: alerts.length - resolved, resolved },
    alert_grouping: null,
    basic_alert_grouping: null,
    is_mergeable: status !== 'resolved',
    incidents_responders: [],
    teams: teams.map((id) => teamReference(state, id)),
    pending_actions: [],
    escalation_policy: escalationPolicyReference(state),
    first_trigger_log_entry: triggerReference(state, incident),
    priority: priorityOf(state, incident),
    urgency,
  };
}

/** An open incident is assigned to the account's one user. */
function people(state: State, incident: Incident): Record<string, unknown> {
  const { status, statusChangedAt, statusChangedBy, createdAt, log, serviceId } = incident;
  const [user] = users.in(state).values();
  const changer = statusChangedBy === null ? undefined : users.in(state).get(statusChangedBy);
  const acknowledged = status === 'acknowledged' ? log.filter(({ kind }) => kind === 'acknowledge') : [];
  return {
    assignments:
      user && status !== 'resolved' ? [{ at: seconds(createdAt), assignee: userReference(state, user) }] : [],
    acknowledgements: acknowledged.slice(-1).flatMap(({ at, userId }) => {
      const by = users.in(state).get(userId ?? '');
      return by ? [{ at: seconds(at), acknowledger: userReference(state, by) }] : [];
    }),
    last_status_change_at: seconds(statusChangedAt),
    last_status_change_by: changer ? userReference(state, changer) : serviceReference(state, serviceId),
  };
}

function priorityOf(state: State, { priorityId }: Incident) {
  const priority = priorities.in(state).get(priorityId ?? '');
  return priority ? priorityView(state, priority) : null;
}

function serviceInMessage(state: State, { serviceId, createdAt }: Incident): Record<string, unknown> {
  const service = services.in(state).get(serviceId);
  const reference = serviceReference(state, serviceId);
  return {
    ...reference,
    type: 'service',
    name: reference.summary,
    description: null,
    status: 'critical',
    created_at: SERVICE_CREATED_AT,
    last_incident_timestamp: seconds(createdAt),
    auto_resolve_timeout: null,
    acknowledgement_timeout: null,
    teams: (service?.teamIds ?? []).map((id) => teamReference(state, id)),
    incident_urgency_rule: { type: 'constant', urgency: 'high' },
    scheduled_actions: [],
    support_hours: null,
    escalation_policy: escalationPolicyReference(state),
    addons: [],
    alert_creation: 'create_alerts_and_incidents',
    alert_grouping: null,
    alert_grouping_timeout: null,
    integrations: [],
    metadata: {},
    response_play: null,
  };
}

/** Seeds contain no creation time of a service. */
const SERVICE_CREATED_AT = '2026-01-01T00:00:00Z';
