/** The candidates at the cursor. Offline and quick: commands and options from their definitions, names from the config. */
import type { Command, Option } from 'commander';

/** One candidate. */
export interface Suggestion {
  readonly text: string;
  readonly description: string;
}

/** Names in the config, read on demand. */
export interface Names {
  readonly keys: readonly string[];
  readonly labels: readonly string[];
  readonly selectors: readonly string[];
}

/** Takes a list of action keys, separated by commas. */
const ROTATE = '--rotate-secrets';

/** The command at the cursor. */
interface CommandAtCursor {
  /** With its options defined. */
  readonly command: Command;
  /** With the global options. */
  readonly program: Command;
  /** The kind of the command's arguments, where known. */
  readonly takes?: 'actions' | 'keys' | undefined;
}

/**
 * @param before the words between the command and the cursor
 * @param current the word at the cursor, perhaps empty
 */
export async function candidates(
  { command, program, takes }: CommandAtCursor,
  before: readonly string[],
  current: string,
  names: () => Promise<Names>,
): Promise<Suggestion[]> {
  const options = [...new Set([...command.options, ...program.options])].filter(({ hidden }) => !hidden);
  const waiting = optionNamed(options, before.at(-1));
  if (waiting?.required) return starting(current, await valuesOf(waiting, names));
  const [, flag = '', value] = /^(--[a-z-]+)=(.*)$/s.exec(current) ?? [];
  if (value !== undefined) {
    const option = optionNamed(options, flag);
    const values = option ? await valuesOf(option, names) : [];
    // Keeps existing entries of a list, and does not offer them again.
    const listed = option?.long === ROTATE ? value.split(',').slice(0, -1) : [];
    const start = [flag, [...listed, ''].join(',')].join('=');
    return starting(
      current,
      values
        .filter(({ text }) => !listed.includes(text))
        .map((candidate) => ({ ...candidate, text: `${start}${candidate.text}` })),
    );
  }
  if (current.startsWith('-')) return starting(current, options.map(asCandidate));
  if (command.commands.length > 0) {
    return starting(
      current,
      command.commands.map((sub) => ({ text: sub.name(), description: sub.description() })),
    );
  }
  if (takes === 'actions') return starting(current, described((await names()).labels, 'action'));
  if (takes === 'keys') return starting(current, described((await names()).keys, 'action'));
  return starting(
    current,
    command.registeredArguments.flatMap(({ argChoices = [] }) => described(argChoices, '')),
  );
}

function optionNamed(options: readonly Option[], word: string | undefined): Option | undefined {
  return options.find(({ short, long }) => word !== undefined && (word === short || word === long));
}

async function valuesOf(option: Option, names: () => Promise<Names>): Promise<Suggestion[]> {
  if (option.argChoices) return described(option.argChoices, '');
  if (option.flags.endsWith('<selector>')) return described((await names()).selectors, 'service');
  if (option.long === ROTATE) return described((await names()).keys, 'action');
  return [];
}

function asCandidate({ long, short, description }: Option): Suggestion {
  return { text: long ?? short ?? '', description };
}

function described(texts: readonly string[], description: string): Suggestion[] {
  return texts.map((text) => ({ text, description }));
}

function starting(current: string, all: readonly Suggestion[]): Suggestion[] {
  return all.filter(({ text }) => text.startsWith(current));
}
