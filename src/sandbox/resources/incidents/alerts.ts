import type { State } from '../../account/state.ts';
import { resource } from '../../resource.ts';
import type { ApiRequest, RouteOutcome } from '../../wire/http.ts';
import { answer } from '../../wire/http.ts';
import { pageMembers, pageOf, slicePage } from '../../wire/paging.ts';
import { notFound } from '../../wire/problem.ts';
import { API, seconds, web } from '../../wire/shown.ts';
import { serviceReference } from '../services.ts';
import { cefDetails } from './event.ts';
import { type Alert, type Incident, incidentOf } from './record.ts';
import { incidentReference, triggerReference } from './view.ts';

/** Alerts are part of their incident. */
export const alerts = resource({
  type: 'alert',
  plural: 'alerts',
  routes: [
    { method: 'GET', path: '/incidents/:id/alerts', scope: 'incidents.read', handle: list },
    { method: 'GET', path: '/incidents/:id/alerts/:alert', scope: 'incidents.read', handle: get },
  ],
});

function list(state: State, request: ApiRequest, id: string): RouteOutcome {
  const incident = incidentOf(state, id);
  const page = pageOf(request.query);
  const statuses = request.query.getAll('statuses[]');
  const key = request.query.get('alert_key');
  const listed = alertsOf(incident)
    .filter((alert) => statuses.length === 0 || statuses.includes(alert.status))
    .filter((alert) => key === null || key === alert.key);
  const alerts = slicePage(listed, page).map((alert) => alertView(state, incident, alert));
  return answer(200, { alerts, ...pageMembers(page, listed.length) });
}

/** Those of a resolved incident are resolved. */
function alertsOf({ status, alerts }: Incident): readonly Alert[] {
  return status === 'resolved' ? alerts.map((alert) => ({ ...alert, status })) : alerts;
}

function get(state: State, request: ApiRequest, id: string): RouteOutcome {
  const incident = incidentOf(state, id);
  const wanted = request.path.split('/').at(-1);
  const alert = alertsOf(incident).find((candidate) => candidate.id === wanted);
  if (!alert) throw notFound();
  return answer(200, { alert: alertView(state, incident, alert) });
}

function alertView(state: State, incident: Incident, alert: Alert): Record<string, unknown> {
  return {
    id: alert.id,
    type: 'alert',
    summary: alert.summary,
    self: `${API}/alerts/${alert.id}`,
    html_url: web(state, `alerts/${alert.id}`),
    created_at: seconds(incident.createdAt),
    status: alert.status,
    alert_key: alert.key,
    service: serviceReference(state, incident.serviceId),
    first_trigger_log_entry: triggerReference(state, incident),
    incident: incidentReference(state, incident),
    suppressed: false,
    severity: alert.severity ?? 'critical',
    integration: null,
    body: {
      type: 'alert_body',
      contexts: [],
      details: alert.details ?? {},
      cef_details: cefDetails(alert, alert.summary, alert.key),
    },
  };
}
