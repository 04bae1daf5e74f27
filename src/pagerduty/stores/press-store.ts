/**
 * The port for pressing buttons: the incidents of a service, and the call that PagerDuty's own front end makes for a press
 * (fact 31). PagerDuty does not document that call: its answer, its need for `From`, and the plans that
 * include it are unknown (U10).
 */

import { RemoteError } from '../../errors.ts';
import { isObject, textOrNull } from '../../json-fields.ts';
import type { Caller } from '../http/call.ts';
import { id as idOf, type Page, ShapeError, unwrap } from '../wire.ts';
import { checkedId } from './checked-id.ts';

/** The parts of an incident by which a user recognises it. */
export interface Incident {
  readonly id: string;
  /** The displayed number; null if the answer has none. */
  readonly number: number | null;
  readonly title: string;
  readonly status: string;
  readonly service: { readonly id: string; readonly name: string };
}

export interface PressStore {
  /** One incident. @throws RemoteError with reason `gone` for an unknown id */
  incident(id: string): Promise<Incident>;
  /** The newest open incidents of a service, one page of them. */
  openIncidents(serviceId?: string): Promise<Pick<Page<Incident>, 'items' | 'hasMore'>>;
  /**
   * Presses a button, once.
   * @param from email of the user who presses, for account-level keys (U10)
   * @throws RemoteError with aftermath `verify` if it may have been pressed: it must never be pressed again blindly
   */
  press(actionId: string, incidentId: string, from?: string): Promise<void>;
}

/** More than a user would scroll through; others are found by id. */
const SHOWN = 100;

/** Incidents and presses over one caller. Its methods throw UsageError for an invalid id, before anything is sent. */
export function createPressStore(call: Caller): PressStore {
  return {
    incident: (id) =>
      call({
        class: 'read',
        request: { method: 'GET', path: `/incidents/${checkedId(id)}` },
        what: `read the incident ${id}`,
        decode: (document) => unwrap(document, 'incident', decodeIncident),
      }),
    openIncidents: (serviceId) => openIncidents(call, serviceId),
    press: (actionId, incidentId, from) => press(call, actionId, incidentId, from),
  };
}

function openIncidents(call: Caller, serviceId: string | undefined) {
  const isAll = serviceId === undefined;
  return call({
    class: 'read',
    request: {
      method: 'GET',
      path: '/incidents',
      query: {
        ...(isAll ? {} : { 'service_ids[]': [checkedId(serviceId)] }),
        'statuses[]': ['triggered', 'acknowledged'],
        // By default PagerDuty lists those of one month, and an incident can be open for longer.
        date_range: 'all',
        sort_by: 'created_at:desc',
        limit: String(SHOWN),
      },
    },
    what: isAll ? 'read the open incidents' : `read the open incidents of the service ${serviceId}`,
    decode: (document) => decodeIncidents(document, serviceId),
  });
}

async function press(
  call: Caller,
  actionId: string,
  incidentId: string,
  from: string | undefined,
): Promise<void> {
  const webhook = { id: checkedId(actionId), type: 'webhook_reference' };
  const pressed = call<void>({
    // Like a create it is never sent again once it may have arrived, and no read shows whether it did.
    class: 'create',
    request: {
      method: 'POST',
      path: `/incidents/${checkedId(incidentId)}/custom_action`,
      body: { custom_action: { webhook } },
      ...fromHeader(from),
    },
    what: `press ${actionId} on the incident ${incidentId}`,
    decode: () => undefined,
    bodiless: true,
  });
  await pressed.catch((error: unknown) => {
    if (isOpen(error)) throw leftOpen(error);
    throw from === undefined && isInvalid(error) ? withoutPresser(error) : error;
  });
}

/** The user of the request, if named (fact 16). */
export function fromHeader(from: string | undefined): { readonly headers?: { readonly From: string } } {
  return from === undefined ? {} : { headers: { From: from } };
}

/** True if the press may have happened. */
function isOpen(error: unknown): error is RemoteError {
  if (!(error instanceof RemoteError)) return false;
  return error.aftermath === 'verify' || (error.reason === 'interrupted' && error.http !== undefined);
}

function isInvalid(error: unknown): error is RemoteError {
  return error instanceof RemoteError && error.http?.status === 400;
}

/** The call may need a user (U10): other calls with an account-level key get this answer without one (fact 16). */
function withoutPresser(error: RemoteError): RemoteError {
  return new RemoteError(error.message, {
    reason: error.reason,
    aftermath: error.aftermath,
    details: error.details,
    http: error.http,
    cause: error,
    hint: 'An account-level API key may require `--from EMAIL`, the email of the user who presses. Nothing was pressed.',
  });
}

/** The caller's own advice is to run the command again, which is right for commands that look first, and wrong for a press. */
function leftOpen(error: RemoteError): RemoteError {
  return new RemoteError(error.message, {
    reason: error.reason,
    aftermath: 'verify',
    details: error.details,
    http: error.http,
    cause: error,
    hint: "It may have been pressed. Before you press again, check the incident's timeline or what the endpoint received.",
  });
}

function decodeIncidents(
  document: unknown,
  serviceId: string | undefined,
): Pick<Page<Incident>, 'items' | 'hasMore'> {
  if (!isObject(document) || !Array.isArray(document.incidents)) {
    throw new ShapeError('`incidents` is not a list');
  }
  const incidents = document.incidents.map(decodeIncident);
  // Filtered again: a server that ignores a filter must not allow presses on more incidents.
  const items = incidents.filter(
    ({ service, status }) => (serviceId === undefined || service.id === serviceId) && status !== 'resolved',
  );
  return { items, hasMore: document.more === true };
}

export function decodeIncident(item: unknown): Incident {
  if (!isObject(item)) throw new ShapeError('an incident is not an object');
  const { incident_number: number, service } = item;
  if (!isObject(service)) throw new ShapeError('`service` is missing');
  const serviceId = idOf(service);
  return {
    id: idOf(item),
    number: typeof number === 'number' ? number : null,
    title: textOrNull(item, 'title') ?? textOrNull(item, 'summary') ?? '',
    status: textOrNull(item, 'status') ?? 'unknown',
    service: { id: serviceId, name: textOrNull(service, 'summary') ?? serviceId },
  };
}
