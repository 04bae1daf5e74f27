/** The log of an incident: its trigger, and everything since. */
import { compare, type State } from '../../account/state.ts';
import { resource } from '../../resource.ts';
import type { ApiRequest, RouteOutcome } from '../../wire/http.ts';
import { answer } from '../../wire/http.ts';
import { includes, pageMembers, pageOf, slicePage } from '../../wire/paging.ts';
import { notFound } from '../../wire/problem.ts';
import { API, seconds } from '../../wire/shown.ts';
import { serviceReference, services } from '../services.ts';
import { teamReference } from '../teams.ts';
import { userReference, users } from '../users.ts';
import { cefDetails } from './event.ts';
import { type Incident, incidentOf, incidents, type LogEntry } from './record.ts';
import { incidentReference, triggerEntryId, triggerReference } from './view.ts';

const scope = 'incidents.read';

/** Entries are part of their incident; the first of each is not stored. */
export const logEntries = resource({
  type: 'log_entry',
  plural: 'log_entries',
  routes: [
    { method: 'GET', path: '/incidents/:id/log_entries', scope, handle: list },
    { method: 'GET', path: '/log_entries', scope, handle: listAll },
    { method: 'GET', path: '/log_entries/:id', scope, handle: get },
  ],
});

/** The newest first. */
function list(state: State, request: ApiRequest, id: string): RouteOutcome {
  const incident = incidentOf(state, id);
  const page = pageOf(request.query);
  const views = allOf(state, incident, hasChannels(request)).reverse();
  return answer(200, { log_entries: slicePage(views, page), ...pageMembers(page, views.length) });
}

/** Of all incidents, the newest first. */
function listAll(state: State, request: ApiRequest): RouteOutcome {
  const page = pageOf(request.query);
  const channels = hasChannels(request);
  const views = [...incidents.in(state).values()].flatMap((incident) => allOf(state, incident, channels));
  const sorted = views.sort((a, b) => compare(String(b.created_at), String(a.created_at)));
  return answer(200, { log_entries: slicePage(sorted, page), ...pageMembers(page, sorted.length) });
}

function get(state: State, request: ApiRequest, id: string): RouteOutcome {
  const incident = [...incidents.in(state).values()].find(
    (candidate) => triggerEntryId(candidate) === id || candidate.log.some((entry) => entry.id === id),
  );
  const views = incident ? allOf(state, incident, hasChannels(request)) : [];
  const log_entry = views.find((view) => view.id === id);
  if (!log_entry) throw notFound();
  return answer(200, { log_entry });
}

function hasChannels(request: ApiRequest): boolean {
  return includes(request.query).has('channels');
}

function allOf(state: State, incident: Incident, channels: boolean): Record<string, unknown>[] {
  const since = incident.log.map((entry) => logEntryView(state, incident, entry));
  return [triggerView(state, incident, channels), ...since];
}

/** The members of every entry, in a list as in a message. */
function common(state: State, incident: Incident, id: string, at: string): Record<string, unknown> {
  const teams = services.in(state).get(incident.serviceId)?.teamIds ?? [];
  return {
    id,
    self: `${API}/log_entries/${id}`,
    html_url: null,
    created_at: seconds(at),
    service: serviceReference(state, incident.serviceId),
    incident: incidentReference(state, incident),
    teams: teams.map((teamId) => teamReference(state, teamId)),
    contexts: [],
    event_details: {},
  };
}

/** The event's details are in the channel, and only with `include[]=channels` (fact 33). */
function triggerView(state: State, incident: Incident, channels: boolean): Record<string, unknown> {
  const { title, key, trigger, createdAt } = incident;
  const said = {
    summary: title,
    description: title,
    incident_key: key,
    details: trigger.details ?? {},
    details_omitted: false,
    cef_details: cefDetails(trigger, title, key),
  };
  return {
    ...common(state, incident, triggerEntryId(incident), createdAt),
    ...triggerReference(state, incident),
    type: 'trigger_log_entry',
    agent: serviceReference(state, incident.serviceId),
    channel: { type: 'api', ...(channels && said) },
    event_details: { description: title },
  };
}

const KINDS = {
  acknowledge: { verb: 'Acknowledged', channel: 'api' },
  resolve: { verb: 'Resolved', channel: 'api' },
  annotate: { verb: 'Note added', channel: 'note' },
} as const;

/** One entry as PagerDuty's own sample of a press has it (fact 34), and the others likewise. */
export function logEntryView(
  state: State,
  incident: Incident,
  { id, kind, at, userId, name = '' }: LogEntry,
): Record<string, unknown> {
  const user = users.in(state).get(userId ?? '');
  const who = user?.name ?? 'the API';
  const said =
    kind === 'custom'
      ? {
          summary: `Custom action '${name}' triggered by ${who}`,
          channel: { type: 'custom_web_trigger', name, details_omitted: false },
        }
      : { summary: `${KINDS[kind].verb} by ${who}.`, channel: { type: KINDS[kind].channel } };
  const agent = user ? userReference(state, user) : null;
  return { ...common(state, incident, id, at), type: `${kind}_log_entry`, agent, ...said };
}

/** The changes for another entry: `sequence` goes into the changes of the incident. */
export function withEntry(
  incident: Incident,
  fresh: { readonly id: string; readonly sequence: number },
  entry: Omit<LogEntry, 'id'>,
): Incident {
  return { ...incident, log: [...incident.log, { id: `R${fresh.id}`, ...entry }] };
}
