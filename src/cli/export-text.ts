/** The text of an exported configuration, and what a person has to know about it. */
import type { Exported } from '../config/export.ts';
import { toJson } from '../ui/json.ts';
import { plural } from '../ui/plural.ts';
import { type Line, line, styled } from '../ui/text.ts';

/** Where an editor finds the schema once the package is installed. */
const SCHEMA = './node_modules/pdactions/schema.json';

/** The configuration as a file: JSON, or YAML with what to set as comments. */
export async function exportText(exported: Exported, format: 'json' | 'yaml'): Promise<string> {
  const { document, variables } = exported;
  if (format === 'json') return `${toJson({ $schema: SCHEMA, ...document })}\n`;
  const { toYaml } = await import('../ui/render/yaml.ts');
  const names = variables.map(({ name, part }) => `#   ${name} (${part})\n`).join('');
  const comment =
    variables.length === 0
      ? ''
      : `# To set before it is used; PagerDuty does not tell these values:\n${names}\n`;
  return `# yaml-language-server: $schema=${SCHEMA}\n${comment}${toYaml(document)}`;
}

/** What was declared, what has to be set, and what was left out and why. */
export function exportNotes({ document, variables, left, notes }: Exported): Line[] {
  const actions = Object.keys(document.actions).length;
  const services = Object.keys(document.services).length;
  return [
    line(styled('ok', 'Exported '), `${plural(actions, 'definition')} on ${plural(services, 'service')}.`),
    ...(variables.length > 0
      ? [
          line('PagerDuty hides these values; set the variables before `pdactions plan`:'),
          ...variables.map(({ name, label, part }) =>
            line('  ', styled('accent', name), styled('muted', `  ${part} of ${label}`)),
          ),
          line(
            styled(
              'muted',
              '  Actions that were folded into one may have different values; nobody can read them. A sync does not send them.',
            ),
          ),
        ]
      : []),
    ...notes.map(({ action, note }) => line(styled('muted', `  ${action.label} (${action.id}): ${note}`))),
    ...(left.length > 0
      ? [line(styled('warn', `${plural(left.length, 'action')} could not be declared:`))]
      : []),
    ...left.map(({ action, why }) => line(`  ${action.label} (${action.id}): ${why}`)),
  ];
}
