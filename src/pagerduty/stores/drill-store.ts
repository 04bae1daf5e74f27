/** The port for drills: a labelled incident, from its opening to its end. */
import { isObject } from '../../json-fields.ts';
import type { Caller } from '../http/call.ts';
import { ShapeError, unwrap } from '../wire.ts';
import { decodeIncident, fromHeader, type Incident, type PressStore } from './press-store.ts';

export interface Drill {
  readonly serviceId: string;
  /** Unique, so that an incident whose answer was lost is found again. */
  readonly title: string;
  readonly details: string;
  /** The email address of a user: required with account-level keys (fact 16). */
  readonly from?: string | undefined;
}

export interface DrillStore {
  /** Opens an incident of low urgency. @throws RemoteError if it was not opened, or the outcome is unknown */
  open(drill: Drill): Promise<Incident>;
  /** The texts of its notes, in PagerDuty's order. */
  notes(incidentId: string): Promise<readonly string[]>;
  /** @throws RemoteError if it may still be open */
  resolve(incidentId: string, from?: string): Promise<void>;
}

/** Drills over one caller. */
export function createDrillStore(call: Caller, incidents: Pick<PressStore, 'openIncidents'>): DrillStore {
  return {
    open: (drill) => open(call, incidents, drill),
    notes: (incidentId) =>
      call({
        class: 'read',
        request: { method: 'GET', path: `/incidents/${incidentId}/notes` },
        what: `read the notes of the incident ${incidentId}`,
        decode: contentsOf,
      }),
    resolve: (incidentId, from) => resolve(call, incidentId, from),
  };
}

function open(
  call: Caller,
  { openIncidents }: Pick<PressStore, 'openIncidents'>,
  { serviceId, title, details, from }: Drill,
): Promise<Incident> {
  const incident = {
    type: 'incident',
    title,
    urgency: 'low',
    service: { id: serviceId, type: 'service_reference' },
    body: { type: 'incident_body', details },
  };
  return call({
    class: 'create',
    request: { method: 'POST', path: '/incidents', body: { incident }, ...fromHeader(from) },
    what: `open a drill incident on the service ${serviceId}`,
    decode: (document) => unwrap(document, 'incident', decodeIncident),
    look: async () => (await openIncidents(serviceId)).items.find((candidate) => candidate.title === title),
  });
}

async function resolve(call: Caller, incidentId: string, from: string | undefined): Promise<void> {
  const incident = { type: 'incident_reference', status: 'resolved' };
  await call({
    class: 'update',
    request: { method: 'PUT', path: `/incidents/${incidentId}`, body: { incident }, ...fromHeader(from) },
    what: `resolve the incident ${incidentId}`,
    decode: (document) => {
      const { status } = unwrap(document, 'incident', decodeIncident);
      if (status !== 'resolved') throw new ShapeError('it is not resolved');
      return status;
    },
  });
}

function contentsOf(document: unknown): readonly string[] {
  if (!isObject(document) || !Array.isArray(document.notes)) throw new ShapeError('`notes` is not a list');
  return document.notes.flatMap((note: unknown) =>
    isObject(note) && typeof note.content === 'string' ? [note.content] : [],
  );
}
