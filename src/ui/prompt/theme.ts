import type { Io } from '../io.ts';
import { FRAMES, signed } from '../text/signs.ts';
import { styled } from '../text/text.ts';

/** The look of prompts. Uses the colours of `io`, so that all output follows the same setting. */
export interface PromptTheme {
  readonly prefix: { readonly idle: string; readonly done: string };
  readonly spinner: { readonly interval: number; readonly frames: string[] };
  readonly icon: Readonly<Record<string, string>>;
  readonly style: {
    readonly answer: (text: string) => string;
    readonly message: (text: string) => string;
    readonly error: (text: string) => string;
    readonly defaultAnswer: (text: string) => string;
    readonly help: (text: string) => string;
    readonly highlight: (text: string) => string;
    readonly key: (text: string) => string;
    readonly disabled: (text: string) => string;
    readonly description: (text: string) => string;
    readonly searchTerm: (text: string) => string;
    readonly keysHelpTip: (keys: readonly (readonly [key: string, action: string])[]) => string;
  };
}

export interface ThemeOptions {
  /** The mark before a disabled choice, if the prompt itself draws none. */
  readonly disabledMark?: string;
  /** Lists more keys than the prompt itself does. */
  readonly keys?: readonly string[];
}

/** A theme in the colours of this output, or in none. */
export function createTheme(io: Io, { disabledMark = '', keys = [] }: ThemeOptions = {}): PromptTheme {
  const as =
    (style: Parameters<typeof styled>[0]) =>
    (text: string): string =>
      io.paint([styled(style, text)]);
  const mark = (style: Parameters<typeof signed>[0], text: string): string => io.paint([signed(style, text)]);
  const muted = as('muted');
  const accent = as('accent');
  return {
    prefix: { idle: accent('?'), done: mark('ok', '✔') },
    spinner: { interval: 80, frames: FRAMES.map((frame) => mark('warn', frame)) },
    // Without colour of their own: the line under the cursor is painted as a whole.
    icon: {
      cursor: mark(undefined, '❯'),
      checked: mark(undefined, '◉'),
      unchecked: mark(undefined, '◯'),
    },
    style: {
      answer: accent,
      message: as('strong'),
      error: (text) => as('error')(`> ${text}`),
      defaultAnswer: (text) => muted(`(${text})`),
      help: muted,
      highlight: accent,
      key: accent,
      disabled: (text) => muted(disabledMark + text),
      description: accent,
      searchTerm: accent,
      keysHelpTip: (pairs) =>
        [...keys.map(muted), ...pairs.map(([key, action]) => mark('muted', `${key} `) + muted(action))].join(
          mark('muted', ' · '),
        ),
    },
  };
}
