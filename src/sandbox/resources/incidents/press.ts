import { freshId } from '../../account/ids.ts';
import type { State } from '../../account/state.ts';
import { isObject } from '../../narrow.ts';
import { resource } from '../../resource.ts';
import type { ApiRequest, ApiResponse, RouteOutcome } from '../../wire/http.ts';
import { json } from '../../wire/http.ts';
import { ApiProblem, invalidInput, missingAbility } from '../../wire/problem.ts';
import { wrapped } from '../../wire/route.ts';
import { customActionSchema } from '../extension-schemas.ts';
import { type Extension, extensions } from '../extensions/record.ts';
import { requester, requesterOf } from '../users.ts';
import { withEntry } from './log-entries.ts';
import { incidentOf, incidents } from './record.ts';

/** Presses a button. PagerDuty does not describe this call; its own front end makes it (fact 31, U10). */
export const presses = resource({
  type: 'custom_action',
  plural: 'custom_actions',
  routes: [{ method: 'POST', path: '/incidents/:id/custom_action', scope: 'incidents.write', handle: press }],
});

function press(state: State, request: ApiRequest, id: string): RouteOutcome {
  const incident = incidentOf(state, id);
  if (state.switches.pressPlan === 'gated') throw missingAbility('custom_incident_actions');
  checkFrom(state, request);
  const extension = pressed(state, request);
  if (!extension.serviceIds.includes(incident.serviceId)) {
    throw invalidInput('The custom incident action belongs to another service');
  }
  const fresh = freshId(state);
  const userId = requesterOf(state, request)?.id ?? null;
  const at = new Date(request.now).toISOString();
  const entry = { kind: 'custom', at, userId, name: extension.name } as const;
  return {
    response: pressResponse(state, extension),
    changes: [
      { op: 'sequence', sequence: fresh.sequence },
      incidents.put('press', withEntry(incident, fresh, entry)),
    ],
    effects: [{ type: 'press', extensionId: extension.id, incidentId: incident.id }],
  };
}

function checkFrom(state: State, request: ApiRequest): void {
  const needed = state.switches.pressFrom === 'required' && request.headers.from === undefined;
  if (needed) throw new ApiProblem(400, 1008, 'Requester User Not Found');
  if (request.headers.from !== undefined) requester(state, request);
}

function pressed(state: State, request: ApiRequest): Extension {
  const { webhook } = wrapped(state, request, 'custom_action');
  if (!isObject(webhook) || webhook.type !== 'webhook_reference' || typeof webhook.id !== 'string') {
    throw invalidInput('Webhook must be a webhook_reference with an id');
  }
  const extension = extensions.in(state).get(webhook.id);
  if (!extension) throw new ApiProblem(404, 5001, 'Webhook Not Found');
  if (extension.schemaId !== customActionSchema(state)) {
    throw invalidInput('The webhook is not a custom incident action');
  }
  return extension;
}

/** PagerDuty's answer is unknown: its front end checks only for 2xx (U10). */
function pressResponse(state: State, extension: Extension): ApiResponse {
  switch (state.switches.pressBody) {
    case 'empty':
      return { status: 200, headers: {}, body: '' };
    case 'no-content':
      return { status: 204, headers: {}, body: '' };
    case 'json':
      return json(200, { custom_action: { webhook: { id: extension.id, type: 'webhook_reference' } } });
  }
}
