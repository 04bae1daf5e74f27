import type { Io } from '../io.ts';
import { styled } from '../text/text.ts';

/** How prompts look. Drawn by `io`, so that they follow the same decision about colour as everything else. */
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
  /** What stands before a choice that cannot be made, where the prompt draws nothing there itself. */
  readonly disabledMark?: string;
  /** What can be done beside the keys that the prompt tells of. */
  readonly keys?: readonly string[];
}

/** A theme in the colours of this output, or in none. */
export function createTheme(io: Io, { disabledMark = '', keys = [] }: ThemeOptions = {}): PromptTheme {
  const as =
    (style: Parameters<typeof styled>[0]) =>
    (text: string): string =>
      io.paint([styled(style, text)]);
  const muted = as('muted');
  const accent = as('accent');
  return {
    prefix: { idle: accent('?'), done: as('ok')('✔') },
    spinner: { interval: 80, frames: [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'].map(as('warn')) },
    // Without colour of their own: the line under the cursor is painted as a whole.
    icon: { cursor: '❯', checked: '◉', unchecked: '◯' },
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
      keysHelpTip: (pairs) => muted([...keys, ...pairs.map((pair) => pair.join(' '))].join(' · ')),
    },
  };
}
