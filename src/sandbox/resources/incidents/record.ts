/** Incidents as the account has them, with their alerts, log and notes. */

import { records } from '../../account/records.ts';
import type { State } from '../../account/state.ts';
import { notFound } from '../../wire/problem.ts';

export interface Note {
  readonly id: string;
  readonly content: string;
  readonly userId: string;
  readonly createdAt: string;
}

/** The event of a monitoring tool, by its own names; null for omitted members. */
export interface EventFacts {
  readonly source: string | null;
  readonly component: string | null;
  readonly group: string | null;
  readonly class: string | null;
  readonly severity: string | null;
  readonly details: unknown;
}

export interface Alert extends EventFacts {
  readonly id: string;
  readonly key: string;
  readonly summary: string;
  readonly status: 'triggered' | 'resolved';
}

/** An act on an incident after its trigger. `name` is that of the pressed action. */
export interface LogEntry {
  readonly id: string;
  readonly kind: 'acknowledge' | 'resolve' | 'annotate' | 'custom';
  readonly at: string;
  readonly userId: string | null;
  readonly name?: string;
}

export interface Incident {
  readonly id: string;
  readonly number: number;
  readonly key: string;
  readonly title: string;
  readonly serviceId: string;
  readonly urgency: 'high' | 'low';
  readonly status: 'triggered' | 'acknowledged' | 'resolved';
  readonly createdAt: string;
  readonly statusChangedAt: string;
  /** Null for the service, when it triggered. */
  readonly statusChangedBy: string | null;
  readonly priorityId: string | null;
  /** The event that triggered it; for an incident of the API its details are those of the body. */
  readonly trigger: EventFacts;
  readonly alerts: readonly Alert[];
  /** The oldest first. */
  readonly log: readonly LogEntry[];
  readonly notes: readonly Note[];
}

export const incidents = records<Incident>({ type: 'incident' });

/** The incident of this id or number (fact 62). @throws ApiProblem 404 */
export function incidentOf(state: State, idOrNumber: string): Incident {
  const byNumber = () =>
    [...incidents.in(state).values()].find(({ number }) => String(number) === idOrNumber);
  const incident = incidents.in(state).get(idOrNumber) ?? byNumber();
  if (!incident) throw notFound();
  return incident;
}
