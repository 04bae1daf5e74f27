/** The command line: which commands there are, and how a line of arguments becomes one of them. */
import { type Command, CommanderError } from 'commander';
import { line } from '../ui/text/text.ts';
import { VERSION } from '../version.ts';
import { secretsInArguments } from './argument-secrets.ts';
import { type CommandSpec, GROUPS } from './command.ts';
import { CommandLine, type LineReading } from './command-line.ts';
import { COMMANDS, type Offer } from './command-table.ts';
import type { Context, Surroundings } from './context.ts';
import { EPILOGUE, examplesOf, helpStyle, optionsPage } from './help.ts';
import { addGlobalOptions, type GlobalOptions, readGlobalOptions } from './options.ts';
import { usageError } from './usage-error.ts';
import type { Verdict } from './verdict.ts';

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
  const { io } = surroundings;
  let context: Context | undefined;
  const current = (): Context => {
    if (!context) throw new Error('the command line has not been read yet');
    return context;
  };
  const program = createProgram(surroundings, {
    begin: (words) => {
      for (const secret of secretsInArguments(words)) io.addSecret(secret);
    },
    offer: (name) => offerCommand(program, surroundings, name),
  });
  describeOnDemand(program, surroundings, current, async (command) => {
    const globals = begin(program, io);
    // Help needs none of it.
    const { createContext } = await import('./create-context.ts');
    context = createContext({ ...surroundings, command }, globals);
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const stopped = stoppedAt.get(error) ?? program;
    if (error.code === 'commander.help') sayHelp(stopped, io);
    if (error.exitCode !== 0) throw usageError(error, pathOf(stopped));
  } finally {
    await context?.close();
  }
  return context?.verdicts ?? [];
}

/** Applies the global options to the output. */
function begin(program: Command, io: Surroundings['io']): GlobalOptions {
  const globals = readGlobalOptions(program.opts());
  const { quiet, debug, color, input } = globals;
  io.configure({ quiet, debug, color, noInput: !input });
  return globals;
}

/**
 * Adds the named command to commander, or all commands if the line names none. Adding only one saves time.
 * @returns false if there is no such command
 */
function offerCommand(program: Command, surroundings: Surroundings, name: string | undefined): boolean {
  if (program.commands.some((command) => command.name() === name)) return true;
  const hidden = hiddenCommands(program, surroundings).find((command) => command.name === name);
  if (hidden) {
    const command = program.command(`${hidden.name} [words...]`, { hidden: true });
    command.helpOption(false).allowUnknownOption().action(hidden.run);
    return true;
  }
  const known = COMMANDS.filter((offer) => offer.name === name);
  addCommands(program, known.length > 0 ? known : COMMANDS);
  return name === undefined || known.length > 0;
}

/** The names of a command, without that of the program: `auth`, `login`. */
function pathOf(command: Command): string[] {
  return command.parent ? [...pathOf(command.parent), command.name()] : [];
}

/** The command that an error is about. */
const stoppedAt = new WeakMap<CommanderError, Command>();

/** Without a command, lists the commands on a terminal; a script gets only the error. */
function sayHelp(command: Command, io: Surroundings['io']): void {
  if (!io.terminal.stderr) return;
  const [choice = ''] = command.helpInformation().split(/\n\n(?:Global o|O)ptions:/);
  for (const row of [...choice.split('\n'), '']) io.say(line(row));
}

interface HiddenCommand {
  readonly name: string;
  run(words: readonly string[]): Promise<void>;
}

/**
 * Commands that are not listed in help. commander's own help command skips the hook that loads a command's options, and its version has no
 * command at all.
 */
function hiddenCommands(program: Command, surroundings: Surroundings): readonly HiddenCommand[] {
  const again = async (...words: readonly string[]): Promise<void> => {
    await program.parseAsync([...words], { from: 'user' });
  };
  const help = async (words: readonly string[]): Promise<void> => {
    if (words[0] === 'options') showOptions(program, surroundings.io);
    else await again(...words, '--help');
  };
  return [
    { name: 'help', run: help },
    { name: 'version', run: () => again('--version') },
    // Called by completion scripts. The words follow `--`, or are in PDACTIONS_COMPLETE, one per line.
    { name: '__complete', run: (words) => completeWords(words, surroundings) },
  ];
}

async function completeWords(words: readonly string[], surroundings: Surroundings): Promise<void> {
  const { complete } = await import('./commands/completion/complete.ts');
  const { PDACTIONS_COMPLETE = '' } = surroundings.env;
  await complete(words.length > 0 ? words : PDACTIONS_COMPLETE.split('\n'), {
    ...surroundings,
    home: surroundings.home(),
    program: addCommands(createProgram(surroundings), COMMANDS),
    define: async (command) => {
      const spec = await specOf(command);
      spec?.define(command, () => {
        throw new Error('no command runs during completion');
      });
      return spec?.takes;
    },
  });
}

/** The program with its global options. */
function createProgram({ io }: Surroundings, reading?: LineReading): Command {
  const program = new CommandLine('pdactions', reading)
    .description("PagerDuty Custom Incident Actions as code: the buttons on your services' incidents.")
    .version(VERSION, '-V, --version', 'show the version')
    .helpCommand(false)
    .addHelpText('after', EPILOGUE);
  addGlobalOptions(program);
  settle(program, io);
  return program;
}

/** Adds commands, without their options. */
function addCommands(program: Command, commands: readonly Offer[]): Command {
  for (const { name, summary, group } of commands) {
    program.command(name).description(summary).helpGroup(GROUPS[group]);
  }
  return program;
}

async function specOf(command: Command): Promise<CommandSpec | undefined> {
  return (await COMMANDS.find(({ name }) => name === command.name())?.load())?.spec;
}

/** Loads the command that the line names, with its options. @param start called with its name before it runs */
function describeOnDemand(
  program: Command,
  { io }: Surroundings,
  context: () => Context,
  start: (name: string) => Promise<void>,
): void {
  program.hook('preSubcommand', async (_, command) => {
    const spec = await specOf(command);
    if (!spec) return;
    command.hook('preAction', () => start(spec.name));
    describe(command, spec, context, io);
  });
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
function showOptions(program: Command, io: Surroundings['io']): void {
  for (const row of optionsPage(program).split('\n')) io.out(line(row));
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
      // Otherwise commander opens Node's stream.
      getOutHasColors: () => false,
    });
}
