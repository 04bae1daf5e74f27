/** The environment of a script: the variables it needs to run, those that the config allows, and the press (T45). */

import { isOwnVariable } from '../../core/handler.ts';
import { type Json, objectOf, objectsOf, textOf } from '../../json-fields.ts';
import type { Press } from '../press/message.ts';
import type { Route } from '../press/routes.ts';
import { contextVariables, type PressContext } from './context.ts';

type Env = Readonly<Record<string, string | undefined>>;

const ALWAYS = ['PATH', 'HOME', 'LANG', 'TZ'] as const;
/** Without these no program starts on Windows. */
const ON_WINDOWS = ['SYSTEMROOT', 'SystemRoot', 'PATHEXT', 'TEMP', 'TMP'] as const;

/** A longer value can prevent the start of a program (T42: E2BIG). */
const LONGEST_BYTES = 4096;

/** The environment of one run. */
export function environmentOf(
  { action, label, handler }: Pick<Route, 'action' | 'label' | 'handler'>,
  press: Press,
  env: Env,
  platform: NodeJS.Platform,
  context: PressContext = {},
): Record<string, string> {
  const names = [...ALWAYS, ...(platform === 'win32' ? ON_WINDOWS : []), ...(handler?.env ?? [])];
  const allowed = names.flatMap((name) => {
    const value = isOwnVariable(name) ? undefined : env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const { incident, service, user, button } = press;
  const variables: Readonly<Record<string, string>> = {
    ...incidentVariables(press.message),
    ...contextVariables(context),
    PD_EVENT: 'incident.custom',
    PD_MESSAGE_ID: press.id,
    PD_PRESSED_AT: press.at,
    PD_ACTION: action,
    PD_ACTION_LABEL: button.label || label,
    PD_ACTION_ID: button.id,
    PD_INCIDENT_ID: incident.id,
    PD_INCIDENT_NUMBER: incident.number,
    PD_INCIDENT_TITLE: incident.title,
    PD_INCIDENT_URL: incident.url,
    PD_INCIDENT_STATUS: incident.status,
    PD_INCIDENT_URGENCY: incident.urgency,
    PD_SERVICE_ID: service.id,
    PD_SERVICE_NAME: service.name,
    PD_USER_ID: user.id,
    PD_USER_NAME: user.name,
  };
  return {
    ...Object.fromEntries(allowed),
    ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, harmless(value)])),
  };
}

/** More facts on the incident from the message. Names of assignees are for display; a name may contain a comma, an id does not. */
function incidentVariables(message: Json): Readonly<Record<string, string>> {
  const incident = objectOf(message, 'incident');
  const policy = objectOf(incident, 'escalation_policy');
  const priority = objectOf(incident, 'priority');
  const assignees = objectsOf(incident, 'assignments').map((assignment) => objectOf(assignment, 'assignee'));
  const joined = (key: string, by: string): string =>
    assignees.map((assignee) => textOf(assignee, key)).join(by);
  return {
    PD_INCIDENT_KEY: textOf(incident, 'incident_key'),
    PD_INCIDENT_SELF: textOf(incident, 'self'),
    PD_INCIDENT_PRIORITY: textOf(priority, 'summary') || textOf(priority, 'name'),
    PD_INCIDENT_ASSIGNEES: joined('summary', ', '),
    PD_INCIDENT_ASSIGNEE_IDS: joined('id', ','),
    PD_ESCALATION_POLICY_ID: textOf(policy, 'id'),
    PD_ESCALATION_POLICY_NAME: textOf(policy, 'summary') || textOf(policy, 'name'),
  };
}

/** NUL ends a text in the middle, and Node refuses it; a text that is too long is cut between two characters. */
function harmless(text: string): string {
  const clean = text.replaceAll('\0', '');
  if (Buffer.byteLength(clean) <= LONGEST_BYTES) return clean;
  return Buffer.from(clean)
    .subarray(0, LONGEST_BYTES)
    .toString('utf8')
    .replace(/(?<!\ufffd)\ufffd+$/, '');
}
