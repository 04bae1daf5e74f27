/** Parses the command line with commander, with the changes that commander has no settings for. */
import { Command, type ParseOptionsResult } from 'commander';

/** Work to do while commander reads a line. */
export interface LineReading {
  /** Called with all words, before an error can repeat one of them. */
  begin(words: readonly string[]): void;
  /** Called with the word in the command's position, before commander looks up the command. @returns false if it does not exist */
  offer(name: string | undefined): boolean;
}

/** The root command. */
export class CommandLine extends Command {
  readonly #reading: LineReading | undefined;

  constructor(name: string, reading?: LineReading) {
    super(name);
    this.#reading = reading;
  }

  /** Called by commander once per command line. */
  override parseOptions(words: string[]): ParseOptionsResult {
    this.#reading?.begin(words);
    const { operands, unknown } = super.parseOptions(prepared(words));
    if (this.#reading?.offer(operands[0]) !== false) return { operands, unknown };
    // With `--help`, an unknown command would print the general help; without it, the command is reported.
    return { operands, unknown: unknown.filter((word) => word !== '--help' && word !== '-h') };
  }
}

/** Options whose value must be written as `--option=value`; commander would also take the next word. */
const OPTIONAL_VALUE = ['--sandbox', '--rotate-secrets'];

/** Closes options with an optional value by `=`. `-v` means `--version` only as the first word; elsewhere users expect it to mean verbose. */
function prepared(words: readonly string[]): string[] {
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  const [first, ...others] = words.map((word, at) =>
    at < end && OPTIONAL_VALUE.includes(word) ? `${word}=` : word,
  );
  if (first === undefined) return [];
  return [first === '-v' ? '--version' : first, ...others];
}
