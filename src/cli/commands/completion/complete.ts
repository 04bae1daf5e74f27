import type { Command } from 'commander';
import type { Io } from '../../../ui/io.ts';
import { line, TAB } from '../../../ui/text/text.ts';
import type { CommandSpec } from '../../command.ts';
import { candidates } from './candidates.ts';
import { namesFromConfig } from './names.ts';

export interface CompletionOptions {
  readonly io: Io;
  readonly cwd: string;
  readonly home: string;
  readonly program: Command;
  readonly define: DefineNow;
}

/** Loads the options of a command. Resolves with the kind of its arguments, if known. */
type DefineNow = (command: Command) => Promise<CommandSpec['takes']>;

/**
 * Prints the candidates at the cursor, one text and description per line.
 * @param words the words after the program's name; the last one is at the cursor, perhaps empty
 */
export async function complete(words: readonly string[], options: CompletionOptions): Promise<void> {
  const { io, cwd, home, program, define } = options;
  const before = words.slice(0, -1);
  const { command, depth, takes } = await findCommand(program, before, define);
  const offers = await candidates({ command, program, takes }, before.slice(depth), words.at(-1) ?? '', () =>
    namesFromConfig(cwd, home, configsIn(before)),
  );
  for (const { text, description } of offers) io.out(line(text, TAB, description));
}

/** The command that the words name, with its options defined, and the number of words it took. */
async function findCommand(
  program: Command,
  words: readonly string[],
  define: DefineNow,
): Promise<{ readonly command: Command; readonly depth: number; readonly takes?: CommandSpec['takes'] }> {
  for (const [at, word] of words.entries()) {
    const command = program.commands.find((sub) => sub.name() === word);
    if (!command) continue;
    const takes = await define(command);
    const nested = command.commands.find((sub) => sub.name() === words[at + 1]);
    return nested ? { command: nested, depth: at + 2 } : { command, depth: at + 1, takes };
  }
  return { command: program, depth: 0 };
}

/** The files that `--config` names. */
function configsIn(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    if (word === '-c' || word === '--config') return words[index + 1] ?? [];
    return word.startsWith('--config=') ? word.slice('--config='.length) : [];
  });
}
