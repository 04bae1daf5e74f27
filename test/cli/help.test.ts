import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { findCommands } from '../../scripts/generate-commands.ts';
import type { CommandSpec } from '../../src/cli/command.ts';
import { CommandLine } from '../../src/cli/command-line.ts';
import { helpStyle } from '../../src/cli/help.ts';
import { addGlobalOptions } from '../../src/cli/options.ts';
import { runCli } from '../helpers/in-process.ts';
import { shellWords } from '../helpers/shell-words.ts';

const SPECS = (await findCommands()).map(({ spec }) => spec);

/** The program with one command, which runs nothing; `ran` receives the parsed arguments. */
function programWith(spec: CommandSpec, ran: string[]): Command {
  const program = new CommandLine('pdactions');
  addGlobalOptions(program);
  const command = program.command(spec.name);
  spec.define(command, () => expect.fail('an example ran'));
  for (const each of [program, command, ...command.commands])
    each.exitOverride().configureOutput({ writeErr: () => undefined });
  const ends = command.commands.length > 0 ? command.commands : [command];
  for (const each of ends) each.action(() => void ran.push(each.name()));
  return program;
}

/** Every command that can be called, by its words. */
function callable(spec: CommandSpec): string[] {
  const { commands } = programWith(spec, []).commands[0] ?? expect.fail(spec.name);
  return commands.length > 0 ? commands.map((sub) => `${spec.name} ${sub.name()}`) : [spec.name];
}

async function help(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(['help', ...words]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

describe('examples', () => {
  it.each(SPECS.flatMap((spec) => spec.examples.map((example) => ({ example, spec }))))(
    'pdactions $example is understood',
    ({ example, spec }) => {
      const ran: string[] = [];
      programWith(spec, ran).parse(shellWords(example), { from: 'user' });
      expect(ran).toHaveLength(1);
    },
  );

  it.each(SPECS.flatMap(callable))('the help of %s ends with its own examples', async (name) => {
    const [, examples = ''] = (await help(...name.split(' '))).split('\nExamples:\n');
    const rows = examples.split('\n').filter((row) => row.startsWith('  '));
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(`${row} `).toContain(`pdactions ${name} `);
  });
});

it.each(SPECS)('the help of $name breaks between words at 60 columns', (spec) => {
  const [command = expect.fail()] = programWith(spec, []).commands;
  for (const each of [command, ...command.commands]) {
    each.configureHelp(helpStyle(spec)).configureOutput({ getOutHelpWidth: () => 60 });
    expect(
      each
        .helpInformation()
        .split('\n')
        .filter((row) => row.length > 60),
    ).toEqual([]);
  }
});

describe('global options in the help', () => {
  it.each(SPECS)('of $name are those that it supports', async ({ name, uses }) => {
    const text = await help(name);
    for (const option of ['--sandbox', '--region', '--token-file', '--timeout'])
      expect(text.includes(`  ${option}`), option).toBe(uses.includes('pagerduty'));
    expect(text.includes('--config <file>')).toBe(
      uses.some((use) => use === 'config' || use === 'pagerduty'),
    );
    expect(text.includes('--format <format>')).toBe(uses.includes('result'));
    expect(text.includes('--yes  ')).toBe(uses.includes('confirmation'));
    expect(text).not.toMatch(/--concurrency|--ca-file|--token-type|--no-color/);
    expect(text).toContain('pdactions help options');
  });

  it('only commands with scopes, and auth, send requests to PagerDuty', () => {
    const named = (specs: typeof SPECS): string[] => specs.map(({ name }) => name).toSorted();
    const asking = SPECS.filter(({ uses }) => uses.includes('pagerduty'));
    expect(named(SPECS.filter(({ scopes }) => scopes !== 'none'))).toEqual(
      named(asking.filter(({ name }) => name !== 'auth')),
    );
  });

  it('are all listed once under `help options`, with the environment', async () => {
    const program = new Command();
    addGlobalOptions(program);
    const text = await help('options');
    for (const { long } of program.options)
      expect(text.match(new RegExp(`^ {2}(?:-\\w, )?${long}\\b`, 'gm')), long ?? '').toHaveLength(1);
    expect(text).toContain('PAGERDUTY_TOKEN ');
    expect(text).toContain('-V, --version');
  });

  it.each(['slots', 'prove', 'plan'])('of %s include those of the config, which it reads', async (name) => {
    expect(await help(name)).toContain('--config');
  });

  it('on the first page are few', async () => {
    const [, options = ''] = (await help()).split('\nOptions:\n');
    expect(options.split('\n\n')[0]?.match(/^ {2}-/gm)).toHaveLength(6);
  });
});
