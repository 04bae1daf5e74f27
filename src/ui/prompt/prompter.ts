import inquirer from 'inquirer';
import type { Io } from '../io.ts';
import { type Line, plain } from '../text/text.ts';
import { type LiveInputConfig, liveInput } from './live-input.ts';
import { openSession, type PromptSession, type PromptStreams } from './session.ts';
import { createTheme } from './theme.ts';

/** Something to choose. What PagerDuty said may stand in every text of it: it is made safe here. */
export interface Choice<Value> {
  readonly value: Value;
  readonly name: string | Line;
  /** What stands behind the question once this was chosen; its name without it. */
  readonly short?: string | undefined;
  /** Shown below the list while the choice is under the cursor. */
  readonly description?: string | undefined;
  /** Why it cannot be chosen. */
  readonly disabled?: string | undefined;
}

/** `true`, or what is wrong with the value. Asked on every key: it has to be quick. */
export type Validate = (value: string) => true | string;

/** Asks people. Whatever is asked can be cancelled with Ctrl-C, which throws `CancelledError`. */
export interface Prompter {
  /** One of many, found by typing. `source` gets what was typed so far and a signal that aborts when more is typed. */
  search<Value>(options: {
    readonly message: string;
    readonly source: (term: string, signal: AbortSignal) => Promise<readonly Choice<Value>[]>;
    readonly pageSize?: number | undefined;
  }): Promise<Value>;
  /** A line of text, judged as it is typed. */
  input(options: {
    readonly message: string;
    readonly default?: string | undefined;
    readonly validate?: Validate | undefined;
    /** How the answer looks once it is given, where not all of it is to stay on the screen. */
    readonly settled?: ((value: string) => string) | undefined;
  }): Promise<string>;
  /** A value that nobody sees: masked, and a known secret from the moment it is entered. */
  secret(options: { readonly message: string; readonly validate?: Validate | undefined }): Promise<string>;
  /** One of a few. */
  select<Value>(options: {
    readonly message: string;
    readonly choices: readonly Choice<Value>[];
    readonly default?: Value | undefined;
  }): Promise<Value>;
  /** Any of a few. */
  checkbox<Value>(options: {
    readonly message: string;
    readonly choices: readonly Choice<Value>[];
    /** None is no answer. */
    readonly required?: boolean | undefined;
  }): Promise<readonly Value[]>;
  /** Yes or no. */
  confirm(options: { readonly message: string; readonly default: boolean }): Promise<boolean>;
}

/** More than this cannot be read anyway, and each key would cost drawing all of them. */
const MOST_CHOICES = 100;
const PAGE_SIZE = 10;
/** Rows of a question beside its choices: the question itself, a description, the keys. */
const OTHER_ROWS = 6;

/** The real prompter. */
export function createPrompter(io: Io, streams: PromptStreams): Prompter {
  const text = (content: string | Line): string =>
    io.paint([plain(typeof content === 'string' ? [content] : content)]);

  async function ask<Answer>(question: (session: PromptSession) => Question): Promise<Answer> {
    io.status(null);
    const session = openSession(io, streams);
    const { input, output, signal } = session;
    const prompt = inquirer.createPromptModule({ input, output, signal });
    prompt.registerPrompt('live', liveInput);
    try {
      // One module serves all types of question, so only the answer's place is known to the type checker.
      const answers = await prompt([{ ...question(session), name: 'answer' }] as never);
      return (answers as { answer: Answer }).answer;
    } catch (error) {
      throw session.reasonFor(error);
    } finally {
      session.close();
    }
  }

  /** As many choices as the terminal has room for: those above its first row could not be seen. */
  function roomFor(most: number): number {
    const { rows } = streams.stderr;
    return rows === undefined ? most : Math.max(2, Math.min(most, rows - OTHER_ROWS));
  }

  function toChoice<Value>({ value, name, short, description, disabled }: Choice<Value>) {
    return {
      value,
      name: text(name),
      ...(short === undefined ? {} : { short: text(short) }),
      disabled: disabled === undefined ? false : `(${text(disabled)})`,
      ...(description === undefined ? {} : { description: text(description) }),
    };
  }

  function askLine(message: string, validate: Validate, show: LiveInputConfig['show'], suggestion = '') {
    const problemOf = (value: string): string | undefined => {
      const verdict = validate(value);
      return verdict === true ? undefined : text(verdict);
    };
    const theme = createTheme(io);
    return ask<string>(() => ({
      type: 'live',
      message: text(message),
      default: suggestion,
      problemOf,
      show,
      theme,
    }));
  }

  function listed<Value>(found: readonly Choice<Value>[], term: string) {
    if (found.length === 0)
      return [new inquirer.Separator(term === '' ? 'nothing to choose' : 'nothing matches')];
    const more = found.length - MOST_CHOICES;
    const shown = found.slice(0, MOST_CHOICES).map(toChoice);
    return more > 0 ? [...shown, new inquirer.Separator(`… ${more} more: type to narrow`)] : shown;
  }

  return {
    search({ message, source, pageSize = PAGE_SIZE }) {
      let last: readonly Choice<unknown>[] = [];
      return ask((session) => ({
        type: 'search',
        message: text(message),
        pageSize: roomFor(pageSize),
        theme: createTheme(io, { disabledMark: '- ', keys: ['type to search'] }),
        source: async (typed: string | undefined, { signal }: { readonly signal: AbortSignal }) => {
          const term = typed ?? '';
          // Tab puts the whole name of a choice on the line, which need not be something that the source can find.
          const completed = last.filter((choice) => term !== '' && text(choice.name) === term);
          if (completed.length > 0) return completed.map(toChoice);
          try {
            last = await source(term, signal);
            return listed(last, term);
          } catch (error) {
            if (!signal.aborted) session.abort(error);
            throw error;
          }
        },
      }));
    },
    input: ({ message, default: suggestion, validate = () => true, settled = (value) => value }) =>
      askLine(message, validate, (value, done) => text(done ? settled(value) : value), suggestion),
    async secret({ message, validate = () => true }) {
      // Once it is settled, not even its length shows.
      const show = (value: string, settled: boolean): string => '*'.repeat(settled ? 8 : value.length);
      const value = await askLine(message, validate, show);
      io.addSecret(value);
      return value;
    },
    select: ({ message, choices, default: preselected }) =>
      ask(() => ({
        type: 'select',
        message: text(message),
        choices: choices.map(toChoice),
        default: preselected,
        pageSize: roomFor(PAGE_SIZE),
        loop: false,
        theme: createTheme(io),
      })),
    checkbox: ({ message, choices, required = false }) =>
      ask(() => ({
        type: 'checkbox',
        message: text(message),
        validate: (chosen: readonly unknown[]) =>
          required && chosen.length === 0 ? 'space selects, ⏎ submits what is selected' : true,
        choices: choices.map(toChoice),
        pageSize: roomFor(PAGE_SIZE),
        loop: false,
        theme: createTheme(io),
      })),
    confirm: ({ message, default: preselected }) =>
      ask(() => ({ type: 'confirm', message: text(message), default: preselected, theme: createTheme(io) })),
  };
}

type Question = Readonly<Record<string, unknown>>;
