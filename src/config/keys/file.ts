/**
 * The keys of a configuration file, each with its rule, its messages, an example and its description. `schema.json`, the messages and the
 * list of known keys come from these entries. The room `read` has the rules that a shape cannot express.
 */
import { isObject } from '../../json-fields.ts';
import { ACTION_KEYS, action } from './action.ts';
import { either, list, object, table } from './collections.ts';
import type { KeyShape, ShapeIssue } from './entry.ts';
import { HANDLER_KEYS } from './handler.ts';
import { LONGEST_PATH, MOST_ACTIONS, MOST_BASES } from './limits.ts';
import { SELECTION_KEYS, services } from './services.ts';
import { choice, flag, keyText, sizedText, text } from './values.ts';

const BASES = {
  message: 'this is not a valid list of files',
  fix: 'Write one path, or a list of up to ten different paths.',
};

const filePath = sizedText({ rule: { least: 1, most: LONGEST_PATH, ...BASES } });

const FILE_KEYS = {
  $schema: text({ doc: 'The JSON Schema of this file, for editors.' }),
  account: text({
    rule: {
      is: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
      message: 'this is not a valid subdomain',
      fix: 'For https://acme.pagerduty.com write "acme".',
    },
    doc: 'The subdomain of the PagerDuty account: "acme" for https://acme.pagerduty.com. A run with a token of another account stops before any write. Default: any account.',
  }),
  region: choice({
    rule: { of: ['us', 'eu'], message: 'unknown region', fix: 'Write "us" or "eu".' },
    doc: 'The service region of the account: "us" or "eu". Default: us.',
  }),
  extends: either({
    of: [
      filePath,
      list({
        of: filePath,
        least: { count: 1, ...BASES },
        most: { count: MOST_BASES, ...BASES },
        unique: BASES,
      }),
    ],
    kind: 'a path, or a list of paths',
    fix: 'For example: "../shared/actions.json".',
    doc: 'The path of a file whose actions this file can use, or up to ten paths. Relative to this file, inside the repository.',
  }),
  actions: table({
    keys: keyText({
      is: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
      refuse: () => ({
        message: 'this is not a valid action key',
        fix: 'Use up to 64 letters, digits, hyphens, dots and underscores, for example "restart-server".',
      }),
      doc: 'A short name for the action, used in `services`.',
    }),
    values: action,
    most: {
      count: MOST_ACTIONS,
      message: `more than ${MOST_ACTIONS} actions`,
      fix: 'Split them into several files.',
    },
    example: '{ "restart-server": { "label": "Restart Server", "url": "https://..." } }',
    doc: 'The actions by key, at most 1,000. Optional only in a file that extends others.',
  }),
  services,
  prune: flag({
    doc: 'Delete unmanaged actions of the selected services. Default: false.',
  }),
  fingerprint: flag({
    doc: 'The default for `fingerprint` of the actions in this file. Default: false.',
  }),
};

/** Top-level keys that are ignored, so that YAML anchors have a place. */
const IGNORED = 'x-';

export const configSchema = object({
  optional: FILE_KEYS,
  fix: 'Write `{ "actions": ..., "services": ... }`, or the same in YAML; see docs/config.md for an example.',
  meta: {
    title: 'pdactions configuration',
    patternProperties: { [`^${IGNORED}`]: {} },
    // The other required keys depend on whether others extend the file: `missingKeys` of shape.ts.
    anyOf: [{ required: ['actions'] }, { required: ['extends'] }],
  },
});

/** The keys of each kind of object. */
export const KNOWN_KEYS = {
  file: Object.keys(FILE_KEYS),
  action: keysOf(ACTION_KEYS),
  selection: keysOf(SELECTION_KEYS),
  handler: keysOf(HANDLER_KEYS),
} as const;

function keysOf(entries: Readonly<Record<string, Readonly<Record<string, KeyShape>>>>): string[] {
  return Object.values(entries).flatMap((group) => Object.keys(group));
}

/** All problems of a plain value as a configuration, as far as its shape goes. */
export function checkShape(plain: unknown): readonly ShapeIssue[] {
  if (!isObject(plain)) return configSchema.check(plain, []);
  const empty = plain.actions === undefined && plain.extends === undefined;
  return [...(empty ? [missing('actions')] : []), ...configSchema.check(withoutIgnored(plain), [])];
}

/** The issue of a missing top-level object. */
export function missing(key: 'actions' | 'services'): ShapeIssue {
  return { path: [key], expected: { kind: 'an object', fix: '' } };
}

/** Without prototype, like the parsed file (T14). */
function withoutIgnored(plain: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const rest: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(plain)) if (!key.startsWith(IGNORED)) rest[key] = value;
  return rest;
}
