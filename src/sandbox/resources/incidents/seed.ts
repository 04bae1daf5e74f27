/** Incidents in a seed and in a data file. */

import { isObject } from '../../narrow.ts';
import type { Making } from '../../resource.ts';
import * as z from '../../shapes.ts';
import { type EventFacts, type Incident, incidents } from './record.ts';

/** The event of a monitoring tool; all of it is optional. */
const event = {
  source: z.optional(z.text),
  component: z.optional(z.text),
  group: z.optional(z.text),
  class: z.optional(z.text),
  severity: z.optional(z.enum(['critical', 'error', 'warning', 'info'])),
  details: z.optional(z.unknown()),
};

export const seed = z.strictObject({
  id: z.id,
  service: z.id,
  title: z.text,
  priority: z.optional(z.id),
  /** The event that triggered it: `GET /log_entries/{id}?include[]=channels` shows it. */
  trigger: z._default(z.strictObject(event), {}),
  alerts: z._default(
    z.array(
      z.strictObject({
        id: z.id,
        summary: z.text,
        key: z.optional(z.text),
        status: z._default(z.enum(['triggered', 'resolved']), 'triggered'),
        ...event,
      }),
    ),
    [],
  ),
  urgency: z._default(z.enum(['high', 'low']), 'high'),
  status: z._default(z.enum(['triggered', 'acknowledged', 'resolved']), 'triggered'),
});

type SeedEntry = z.output<typeof seed>;

/** The incident of an entry, with the next number and the current time. */
export function row(entry: SeedEntry, { state, now, place }: Making): Incident {
  const { id, title, service: serviceId, urgency, status, priority, trigger, alerts } = entry;
  const number = incidents.in(state).size + place + 1;
  const createdAt = new Date(now).toISOString();
  return {
    ...{ id, number, key: id, title, serviceId, urgency, status, createdAt },
    statusChangedAt: createdAt,
    statusChangedBy: null,
    priorityId: priority ?? null,
    trigger: eventOf(trigger),
    alerts: alerts.map((alert) => ({
      ...eventOf(alert),
      id: alert.id,
      key: alert.key ?? alert.id,
      summary: alert.summary,
      status: alert.status,
    })),
    log: [],
    notes: [],
  };
}

function eventOf(said: SeedEntry['trigger']): EventFacts {
  const { source = null, component = null, group = null, class: kind = null, severity = null } = said;
  return { source, component, group, class: kind, severity, details: said.details ?? null };
}

const facts = {
  source: z.nullable(z.string()),
  component: z.nullable(z.string()),
  group: z.nullable(z.string()),
  class: z.nullable(z.string()),
  severity: z.nullable(z.string()),
  details: z.unknown(),
};
const status = z.enum(['triggered', 'acknowledged', 'resolved']);

const record = z.object({
  id: z.string(),
  number: z.number(),
  key: z.string(),
  title: z.string(),
  serviceId: z.string(),
  urgency: z.enum(['high', 'low']),
  status,
  createdAt: z.string(),
  statusChangedAt: z.string(),
  statusChangedBy: z.nullable(z.string()),
  priorityId: z.nullable(z.string()),
  trigger: z.object(facts),
  alerts: z.array(
    z.object({
      id: z.string(),
      key: z.string(),
      summary: z.string(),
      status: z.enum(['triggered', 'resolved']),
      ...facts,
    }),
  ),
  log: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['acknowledge', 'resolve', 'annotate', 'custom']),
      at: z.string(),
      userId: z.nullable(z.string()),
      name: z.optional(z.string()),
    }),
  ),
  notes: z.array(
    z.object({ id: z.string(), content: z.string(), userId: z.string(), createdAt: z.string() }),
  ),
});

export const kept = z.pipe(
  z.transform((value) => (isObject(value) ? { ...sinceThen(value), ...value } : value)),
  record,
);

/** The members missing in incidents of earlier versions; `details` were those of the trigger. */
function sinceThen({ createdAt, details = null }: Readonly<Record<string, unknown>>) {
  const silent = { source: null, component: null, group: null, class: null, severity: null };
  return {
    statusChangedAt: createdAt,
    statusChangedBy: null,
    priorityId: null,
    trigger: { ...silent, details },
    alerts: [],
    log: [],
  };
}
