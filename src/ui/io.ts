import type { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { type Annotation, annotationCommand } from './gate/github-command.ts';
import { createRedactor, type Redactor } from './gate/redact.ts';
import { redactDocument } from './gate/redact-document.ts';
import { safeLine, withoutWorkflowCommands } from './gate/safe-line.ts';
import { sanitize } from './gate/sanitize.ts';
import { showsUnicode } from './locale.ts';
import { paintSpan } from './paint.ts';
import { createSink, type Sink } from './sink.ts';
import { columnsOf } from './text/columns.ts';
import { inAscii } from './text/signs.ts';
import { type Line, line, type Span, styled } from './text/text.ts';
import { wrapLine } from './text/wrap.ts';
import type { TextStream } from './text-stream.ts';

/** The outside world, as passed to the program; `main.ts` passes the real one, tests pass buffers. */
export interface IoWorld {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: Clock;
}

/** Output settings: set from flags and environment once they are known. */
export interface TalkOptions {
  readonly quiet: boolean;
  readonly debug: boolean;
  /** `undefined`: decide by NO_COLOR, FORCE_COLOR and, for each stream by itself, whether it is a terminal. */
  readonly color: boolean | undefined;
  readonly noInput: boolean;
}

/**
 * The only way out of the process. stdout is data, stderr is talk. Whatever passes here is sanitised, then redacted, at this last
 * writer (docs/threats.md, standing rule 4).
 */
export interface Io {
  readonly terminal: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  /** Columns of the stream for users; 80 if unknown. */
  readonly width: number;
  /** stdin and stderr are terminals that can move a cursor, and neither `--no-input` nor CI forbids prompts. */
  readonly canPrompt: boolean;
  readonly quiet: boolean;
  readonly debugging: boolean;
  /**
   * A line of data for users on stdout. On a terminal, `prose` breaks between words; text that is aligned, or that users may copy, is not
   * prose.
   */
  out(parts: Line, options?: { readonly prose?: boolean }): void;
  /** A finished machine-readable document on stdout (JSON, YAML, CSV, …), already escaped by its serialiser; redacted here. */
  data(text: string): void;
  /** A note on stderr. `--quiet` silences it unless `always`. */
  say(parts: Line, options?: { readonly always?: boolean }): void;
  /** A warning on stderr, like `say`. */
  warn(text: string, options?: { readonly always?: boolean }): void;
  /** A debug line on stderr, only with `--debug`. */
  debug(parts: Line): void;
  /** A transient line at the bottom of a terminal's stderr; `null` removes it. Does nothing elsewhere. */
  status(parts: Line | null): void;
  /** An annotation on a line of a file, as a command to GitHub's runner on stderr; the only command that passes. Does nothing elsewhere. */
  annotate(annotation: Annotation): void;
  /** The line as it would appear on stderr, colours included, for a library that prints there itself. */
  paint(parts: Line): string;
  /** Registers a secret: from now on it is never printed, in any encoding. */
  addSecret(value: string): void;
  /** The text for a file: redacted, not sanitised. */
  redact(text: string): string;
  /** Applies flags; before this call, defaults apply. */
  configure(options: TalkOptions): void;
  /** Resolves when the operating system has taken all output so far. */
  flush(): Promise<void>;
  /** Why data could not be written to stdout (a full disk), except a reader that went away; `main.ts` makes it exit 9. */
  readonly outputError: Error | undefined;
}

const DEFAULTS: TalkOptions = { quiet: false, debug: false, color: undefined, noInput: false };
const ERASE_LINE = '\r\x1b[2K';

/** The state of an `Io`: its streams, the known secrets, the flags, and the status line on the screen. */
interface Talk {
  readonly world: IoWorld;
  readonly out: Sink;
  readonly err: Sink;
  readonly redactor: Redactor;
  /** True in a log that executes lines of a certain form as commands. */
  readonly inWorkflow: boolean;
  /** By the locale: terminals show more than ASCII. */
  readonly unicode: boolean;
  options: TalkOptions;
  /** Empty without one. */
  status: string;
}

/** The real `Io` on the given streams. */
export function createIo(world: IoWorld): Io {
  const talk = openTalk(world);
  const { redactor, out, err } = talk;
  const { stdout, stderr } = world;
  return {
    terminal: terminalOf(world),
    get width() {
      return (stdout.isTTY && stdout.columns) || (stderr.isTTY && stderr.columns) || 80;
    },
    get canPrompt() {
      return canPrompt(talk);
    },
    get quiet() {
      return talk.options.quiet;
    },
    get debugging() {
      return talk.options.debug;
    },
    get outputError() {
      return out.error;
    },
    out: (parts, { prose = false } = {}) => aside(talk, out, `${toText(talk, parts, stdout, prose)}\n`),
    data: (text) => aside(talk, out, toDocument(talk, text)),
    say: (parts, options) => say(talk, parts, options),
    warn: (text, options) => say(talk, line(styled('warn', 'warning: '), text), options),
    debug(parts) {
      if (talk.options.debug) aside(talk, err, `${toText(talk, parts, stderr)}\n`);
    },
    status: (parts) => showStatus(talk, parts),
    annotate: (annotation) => annotate(talk, annotation),
    paint: (parts) => toText(talk, parts, stderr),
    addSecret: (value) => redactor.add(value),
    redact: (text) => redactor.redact(text),
    configure(options) {
      talk.options = options;
    },
    async flush() {
      await Promise.all([out.flush(), err.flush()]);
    },
  };
}

function openTalk(world: IoWorld): Talk {
  const { stdout, stderr, env } = world;
  return {
    world,
    out: createSink(stdout),
    err: createSink(stderr),
    redactor: createRedactor(),
    inWorkflow: Boolean(env.GITHUB_ACTIONS || env.TF_BUILD || env.TEAMCITY_VERSION),
    unicode: showsUnicode(env),
    options: DEFAULTS,
    status: '',
  };
}

function terminalOf(world: IoWorld): Io['terminal'] {
  return {
    // Opened on demand: standard input loads a lot that most commands never use.
    get stdin() {
      return Boolean(world.stdin.isTTY);
    },
    stdout: Boolean(world.stdout.isTTY),
    stderr: Boolean(world.stderr.isTTY),
  };
}

function canPrompt({ world, options }: Talk): boolean {
  const { stderr, env } = world;
  const mayPrompt = Boolean(stderr.isTTY) && env.TERM !== 'dumb' && !options.noInput && !isSet(env.CI);
  return mayPrompt && Boolean(world.stdin.isTTY);
}

function say(talk: Talk, parts: Line, { always = false }: { readonly always?: boolean } = {}): void {
  if (!always && talk.options.quiet) return;
  aside(talk, talk.err, `${toText(talk, parts, talk.world.stderr, true)}\n`);
}

function annotate(talk: Talk, annotation: Annotation): void {
  const { redactor, world } = talk;
  if (!world.env.GITHUB_ACTIONS) return;
  // Before sanitising for the exact secret, after it for text that sanitising might have joined.
  const clean = (text: string): string => redactor.redact(sanitize(redactor.redact(text)));
  aside(talk, talk.err, `${annotationCommand(annotation, clean)}\n`);
}

function showStatus(talk: Talk, parts: Line | null): void {
  const { err, world, options } = talk;
  if (!world.stderr.isTTY || world.env.TERM === 'dumb' || options.quiet) return;
  if (talk.status !== '') err.write(ERASE_LINE);
  talk.status = parts === null ? '' : statusText(talk, parts);
  if (talk.status !== '') err.write(talk.status);
}

/** Removes the status line while other text is written to the same screen, and puts it back below. */
function aside({ err, world, status }: Talk, sink: Sink, text: string): void {
  const covers = status !== '' && (sink === err || Boolean(world.stdout.isTTY));
  if (covers) err.write(ERASE_LINE);
  sink.write(text);
  if (covers) err.write(status);
}

function toText(talk: Talk, parts: Line, stream: TextStream, prose = false): string {
  const spans = spansFor(talk, parts, stream);
  if (talk.inWorkflow) return toRow(talk, withoutWorkflowCommands(spans), stream);
  const { isTTY, columns } = stream;
  if (!prose || !isTTY || !columns) return toRow(talk, spans, stream);
  return wrapLine(spans, columns)
    .map((row) => toRow(talk, row, stream))
    .join('\n');
}

/** Replaces this program's own signs on a terminal that cannot show them; outside text, pipes and files are unchanged. */
function spansFor({ redactor, unicode }: Talk, parts: Line, stream: TextStream): readonly Span[] {
  const spans = safeLine(parts, redactor);
  return unicode || !stream.isTTY ? spans : spans.map(inAscii);
}

function toDocument({ redactor, inWorkflow }: Talk, text: string): string {
  const document = redactDocument(text, redactor, inWorkflow);
  return document.endsWith('\n') ? document : `${document}\n`;
}

function statusText(talk: Talk, parts: Line): string {
  const { stderr } = talk.world;
  return toRow(talk, cutToWidth(spansFor(talk, parts, stderr), (stderr.columns ?? 80) - 1), stderr);
}

function toRow({ options, world }: Talk, spans: readonly Span[], stream: TextStream): string {
  const colored = options.color ?? defaultColor(world.env, stream);
  return spans.map((span) => paintSpan(span, colored)).join('');
}

function defaultColor(env: IoWorld['env'], stream: TextStream): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return isSet(env.FORCE_COLOR);
  return Boolean(stream.isTTY) && env.TERM !== 'dumb';
}

/** Set to anything except a word for no. */
function isSet(value: string | undefined): boolean {
  return Boolean(value) && value !== 'false' && value !== '0';
}

/** The part of the line that certainly fits: a status line that wraps cannot be erased. */
function cutToWidth(spans: readonly Span[], width: number): readonly Span[] {
  let left = width;
  return spans.map((span) => {
    let kept = '';
    for (const char of span.text) {
      left -= columnsOf(char);
      if (left < 0) break;
      kept += char;
    }
    return { ...span, text: kept };
  });
}
