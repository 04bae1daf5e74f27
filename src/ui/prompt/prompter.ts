import inquirer from 'inquirer';
import type { Io } from '../io.ts';
import { truncateLine } from '../render/table.ts';
import { signed } from '../text/signs.ts';
import type { Line } from '../text/text.ts';
import { type Choice, type FindList, fixedList } from './find-list.ts';
import { type FinderConfig, finder } from './finder.ts';
import { type LiveInputConfig, liveInput } from './live-input.ts';
import { openSession, type PromptStreams } from './session.ts';
import { createTheme } from './theme.ts';

export { type Choice, type FindList, type GrowingList, growingList } from './find-list.ts';
export { WentBack } from './session.ts';

/** `true`, or the problem of the value. Called on every key, so it must be fast. */
export type Validate = (value: string) => true | string;

/** The options that all questions share. */
interface QuestionOptions {
  readonly message: string;
  /** Esc goes back: the question throws `WentBack`. */
  readonly back?: boolean | undefined;
}

interface Find<Value> extends QuestionOptions {
  readonly list: FindList<Value> | readonly Choice<Value>[];
  readonly pageSize?: number | undefined;
}

/** Prompts the user. Every prompt can be cancelled with Ctrl-C, which throws `CancelledError`. */
export interface Prompter {
  /** One of many, found by typing words of it. @throws the error of the list */
  find<Value>(options: Find<Value>): Promise<Value>;
  /** One or more of many, marked with Tab. */
  findMany<Value>(options: Find<Value>): Promise<readonly Value[]>;
  /** A line of text, validated during typing, and trimmed. */
  input(
    options: QuestionOptions & {
      readonly default?: string | undefined;
      readonly validate?: Validate | undefined;
      /** A correction for an invalid value: offered, and never applied without consent. */
      readonly repair?: ((value: string) => string | undefined) | undefined;
      /** Called with the line after each key, so that it can be restored after Esc. */
      readonly onType?: ((value: string) => void) | undefined;
      /** The text on the line from the start. */
      readonly typed?: string | undefined;
      /** Renders the given answer, if only a part of it may stay on the screen. */
      readonly settled?: ((value: string) => string) | undefined;
    },
  ): Promise<string>;
  /** A hidden value: masked, and registered as a secret once it is entered. */
  secret(options: QuestionOptions & { readonly validate?: Validate | undefined }): Promise<string>;
  /** One of a few. */
  select<Value>(
    options: QuestionOptions & {
      readonly choices: readonly Choice<Value>[];
      readonly default?: Value | undefined;
    },
  ): Promise<Value>;
  /** Any of a few. */
  checkbox<Value>(
    options: QuestionOptions & {
      readonly choices: readonly Choice<Value>[];
      /** Requires at least one. */
      readonly required?: boolean | undefined;
    },
  ): Promise<readonly Value[]>;
  /** Yes or no. */
  confirm(options: QuestionOptions & { readonly default: boolean }): Promise<boolean>;
}

const PAGE_SIZE = 10;
/** Rows of a question besides its choices: the question itself, disabled choices, a description, counts, the keys. */
const OTHER_ROWS = 8;

/** The parts that the questions share. */
interface PromptDesk {
  readonly io: Io;
  readonly streams: PromptStreams;
}

/** The real prompter. */
export function createPrompter(io: Io, streams: PromptStreams): Prompter {
  const desk: PromptDesk = { io, streams };
  return {
    find: async (options) => (await find(desk, options, false))[0] as never,
    findMany: (options) => find(desk, options, true),
    input: (options) => input(desk, options),
    secret: (options) => secret(desk, options),
    select: (options) => select(desk, options),
    checkbox: (options) => checkbox(desk, options),
    confirm: ({ message, default: preselected, back }) =>
      ask(desk, { type: 'confirm', message: textOf(desk, message), default: preselected }, back),
  };
}

type Question = Readonly<Record<string, unknown>>;

async function ask<Answer>(
  { io, streams }: PromptDesk,
  question: Question,
  back = false,
  list: FindList<unknown> = fixedList([]),
): Promise<Answer> {
  io.status(null);
  const session = openSession(io, streams, back);
  const { input, output, signal } = session;
  const unwatch = list.onChange(() => undefined, session.abort);
  const prompt = inquirer.createPromptModule({ input, output, signal });
  prompt.registerPrompt('live', liveInput);
  prompt.registerPrompt('finder', finder);
  try {
    // One module serves all types of question, so only the answer's place is known to the type checker.
    const answers = await prompt([{ theme: createTheme(io), ...question, name: 'answer' }] as never);
    return (answers as { answer: Answer }).answer;
  } catch (error) {
    throw session.reasonFor(error);
  } finally {
    unwatch();
    session.close();
  }
}

function textOf({ io }: PromptDesk, content: string | Line): string {
  return io.paint(withoutStyles(typeof content === 'string' ? [content] : content));
}

/** Only the line under the cursor has a colour, as a whole. */
function withoutStyles(parts: Line): Line {
  return parts.map((part) => (typeof part === 'string' ? part : { ...part, style: undefined }));
}

/** As many choices as fit on the terminal; those above its first row would be invisible. */
function roomFor({ streams }: PromptDesk, most: number): number {
  const { rows } = streams.stderr;
  return rows === undefined ? most : Math.max(2, Math.min(most, rows - OTHER_ROWS));
}

function find<Value>(desk: PromptDesk, options: Find<Value>, multiple: boolean): Promise<readonly Value[]> {
  const { message, pageSize = PAGE_SIZE, back } = options;
  const list = 'choices' in options.list ? options.list : fixedList(options.list);
  const config: FinderConfig = {
    message: textOf(desk, message),
    list,
    multiple,
    pageSize: roomFor(desk, pageSize),
    row: (choice) => rowOf(desk, choice, multiple),
    text: (content) => textOf(desk, content),
    display: (content) => desk.io.paint([signed(undefined, content)]),
    theme: createTheme(desk.io, { disabledMark: '- ', keys: ['type to search'] }),
  };
  return ask(desk, { type: 'finder', ...config }, back, list);
}

/** One row of the terminal: the list stays a list however long a name is. */
function rowOf({ io, streams }: PromptDesk, { name }: Choice<unknown>, multiple: boolean): string {
  const columns = (streams.stderr.columns ?? 80) - (multiple ? 5 : 3);
  return io.paint(withoutStyles(truncateLine(typeof name === 'string' ? [name] : name, columns)));
}

function input(desk: PromptDesk, options: Parameters<Prompter['input']>[0]): Promise<string> {
  const { message, validate = () => true, settled = (value: string) => value } = options;
  const show = (value: string, isDone: boolean): string => textOf(desk, isDone ? settled(value) : value);
  return askLine(desk, { ...options, message, validate, show });
}

async function secret(desk: PromptDesk, options: Parameters<Prompter['secret']>[0]): Promise<string> {
  const { validate = () => true } = options;
  // Once it is submitted, not even its length shows.
  const show = (value: string, settled: boolean): string => '*'.repeat(settled ? 8 : value.length);
  const value = await askLine(desk, { ...options, validate, show });
  desk.io.addSecret(value);
  return value;
}

interface LineOptions extends Omit<Parameters<Prompter['input']>[0], 'validate' | 'settled'> {
  readonly validate: Validate;
  readonly show: LiveInputConfig['show'];
}

function askLine(desk: PromptDesk, options: LineOptions): Promise<string> {
  const { message, validate, show, repair, onType, typed = '', back } = options;
  const problemOf = (value: string): string | undefined => {
    const verdict = validate(value);
    return verdict === true ? undefined : textOf(desk, verdict);
  };
  const config: LiveInputConfig = {
    message: textOf(desk, message),
    default: options.default ?? '',
    typed,
    problemOf,
    show,
    repair: repair ?? (() => undefined),
    onType: onType ?? (() => undefined),
    theme: createTheme(desk.io),
  };
  return ask(desk, { type: 'live', ...config }, back);
}

function select<Value>(
  desk: PromptDesk,
  { message, choices, default: preselected, back }: Parameters<Prompter['select']>[0],
): Promise<Value> {
  const question = { type: 'select', ...listed(desk, message, choices), default: preselected };
  return ask(desk, question, back);
}

function checkbox<Value>(
  desk: PromptDesk,
  { message, choices, required = false, back }: Parameters<Prompter['checkbox']>[0],
): Promise<readonly Value[]> {
  const validate = (chosen: readonly unknown[]): true | string =>
    required && chosen.length === 0
      ? desk.io.paint([signed(undefined, 'space selects, ⏎ submits the selection')])
      : true;
  return ask(desk, { type: 'checkbox', ...listed(desk, message, choices), validate }, back);
}

function listed(desk: PromptDesk, message: string, choices: readonly Choice<unknown>[]): Question {
  return {
    message: textOf(desk, message),
    choices: choices.map((choice) => toChoice(desk, choice)),
    pageSize: roomFor(desk, PAGE_SIZE),
    loop: false,
  };
}

function toChoice(
  desk: PromptDesk,
  { value, name, short, description, disabled }: Choice<unknown>,
): Question {
  return {
    value,
    name: textOf(desk, name),
    ...(short === undefined ? {} : { short: textOf(desk, short) }),
    disabled: disabled === undefined ? false : `(${textOf(desk, disabled)})`,
    ...(description === undefined ? {} : { description: textOf(desk, description) }),
  };
}
