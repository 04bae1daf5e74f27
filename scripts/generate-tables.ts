/** The tables of config keys and sandbox switches in the docs, from the entries in the code. */
import type { JsonSchema } from '../src/config/keys/entry.ts';
import { configSchema } from '../src/config/keys/file.ts';
import { SWITCHES } from '../src/sandbox/account/switches.ts';

/** The tables of keys, by the name of their place in docs/config.md. */
export function keyTables(): ReadonlyMap<string, string> {
  const file = configSchema.schema;
  const action = valuesOf(file, 'actions');
  const selection = valuesOf(file, 'services').anyOf?.find(({ properties }) => properties);
  return new Map([
    ['keys of a file', tableOf(file)],
    ['keys of an action', tableOf(action)],
    ['keys of a handler', tableOf(action.properties?.handler)],
    ['keys of a selection', tableOf(selection)],
  ]);
}

function valuesOf({ properties }: JsonSchema, key: string): JsonSchema {
  return properties?.[key]?.additionalProperties || {};
}

function tableOf(shape: JsonSchema | undefined): string {
  const keys = Object.entries(shape?.properties ?? {});
  if (keys.length === 0) throw new Error('the schema of the config has another form than its tables expect');
  const rows = keys.map(([key, { description = '' }]) => {
    const [, what = '', value = '–'] = /^([\s\S]*?)(?: Default: ([\s\S]*)\.)?$/.exec(description) ?? [];
    const need = shape?.required?.includes(key) ? '**required**. ' : '';
    return `| \`${key}\` | ${need}${asCode(what)} | ${asCode(value)} |`;
  });
  return `| key | meaning | default |\n|---|---|---|\n${rows.join('\n')}\n`;
}

/** Descriptions are plain text, for editors. On a page, config text and variable names become code. */
function asCode(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replace(/\$\{[^}]*\}|"[^"]*"|\bPD_\*|\{\}/g, '`$&`')))
    .join('')
    .replace(/`"([^"`]*)"`/g, '`$1`');
}

/** The table of switches; the default of each is bold. */
export function switchTable(): string {
  const rows = SWITCHES.map(({ name, about, values, default: fallback, description }) => {
    const shown = values.map((value) => (value === fallback ? `**\`${value}\`**` : `\`${value}\``));
    return `| \`${name}\` | ${about} | ${shown.join(' ')} | ${description} |`;
  });
  return `| switch | source | values | effect |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}
