import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { Line } from './text.ts';

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
  /** `undefined`: decide by terminal, NO_COLOR, FORCE_COLOR and CI. */
  readonly color: boolean | undefined;
  readonly noInput: boolean;
}

/**
 * The only way out of the process. stdout is data, stderr is talk. Whatever passes here is sanitised, then redacted, at this last
 * writer (RELIABILITY.md section 3, standing rule 5).
 */
export interface Io {
  readonly terminal: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  /** Columns of the stream that people read; 80 when unknown. */
  readonly width: number;
  /** stdin and stderr are terminals, and neither `--no-input`, nor CI, forbids prompts. */
  readonly canPrompt: boolean;
  readonly quiet: boolean;
  readonly debugging: boolean;
  /** A line of data for people on stdout. */
  out(parts: Line): void;
  /** A finished machine-readable document on stdout (JSON, YAML, CSV, …), already escaped by its serialiser; redacted here. */
  data(text: string): void;
  /** A line of talk on stderr. `--quiet` silences it unless `always`. */
  say(parts: Line, options?: { readonly always?: boolean }): void;
  /** A debug line on stderr, only with `--debug`. */
  debug(parts: Line): void;
  /** A transient line at the bottom of a terminal's stderr; `null` removes it. Does nothing elsewhere. */
  status(parts: Line | null): void;
  /** Registers a secret: from now on it leaves the process in no encoding. */
  addSecret(value: string): void;
  /** The text as it may be written to a file: redacted, not sanitised. */
  redact(text: string): string;
  /** Applies flags; before it is called, defaults hold. */
  configure(options: TalkOptions): void;
  /** Resolves when everything written so far has been taken by the operating system. */
  flush(): Promise<void>;
  /** True once a write to stdout failed because the reader went away (EPIPE). */
  readonly stdoutClosed: boolean;
}
