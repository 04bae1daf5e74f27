/** The tables of OAuth scopes, from the `spec` of each command. */
import type { CommandSpec, Scopes } from '../src/cli/command.ts';

interface Scoped {
  readonly name: string;
  readonly scopes: Scopes;
}

/** `src/cli/connection/scope-table.ts`: what an OAuth app requests for each command. */
export function scopeTableText(specs: readonly CommandSpec[]): string {
  const every = [...new Set(scopedOf(specs).flatMap(({ scopes }) => askedOf(scopes)))];
  const entries = specs.flatMap(({ name, scopes }) => {
    if (scopes === 'none') return [];
    if (scopes === 'every') return [entryText(name, every, [])];
    return [entryText(name, askedOf(scopes), scopes.required)];
  });
  return `/** Written by \`npm run generate\` from the \`spec\` of each command. */

interface Requested {
  /** The scopes to request. */
  readonly asked: readonly string[];
  /** Those that must be granted. */
  readonly required: readonly string[];
}

/** By command; a command that sends no request to PagerDuty has no entry. */
export const SCOPES: Readonly<Record<string, Requested>> = {
${entries.join('')}};
`;
}

/** The table of scopes in docs/getting-a-token.md. */
export function scopeRows(specs: readonly CommandSpec[]): string {
  const rows = scopedOf(specs).map(({ name, scopes: { required, partly = {} } }) => {
    const some = Object.entries(partly).map(([scope, what]) => `; for ${what}: \`${scope}\``);
    return `| \`${name}\` | ${required.map((scope) => `\`${scope}\``).join(', ')}${some.join('')} |`;
  });
  return `| command | scopes |\n|---|---|\n${rows.join('\n')}\n`;
}

function scopedOf(specs: readonly CommandSpec[]): readonly Scoped[] {
  return specs.flatMap(({ name, scopes }) => (typeof scopes === 'string' ? [] : [{ name, scopes }]));
}

function askedOf({ required, partly = {} }: Scopes): readonly string[] {
  return [...required, ...Object.keys(partly)];
}

function entryText(name: string, asked: readonly string[], required: readonly string[]): string {
  return `  ${name}: {\n    ${listText('asked', asked)}\n    ${listText('required', required)}\n  },\n`;
}

/** A member of an entry, broken as the formatter would. */
function listText(member: string, scopes: readonly string[]): string {
  const quoted = scopes.map((scope) => `'${scope}'`);
  const inOne = `${member}: [${quoted.join(', ')}],`;
  if (inOne.length + 4 <= 110) return inOne;
  return `${member}: [\n${quoted.map((scope) => `      ${scope},\n`).join('')}    ],`;
}
