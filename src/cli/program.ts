/** The command line: which commands there are, and how a line of arguments becomes one of them. */
import { Command, CommanderError } from 'commander';
import { line } from '../ui/text/text.ts';
import { VERSION } from '../version.ts';
import { secretsInArguments } from './argument-secrets.ts';
import { type CommandSpec, GROUPS } from './command.ts';
import { COMMANDS, type Offer } from './command-table.ts';
import type { Context, Surroundings } from './context.ts';
import { createContext } from './create-context.ts';
import { EPILOGUE, examplesOf, helpStyle, optionsPage } from './help.ts';
import { addGlobalOptions, prepareArguments, readGlobalOptions } from './options.ts';
import { usageError } from './usage-error.ts';
import type { Verdict } from './verdict.ts';

const NAMES = COMMANDS.map(({ name }) => name);

/**
 * Runs one command line.
 * @param argv without node and the script
 * @returns how it ended
 * @throws PdactionsError for what is expected to go wrong
 */
export async function runProgram(
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<readonly Verdict[]> {
  // Before commander reads the line: it refuses the unfinished one of a completion, and its errors repeat words that may be secrets.
  if (argv[0] === COMPLETE) return completeWords(argv.slice(1), surroundings);
  for (const secret of secretsInArguments(argv)) surroundings.io.addSecret(secret);
  let context: Context | undefined;
  const current = (): Context => {
    if (!context) throw new Error('the command line has not been read yet');
    return context;
  };
  const program = createProgram(surroundings);
  if (argv[0] === 'help' && argv[1] === 'options') return showOptions(program, surroundings.io);
  program.hook('preAction', (_, actionCommand) => {
    const globals = readGlobalOptions(program.opts());
    surroundings.io.configure({
      quiet: globals.quiet,
      debug: globals.debug,
      color: globals.color,
      noInput: !globals.input,
    });
    context = createContext({ ...surroundings, command: pathOf(actionCommand)[0] ?? '' }, globals);
  });
  try {
    const words = prepareArguments(argv);
    const name = nameIn(program, words);
    const known = COMMANDS.filter((offer) => offer.name === name);
    // Describing a command to commander takes its time, and one will be enough. Without any, all are on offer.
    addCommands(program, surroundings, current, known.length > 0 ? known : COMMANDS);
    const isUnknown = name !== undefined && known.length === 0;
    await program.parseAsync(isUnknown ? withoutHelp(words) : words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const stopped = stoppedAt.get(error) ?? program;
    if (error.code === 'commander.help') sayHelp(stopped, surroundings.io);
    if (error.exitCode !== 0) throw usageError(error, pathOf(stopped), NAMES);
  } finally {
    await context?.close();
  }
  return context?.verdicts ?? [];
}

/** The word that commander takes for the command. */
function nameIn(program: Command, words: readonly string[]): string | undefined {
  program.saveStateBeforeParse();
  const { operands } = program.parseOptions([...words]);
  program.restoreStateBeforeParse();
  return operands[0];
}

/** Help for an unknown command would be the help for all: without it, the command is reported. */
function withoutHelp(words: readonly string[]): string[] {
  return words.filter((word) => word !== '--help' && word !== '-h');
}

/** The names of a command, without that of the program: `auth`, `login`. */
function pathOf(command: Command): string[] {
  return command.parent ? [...pathOf(command.parent), command.name()] : [];
}

/** The command that an error is about. */
const stoppedAt = new WeakMap<CommanderError, Command>();

/** Without a command: what there is, for a person; a script gets the error alone. */
function sayHelp(command: Command, io: Surroundings['io']): void {
  if (!io.terminal.stderr) return;
  const [choice = ''] = command.helpInformation().split(/\n\n(?:Global o|O)ptions:/);
  for (const row of [...choice.split('\n'), '']) io.say(line(row));
}

/** The command that completion scripts call. The words follow `--`, or PDACTIONS_COMPLETE holds them, one a line. */
const COMPLETE = '__complete';

async function completeWords(
  words: readonly string[],
  surroundings: Surroundings,
): Promise<readonly Verdict[]> {
  const nothingRuns = (): never => {
    throw new Error('nothing is run while a word is completed');
  };
  const { complete } = await import('./commands/completion/complete.ts');
  const { PDACTIONS_COMPLETE = '' } = surroundings.env;
  await complete(words[0] === '--' ? words.slice(1) : PDACTIONS_COMPLETE.split('\n'), {
    ...surroundings,
    home: surroundings.home(),
    program: addCommands(createProgram(surroundings), surroundings, nothingRuns, COMMANDS),
    define: async (command) => {
      const { spec } = (await COMMANDS.find(({ name }) => name === command.name())?.load()) ?? {};
      spec?.define(command, nothingRuns);
      return spec?.takes;
    },
  });
  return [];
}

/** The program with its global options. */
function createProgram({ io }: Surroundings): Command {
  const program = new Command('pdactions')
    .description("PagerDuty Custom Incident Actions as code: the buttons on your services' incidents.")
    .version(VERSION, '-V, --version', 'show the version')
    .helpCommand(false)
    .addHelpText('after', EPILOGUE);
  addGlobalOptions(program);
  settle(program, io);
  return program;
}

/** Adds commands, each of which adds its options when it is needed. */
function addCommands(
  program: Command,
  { io }: Surroundings,
  context: () => Context,
  commands: readonly Offer[],
): Command {
  for (const { name, summary, group } of commands) {
    program.command(name).description(summary).helpGroup(GROUPS[group]);
  }
  program.hook('preSubcommand', async (_, subcommand) => {
    const { spec } = (await COMMANDS.find(({ name }) => name === subcommand.name())?.load()) ?? {};
    if (spec) describe(subcommand, spec, context, io);
  });
  return program;
}

/** Adds what a command takes, and what its help shows of it. */
function describe(command: Command, spec: CommandSpec, context: () => Context, io: Surroundings['io']): void {
  spec.define(command, context);
  for (const each of [command, ...command.commands]) {
    settle(each, io, spec);
    each.addHelpText('after', examplesOf(each, spec));
  }
}

/** `help options`: what every command understands, and the environment. */
function showOptions(program: Command, io: Surroundings['io']): readonly Verdict[] {
  for (const row of optionsPage(program).split('\n')) io.out(line(row));
  return [];
}

/** Errors are ours to show, help is data. */
function settle(command: Command, io: Surroundings['io'], spec?: CommandSpec): void {
  command
    .exitOverride((error) => {
      stoppedAt.set(error, command);
      throw error;
    })
    .helpOption('-h, --help', 'show this help')
    .configureHelp(helpStyle(spec))
    .configureOutput({
      writeOut: (text) => {
        for (const row of text.replace(/\n$/, '').split('\n'))
          io.out(line(row), { prose: !row.startsWith(' ') });
      },
      writeErr: () => undefined,
      getOutHelpWidth: () => Math.min(io.width, 110),
    });
}
