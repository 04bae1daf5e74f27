/** The table of commands and their reference, from the `spec` that each file of `src/cli/commands/` exports. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Argument, Command, type Option } from 'commander';
import { type CommandSpec, GROUPS } from '../src/cli/command.ts';
import { addGlobalOptions } from '../src/cli/options.ts';

const FOLDER = resolve(import.meta.dirname, '../src/cli/commands');

interface Found {
  /** From `src/cli/`. */
  readonly path: string;
  readonly spec: CommandSpec;
}

/** All commands, in the order of the help. A command is a file of the folder, or a folder with a file of its name. */
export async function findCommands(): Promise<readonly Found[]> {
  const found = await Promise.all(
    readdirSync(FOLDER).map(async (entry) => {
      const path = entry.endsWith('.ts') ? entry : `${entry}/${entry}.ts`;
      if (!existsSync(join(FOLDER, path))) throw new Error(`src/cli/commands/${entry} has no ${entry}.ts`);
      const { spec } = (await import(/* @vite-ignore */ `../src/cli/commands/${path}`)) as {
        readonly spec?: CommandSpec;
      };
      if (!spec) throw new Error(`src/cli/commands/${path} exports no \`spec\``);
      return { path: `./commands/${path}`, spec };
    }),
  );
  const groups = Object.keys(GROUPS);
  const place = ({ spec }: Found): number => groups.indexOf(spec.group) * 100 + spec.rank;
  return found.toSorted((a, b) => place(a) - place(b));
}

/** `src/cli/command-table.ts`: enough of each command for the help, and a loader for the rest. */
export function tableText(commands: readonly Found[]): string {
  const entries = commands.map(
    ({ path, spec: { name, summary, group } }) =>
      `  {\n    name: '${name}',\n    summary: '${summary.replaceAll("'", "\\'")}',\n    group: '${group}',\n    load: () => import('${path}'),\n  },\n`,
  );
  return `/** Written by \`npm run generate\` from the \`spec\` of each command; the help needs these lines without loading the commands. */
import type { CommandSpec } from './command.ts';

/** A command that is loaded when it is called. */
export interface Offer extends Pick<CommandSpec, 'name' | 'summary' | 'group'> {
  readonly load: () => Promise<{ readonly spec: CommandSpec }>;
}

export const COMMANDS: readonly Offer[] = [
${entries.join('')}];
`;
}

/** The commands in docs/reference.md: a table of all, then the options of each. */
export function referenceText(commands: readonly Found[]): string {
  const described = commands.map(({ spec }) => ({ spec, command: describe(spec) }));
  const headings = Object.entries(GROUPS).map(([group, heading]) => {
    const rows = described.filter(({ spec }) => spec.group === group);
    return [
      `### ${heading.replace(/:$/, '')}`,
      '',
      '| command | what it does | JSON |',
      '|---|---|---|',
      ...rows.map(
        ({ spec: { name, summary, document } }) =>
          `| [\`pdactions ${name}\`](#pdactions-${name}) | ${summary} | ${document ? `[document](output.md#${document})` : ''} |`,
      ),
      '',
    ].join('\n');
  });
  const global = new Command('pdactions');
  addGlobalOptions(global);
  return [
    ...headings,
    '### Options of every command',
    '',
    ...optionRows(global.options),
    ...described.flatMap(({ spec: { name, examples }, command }) => [
      '',
      `### pdactions ${name}`,
      '',
      ...(command.commands.length > 0
        ? command.commands.flatMap((sub) => usageOf(sub, name))
        : usageOf(command)),
      'Examples:',
      '',
      '```sh',
      ...examples.map((example) => `pdactions ${example}`),
      '```',
    ]),
    '',
  ].join('\n');
}

function describe(spec: CommandSpec): Command {
  const command = new Command(spec.name).description(spec.summary);
  spec.define(command, () => {
    throw new Error('nothing runs while the reference is written');
  });
  return command;
}

function usageOf(command: Command, above = ''): string[] {
  const words = ['pdactions', above, command.name(), ...command.registeredArguments.map(argumentTerm)];
  const usage = ['```', words.filter((word) => word !== '').join(' '), '```', ''];
  const summary = above === '' ? [] : [sentence(command.description()), ''];
  return [...usage, ...summary, ...optionRows(command.options), ''];
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function argumentTerm(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function optionRows(options: readonly Option[]): string[] {
  const shown = options.filter(({ hidden }) => !hidden);
  if (shown.length === 0) return [];
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  return [
    '| option | meaning |',
    '|---|---|',
    ...shown.map(({ flags, description }) => `| \`${cell(flags)}\` | ${cell(description)} |`),
  ];
}
