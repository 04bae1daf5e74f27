/** The page's view: only data that a responder may see. No header value, and no part of a URL that may be secret. */

import { byName } from '../account/state.ts';
import type { DeliveryRequest } from '../deliveries/http.ts';
import type { DeliveryRecord } from '../deliveries/record.ts';
import { CUSTOM_ACTION, schemas } from '../resources/extension-schemas.ts';
import { type Extension, extensions, extensionsOn, isDisabled } from '../resources/extensions/record.ts';
import { type Incident, incidents } from '../resources/incidents/record.ts';
import { services } from '../resources/services.ts';
import { teams } from '../resources/teams.ts';
import { users } from '../resources/users.ts';
import type { World } from '../world.ts';
import { hideSecrets, shownUrl } from './secrets.ts';

export interface ActionView {
  readonly id: string;
  readonly label: string;
  readonly endpoint: string | null;
  readonly headerNames: readonly string[];
  readonly disabled: boolean;
  /** When that ends by itself (fact 41); null if it does not. */
  readonly disabledUntil: string | null;
  /** Drops in a row: the third disables it (fact 41). */
  readonly drops: number;
}

export interface ServiceView {
  readonly id: string;
  readonly name: string;
  readonly teams: readonly string[];
  readonly actions: readonly ActionView[];
}

export interface NoteView {
  readonly id: string;
  readonly at: string;
  readonly by: string;
  readonly text: string;
}

/** A request or an answer. Values of headers may be secrets, so only their names are shown. */
export interface MessageView {
  readonly headerNames: readonly string[];
  readonly body: string;
}

export interface AttemptView {
  readonly at: string;
  readonly endpoint: string | null;
  /** Of the answer; null without one, and then `error` has the reason. */
  readonly status: number | null;
  readonly error: string | null;
  /** The beginning of the answer's body. */
  readonly text: string;
  readonly sent: MessageView;
  /** Null without an answer. */
  readonly answer: MessageView | null;
}

export interface PressView {
  readonly id: string;
  readonly at: string;
  readonly by: string | null;
  readonly label: string;
  readonly endpoint: string | null;
  readonly status: DeliveryRecord['status'];
  /** The event that a waiting press waits for: its answer, an earlier press of the same button, or its next attempt. */
  readonly waits: 'answer' | 'earlier' | 'retry' | null;
  readonly nextAttemptAt: string | null;
  readonly reason: string | null;
  readonly attempts: readonly AttemptView[];
}

export interface IncidentView {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly urgency: Incident['urgency'];
  readonly status: Incident['status'];
  readonly serviceId: string;
  readonly createdAt: string;
  readonly notes: readonly NoteView[];
  readonly presses: readonly PressView[];
  /** The number of omitted notes and presses. */
  readonly earlier: number;
}

export interface PageView {
  readonly version: number;
  /** True for the whole view; false for changes only. */
  readonly whole: boolean;
  readonly account: string;
  /** The option that points `pdactions` at this sandbox. */
  readonly flag: string;
  /** The sandbox's time. */
  readonly now: string;
  readonly services: readonly ServiceView[];
  readonly incidents: readonly IncidentView[];
  /** Removed ids, among others. */
  readonly gone: readonly string[];
}

/** Shows at most this many notes and presses of an incident, the latest. */
const MOST_SHOWN = 100;
const MOST_TEXT = 300;
/** Shows at most this much of a body. */
const MOST_BODY = 16_000;

/** The changes after `since`, or the whole view. */
export function pageView(world: World, since: number): PageView {
  const { state, watch } = world;
  const changed = watch.since(since);
  const of = <T>(records: ReadonlyMap<string, T>): T[] =>
    changed ? [...changed].flatMap((id) => records.get(id) ?? []) : [...records.values()];
  const shown = of(incidents.in(state));
  const presses = pressesOf(world, new Set(shown.map(({ id }) => id)));
  return {
    version: watch.version(),
    whole: changed === null,
    account: state.account,
    flag: world.flag,
    now: new Date(world.wall()).toISOString(),
    services: of(services.in(state))
      .sort(byName)
      .map(({ id, name, teamIds }) => ({
        id,
        name,
        teams: teamIds.map((team) => teams.in(state).get(team)?.name ?? team),
        actions: actionsOf(world, id),
      })),
    incidents: shown.map((incident) => incidentOf(world, incident, presses.get(incident.id) ?? [])),
    gone: [...(changed ?? [])].filter((id) => !services.in(state).has(id) && !incidents.in(state).has(id)),
  };
}

function actionsOf(world: World, serviceId: string): ActionView[] {
  const { state } = world;
  return extensionsOn(state, serviceId)
    .filter(({ schemaId }) => schemas.in(state).get(schemaId)?.key === CUSTOM_ACTION)
    .map((extension) => actionOf(extension, world.wall()));
}

function actionOf(extension: Extension, now: number): ActionView {
  const { id, name, url, headers, disabledUntil, drops } = extension;
  const disabled = isDisabled(extension, now);
  return {
    id,
    label: name || '(no name)',
    endpoint: shownUrl(url),
    headerNames: (headers ?? []).map((header) => header.name),
    disabled,
    disabledUntil: disabled && disabledUntil !== null ? new Date(disabledUntil).toISOString() : null,
    drops,
  };
}

function incidentOf(world: World, incident: Incident, presses: readonly PressView[]): IncidentView {
  const { id, number, title, urgency, status, serviceId, createdAt, notes } = incident;
  const shown = { notes: notes.slice(-MOST_SHOWN), presses: presses.slice(-MOST_SHOWN) };
  return {
    ...{ id, number, title, urgency, status, serviceId, createdAt },
    notes: shown.notes.map((note) => ({
      id: note.id,
      at: note.createdAt,
      by: users.in(world.state).get(note.userId)?.name ?? note.userId,
      text: note.content,
    })),
    presses: shown.presses,
    earlier: notes.length - shown.notes.length + presses.length - shown.presses.length,
  };
}

/** The presses of these incidents, in their order. */
function pressesOf(world: World, ids: ReadonlySet<string>): ReadonlyMap<string, readonly PressView[]> {
  const presses = new Map<string, PressView[]>();
  const queues = new Set<string>();
  for (const record of ids.size === 0 ? [] : world.deliveries.records()) {
    if (!ids.has(record.incidentId)) continue;
    const queue = `${record.extensionId}/${record.incidentId}`;
    const list = presses.get(record.incidentId) ?? [];
    list.push(pressOf(world, record, queues.has(queue)));
    presses.set(record.incidentId, list);
    if (record.status === 'waiting') queues.add(queue);
  }
  return presses;
}

function pressOf(world: World, record: DeliveryRecord, behind: boolean): PressView {
  const { webhookId, pressedAt, pressedBy, name, status, reason, nextAttemptAt, attempts } = record;
  const url = attempts.at(-1)?.request.url ?? extensions.in(world.state).get(record.extensionId)?.url ?? null;
  const waits = behind ? 'earlier' : nextAttemptAt === null ? 'answer' : 'retry';
  return {
    id: webhookId,
    at: pressedAt,
    by: pressedBy,
    label: name || '(no name)',
    endpoint: shownUrl(url),
    status,
    waits: status === 'waiting' ? waits : null,
    nextAttemptAt,
    reason,
    attempts: attempts.map(({ at, request, answer, error }) => ({
      at,
      endpoint: shownUrl(request.url),
      status: answer?.status ?? null,
      error,
      text: hideSecrets(answer?.body ?? '', request).slice(0, MOST_TEXT),
      sent: messageOf(request, request),
      answer: answer && messageOf(answer, request),
    })),
  };
}

function messageOf(
  { headers, body }: Pick<DeliveryRequest, 'headers' | 'body'>,
  request: DeliveryRequest,
): MessageView {
  return { headerNames: Object.keys(headers), body: hideSecrets(body, request).slice(0, MOST_BODY) };
}
