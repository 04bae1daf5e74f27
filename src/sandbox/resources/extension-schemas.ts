import type { State } from '../account/state.ts';
import type { Switches } from '../account/switches.ts';
import { resource } from '../resource.ts';
import * as z from '../shapes.ts';
import { API, type Reference } from '../wire/shown.ts';

export interface Schema {
  readonly id: string;
  readonly key: string | null;
  readonly label: string | null;
  readonly sendTypes: readonly string[];
}

/** The key of the schema of custom incident actions (fact 4). */
export const CUSTOM_ACTION = 'custom_webhook';

const SEND_TYPES = ['trigger', 'acknowledge', 'resolve', 'delegate', 'escalate', 'unacknowledge', 'assign'];

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

export const schemas = resource({
  type: 'schema',
  plural: 'schemas',
  initial: schemasOf,
  /** Another vendor's schema: only its id is certain. */
  seed: z.strictObject({ id: z.id, key: z.nullable(z.text), label: z.nullable(z.text) }),
  row: (entry): Schema => ({ ...entry, sendTypes: SEND_TYPES }),
  kept: z.object({
    id: z.string(),
    key: z.nullable(z.string()),
    label: z.nullable(z.string()),
    sendTypes: z.array(z.string()),
  }),
  shownBy: () => null,
  view: (_state, schema) => schemaView(schema),
  wire: { single: 'extension_schema', many: 'extension_schemas' },
});

/** The id of the schema of custom incident actions (fact 4), or undefined if this account has none. */
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
