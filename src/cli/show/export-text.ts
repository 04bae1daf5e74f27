/** The text of an exported configuration, with remarks for the user. */

import type { ExportedVariable } from '../../config/export/action.ts';
import type { Exported } from '../../config/export/export.ts';
import { UsageError } from '../../errors.ts';
import { toJson } from '../../ui/text/json.ts';
import { plural } from '../../ui/text/plural.ts';
import { type Line, line, styled } from '../../ui/text/text.ts';
import type { Context } from '../context.ts';
import { SCHEMA_REFERENCE } from '../files/schema-beside.ts';

/**
 * The configuration as a file: JSON, or YAML with comments: the variables to set, and the names of services that are declared by id.
 * @param schema the reference to its schema; null for none
 */
export async function exportText(
  exported: Exported,
  format: 'json' | 'yaml',
  schema: string | null = SCHEMA_REFERENCE,
): Promise<string> {
  const { document, variables, literals, serviceNames } = exported;
  if (format === 'json')
    return `${toJson({ ...(schema === null ? {} : { $schema: schema }), ...document })}\n`;
  const { toYaml } = await import('../../ui/render/yaml.ts');
  const comments = [
    ...comment(
      'Variables to set before use:',
      variables.map((variable) => `${variable.name} (${partOf(variable)})`),
    ),
    ...comment(
      LITERALS,
      literals.map(({ key, place }) => `actions.${key}.url: ${place}`),
    ),
  ];
  const blank = comments.length > 0 ? '\n' : '';
  const reference = schema === null ? [] : [`# yaml-language-server: $schema=${schema}\n`];
  const head = [...reference, ...comments].join('');
  return `${head}${blank}${toYaml(document, serviceNames)}`;
}

/** The help of the option. */
export const REDACT = 'also use variables for values in URLs that look secret (random text, fragments)';

const LITERALS = 'Written in plain text, although they look secret (`--redact` uses variables instead):';

/** A name from a query may contain anything, so only characters that keep a comment on its line are written. */
function comment(title: string, rows: readonly string[]): string[] {
  if (rows.length === 0) return [];
  return [title, ...rows.map((row) => `  ${row}`)].map(
    (row) => `# ${row.replace(/[^\x20-\x7e]|##\[/g, '?')}\n`,
  );
}

/** The remarks of an export: declared actions, variables to set, and omissions with their reasons. */
export function exportNotes(
  { document, services, patterns, wide, variables, literals, left, notes }: Exported,
  done = 'Exported',
): Line[] {
  const actions = Object.keys(document.actions).length;
  return [
    line(styled('ok', `${done} `), `${plural(actions, 'definition')} on ${plural(services, 'service')}.`),
    ...patternNotes(patterns),
    ...selectorNotes(wide),
    ...variableNotes(variables),
    ...(literals.length > 0 ? [line(styled('warn', LITERALS))] : []),
    ...literals.map(({ key, place }) => line(`  actions.${key}.url`, styled('muted', `  ${place}`))),
    ...(notes.length > 0 ? [line('Notes on the exported actions:')] : []),
    ...notes.map(({ action, note }) => line(styled('muted', `  ${action.label} (${action.id}): ${note}`))),
    ...(left.length > 0
      ? [line(styled('warn', `${plural(left.length, 'action')} could not be declared:`))]
      : []),
    ...left.map(({ action, why }) => line(`  ${action.label} (${action.id}): ${why}`)),
  ];
}

function patternNotes(patterns: Exported['patterns']): Line[] {
  return patterns.map(({ key, actions }) => {
    const text = `defines ${actions} actions that differ only by service: \`\${service.*}\` is filled in for each`;
    return line('  ', styled('accent', key), styled('muted', `  ${text}`));
  });
}

function selectorNotes(wide: Exported['wide']): Line[] {
  if (wide.length === 0) return [];
  const rows = wide
    .slice(0, MOST_SELECTORS)
    .map(({ selector, services }) =>
      line('  ', styled('accent', selector), styled('muted', `  ${plural(services, 'service')}`)),
    );
  const unlisted = wide.length - MOST_SELECTORS;
  return [
    line('Teams and globs match these services, and services added later (`--detail` lists each service):'),
    ...rows,
    ...(unlisted > 0 ? [line(styled('muted', `  and ${unlisted} more`))] : []),
  ];
}

/** Names at most this many selectors; all are in the file. */
const MOST_SELECTORS = 10;

function variableNotes(variables: readonly ExportedVariable[]): Line[] {
  if (variables.length === 0) return [];
  return [
    line('Hidden values and credentials are variables; set them before `pdactions plan`:'),
    ...variables.map((variable) => {
      const { name, label, values } = variable;
      const others = values > 1 ? ` and ${plural(values - 1, 'other')}` : '';
      return line(
        '  ',
        styled('accent', name),
        styled('muted', `  ${partOf(variable)} of ${label}${others}`),
      );
    }),
    ...remarks(variables).map((text) => line(styled('muted', `  ${text}`))),
  ];
}

function remarks(variables: readonly ExportedVariable[]): string[] {
  return [
    ...(variables.some(({ inUrl }) => inUrl)
      ? ['You can look up values in URLs in PagerDuty, but not values of headers.']
      : []),
    ...(variables.some(({ values }) => values > 1)
      ? ['Actions that share a variable may have different values today; PagerDuty never returns them.']
      : []),
    ...(sharedHeader(variables)
      ? ['To use one variable for all headers of a name, run `pdactions export --header-env Name=VARIABLE`.']
      : []),
    'A sync only sends these values when their action changes, or with `--rotate-secrets`.',
  ];
}

/** True if several variables are for headers of one name. */
function sharedHeader(variables: readonly ExportedVariable[]): boolean {
  const names = variables.filter(({ inUrl }) => !inUrl).map(({ part }) => part.toLowerCase());
  return new Set(names).size < names.length;
}

/** A description of the part, if its name alone is unclear. */
function partOf({ part }: ExportedVariable): string {
  return part === 'login' ? 'login, as user:password' : part;
}

/** The format of a written config: by `--format`, else by the extension of its file. @throws UsageError for any other */
export function exportFormat(
  { globals }: Pick<Context, 'globals'>,
  out: string | undefined,
): 'json' | 'yaml' {
  const { format } = globals;
  if (format === undefined || format === 'table') return /\.ya?ml$/.test(out ?? '') ? 'yaml' : 'json';
  if (format === 'json' || format === 'yaml') return format;
  throw new UsageError(`a config cannot be written as ${format}`, { hint: 'Use --format json or yaml.' });
}
