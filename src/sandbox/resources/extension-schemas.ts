import { records } from '../account/records.ts';
import type { State } from '../account/state.ts';
import type { Switches } from '../account/switches.ts';
import type { ApiRequest, Outcome } from '../wire/http.ts';
import { answer } from '../wire/http.ts';
import { pageMembers, pageOf, slicePage } from '../wire/paging.ts';
import { notFound } from '../wire/problem.ts';
import type { Route } from '../wire/route.ts';
import { API, type Reference } from '../wire/shown.ts';

export interface Schema {
  readonly id: string;
  readonly key: string | null;
  readonly label: string | null;
  readonly sendTypes: readonly string[];
}

/** The key of the schema of custom incident actions (fact 4). */
export const CUSTOM_ACTION = 'custom_webhook';

export const schemas = records<Schema>({ type: 'schema', initial: schemasOf, shownBy: () => null });

export const SEND_TYPES = [
  'trigger',
  'acknowledge',
  'resolve',
  'delegate',
  'escalate',
  'unacknowledge',
  'assign',
];

/** The id of the custom incident action schema: the same everywhere, or of this account only (U14). */
function customSchemaId(account: string, switches: Switches): string {
  if (switches.schemaId === 'global') return 'PCUSTOM';
  return `PC${[...account]
    .reduce((sum, letter) => sum + letter.charCodeAt(0), 0)
    .toString(36)
    .toUpperCase()}`;
}

function schemasOf(account: string, switches: Switches): readonly Schema[] {
  return [
    { id: 'PJFWPEP', key: 'generic_v2_webhook', label: 'Generic V2 Webhook', sendTypes: SEND_TYPES },
    { id: 'PSLACK1', key: 'slack', label: 'Slack', sendTypes: SEND_TYPES },
    {
      id: customSchemaId(account, switches),
      key: CUSTOM_ACTION,
      label: 'Custom Incident Action',
      sendTypes: ['custom'],
    },
    { id: 'PSNOW01', key: 'service_now', label: 'ServiceNow', sendTypes: SEND_TYPES },
  ];
}

const scope = 'extension_schemas.read';

export const extensionSchemaRoutes: readonly Route[] = [
  { method: 'GET', path: '/extension_schemas', scope, handle: list },
  { method: 'GET', path: '/extension_schemas/:id', scope, handle: get },
];

function list(state: State, request: ApiRequest): Outcome {
  const page = pageOf(request.query);
  const all = [...schemas.in(state).values()];
  const extension_schemas = slicePage(all, page).map(schemaView);
  return answer(200, { extension_schemas, ...pageMembers(page, all.length) });
}

function get(state: State, _request: ApiRequest, id: string): Outcome {
  const schema = schemas.in(state).get(id);
  if (!schema) throw notFound();
  return answer(200, { extension_schema: schemaView(schema) });
}

/** The id of the schema of custom incident actions (fact 4), or undefined when this account has none. */
export function customActionSchema(state: State): string | undefined {
  return [...schemas.in(state).values()].find(({ key }) => key === CUSTOM_ACTION)?.id;
}

export function schemaReference(state: State, id: string): Reference {
  const summary = schemas.in(state).get(id)?.label ?? id;
  const self = `${API}/extension_schemas/${id}`;
  return { id, type: 'extension_schema_reference', summary, self, html_url: null };
}

export function schemaView(schema: Schema): Record<string, unknown> {
  const { id, key, label, sendTypes } = schema;
  return {
    id,
    type: 'extension_schema',
    summary: label,
    self: `${API}/extension_schemas/${id}`,
    html_url: null,
    icon_url: '',
    logo_url: '',
    label,
    key,
    description: label === null ? null : `The ${label} extension`,
    guide_url: '',
    send_types: sendTypes,
    url: '',
  };
}
