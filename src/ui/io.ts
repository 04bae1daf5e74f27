import type { Readable, Writable } from 'node:stream';
import { Chalk } from 'chalk';
import type { Clock } from '../clock.ts';
import { type Annotation, annotationCommand } from './gate/github-command.ts';
import { createRedactor } from './gate/redact.ts';
import { redactDocument } from './gate/redact-document.ts';
import { safeLine, withoutWorkflowCommands } from './gate/safe-line.ts';
import { sanitize } from './gate/sanitize.ts';
import { createSink, type Sink } from './sink.ts';
import { columnsOf } from './text/columns.ts';
import type { Line, Span, Style } from './text/text.ts';
import { wrapLine } from './text/wrap.ts';

/** What the program is given of the outside world; `main.ts` passes the real one, tests pass buffers. */
export interface World {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: Clock;
}

/** How to talk: set from flags and environment once they are known. */
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
  /** Columns of the stream that people read; 80 when unknown. */
  readonly width: number;
  /** stdin and stderr are terminals that can move a cursor, and neither `--no-input` nor CI forbids prompts. */
  readonly canPrompt: boolean;
  readonly quiet: boolean;
  readonly debugging: boolean;
  /** A line of data for people on stdout. On a terminal, `prose` breaks between words; what may be copied, or is aligned, is none. */
  out(parts: Line, options?: { readonly prose?: boolean }): void;
  /** A finished machine-readable document on stdout (JSON, YAML, CSV, …), already escaped by its serialiser; redacted here. */
  data(text: string): void;
  /** A line of talk on stderr. `--quiet` silences it unless `always`. */
  say(parts: Line, options?: { readonly always?: boolean }): void;
  /** A debug line on stderr, only with `--debug`. */
  debug(parts: Line): void;
  /** A transient line at the bottom of a terminal's stderr; `null` removes it. Does nothing elsewhere. */
  status(parts: Line | null): void;
  /** A remark on a line of a file, as a command to GitHub's runner on stderr; the only one that passes. Elsewhere it does nothing. */
  annotate(annotation: Annotation): void;
  /** The line as it would appear on stderr, colours included, for a library that draws there by itself. */
  paint(parts: Line): string;
  /** Registers a secret: from now on it leaves the process in no encoding. */
  addSecret(value: string): void;
  /** The text as it may be written to a file: redacted, not sanitised. */
  redact(text: string): string;
  /** Applies flags; before it is called, defaults hold. */
  configure(options: TalkOptions): void;
  /** Resolves when everything written so far has been taken by the operating system. */
  flush(): Promise<void>;
  /** Why data could not be written to stdout (a full disk), the reader going away apart; `main.ts` makes it exit 9. */
  readonly outputError: Error | undefined;
}

const DEFAULTS: TalkOptions = { quiet: false, debug: false, color: undefined, noInput: false };
const ERASE_LINE = '\r\x1b[2K';

/** The real `Io` on the given streams. */
export function createIo(world: World): Io {
  const { stdout, stderr, env } = world;
  // Not before it is asked for: opening standard input has to load much that most commands never use.
  const isStdinTerminal = (): boolean => Boolean(world.stdin.isTTY);
  const out = createSink(stdout);
  const err = createSink(stderr);
  const redactor = createRedactor();
  const inWorkflow = Boolean(env.GITHUB_ACTIONS || env.TF_BUILD || env.TEAMCITY_VERSION);
  let options = DEFAULTS;
  let status = '';

  const isColored = (stream: World['stdout']): boolean => options.color ?? defaultColor(env, stream);

  function toText(parts: Line, stream: World['stdout'], prose = false): string {
    const spans = safeLine(parts, redactor);
    if (inWorkflow) return toRow(withoutWorkflowCommands(spans), stream);
    const { isTTY, columns } = stream;
    if (!prose || !isTTY || !columns) return toRow(spans, stream);
    return wrapLine(spans, columns)
      .map((row) => toRow(row, stream))
      .join('\n');
  }

  function toRow(spans: readonly Span[], stream: World['stdout']): string {
    return spans.map((span) => paintSpan(span, isColored(stream))).join('');
  }

  /** Takes the status line away while something else is written to the same screen, and puts it back below. */
  function aside(sink: Sink, text: string): void {
    const covers = status !== '' && (sink === err || Boolean(stdout.isTTY));
    if (covers) err.write(ERASE_LINE);
    sink.write(text);
    if (covers) err.write(status);
  }

  return {
    terminal: {
      get stdin() {
        return isStdinTerminal();
      },
      stdout: Boolean(stdout.isTTY),
      stderr: Boolean(stderr.isTTY),
    },
    get width() {
      return (stdout.isTTY && stdout.columns) || (stderr.isTTY && stderr.columns) || 80;
    },
    get canPrompt() {
      const terminals = Boolean(stderr.isTTY) && env.TERM !== 'dumb' && isStdinTerminal();
      return terminals && !options.noInput && !isSet(env.CI);
    },
    get quiet() {
      return options.quiet;
    },
    get debugging() {
      return options.debug;
    },
    out: (parts, { prose = false } = {}) => aside(out, `${toText(parts, stdout, prose)}\n`),
    data(text) {
      const document = redactDocument(text, redactor, inWorkflow);
      aside(out, document.endsWith('\n') ? document : `${document}\n`);
    },
    say(parts, { always = false } = {}) {
      if (always || !options.quiet) aside(err, `${toText(parts, stderr, true)}\n`);
    },
    debug(parts) {
      if (options.debug) aside(err, `${toText(parts, stderr)}\n`);
    },
    status(parts) {
      if (!stderr.isTTY || env.TERM === 'dumb' || options.quiet) return;
      if (status !== '') err.write(ERASE_LINE);
      status = parts === null ? '' : statusText(parts);
      if (status !== '') err.write(status);
    },
    annotate(annotation) {
      if (!env.GITHUB_ACTIONS) return;
      // Before sanitising for the exact secret, after it for what that might have put together.
      const clean = (text: string): string => redactor.redact(sanitize(redactor.redact(text)));
      aside(err, `${annotationCommand(annotation, clean)}\n`);
    },
    paint: (parts) => toText(parts, stderr),
    addSecret: (value) => redactor.add(value),
    redact: (text) => redactor.redact(text),
    configure(next) {
      options = next;
    },
    async flush() {
      await Promise.all([out.flush(), err.flush()]);
    },
    get outputError() {
      return out.error;
    },
  };

  function statusText(parts: Line): string {
    const spans = cutToWidth(safeLine(parts, redactor), (stderr.columns ?? 80) - 1);
    return spans.map((span) => paintSpan(span, isColored(stderr))).join('');
  }
}

function defaultColor(env: World['env'], stream: World['stdout']): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return isSet(env.FORCE_COLOR);
  return Boolean(stream.isTTY) && env.TERM !== 'dumb';
}

/** Set to anything but a word for no. */
function isSet(value: string | undefined): boolean {
  return Boolean(value) && value !== 'false' && value !== '0';
}

type Paint = Readonly<Record<Style, (text: string) => string>>;

let paints: Paint | undefined;

/**
 * Basic colours only: they follow the terminal's own theme, so they are readable on a light and a dark background alike. Not made
 * before something is painted.
 */
function paintOf(style: Style): (text: string) => string {
  paints ??= createPaint();
  return paints[style];
}

function createPaint(): Paint {
  const chalk = new Chalk({ level: 1 });
  return {
    strong: chalk.bold,
    muted: chalk.dim,
    added: chalk.green,
    changed: chalk.yellow,
    removed: chalk.red,
    ok: chalk.green,
    warn: chalk.yellow,
    error: chalk.red,
    accent: chalk.cyan,
  };
}

function paintSpan({ text, style }: Span, colored: boolean): string {
  return colored && style !== undefined && text !== '' ? paintOf(style)(text) : text;
}

/** As much of the line as surely fits: a status line that wraps cannot be erased. */
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
