/**
 * A virtual terminal: TTY streams, a keyboard, and a screen that can be read as text.
 *
 *     const terminal = createVirtualTerminal();
 *     const io = createIo({ ...terminal.streams, env: { LANG: 'C.UTF-8' }, cwd: '/', clock });
 *     …start something that prompts, without awaiting it…
 *     await terminal.waitFor('Label');      // resolves as soon as the screen shows it; no sleeping
 *     terminal.type('Restart Server');
 *     terminal.press('enter');
 *
 * Type only after the prompt is on the screen: like a real prompt, it drops earlier input.
 */
import { PassThrough, Writable } from 'node:stream';
import { createScreen } from './screen.ts';

const KEYS = {
  enter: '\r',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  tab: '\t',
  space: ' ',
  backspace: '\x7f',
  escape: '\x1b',
  pagedown: '\x1b[6~',
  pageup: '\x1b[5~',
  'ctrl+a': '\x01',
  'ctrl+c': '\x03',
  'ctrl+d': '\x04',
  'ctrl+u': '\x15',
} as const;

export type Key = keyof typeof KEYS;

/** Time limit for a text to appear; after it, the test fails with the screen. */
const PATIENCE_MS = 30_000;

export interface VirtualTerminal {
  readonly streams: {
    readonly stdin: PassThrough & { readonly isTTY: true; isRaw: boolean };
    readonly stdout: Writable & { readonly isTTY: boolean; readonly columns: number };
    readonly stderr: Writable & { readonly isTTY: true; readonly columns: number };
  };
  /** Types text as it is. */
  type(text: string): void;
  /** Presses keys, one after the other. */
  press(...keys: Key[]): void;
  /** The current screen: no colours, no trailing space, no empty lines at the end. */
  screen(): string;
  /** Position of the cursor, counted from 0, and whether it is visible. */
  cursor(): { readonly row: number; readonly column: number; readonly visible: boolean };
  /** Resolves with the screen as soon as it shows the text. Rejects with the screen if the text does not appear. */
  waitFor(text: string | RegExp): Promise<string>;
  /** Every byte written to stdout, escape sequences included. */
  readonly stdoutText: string;
  /** Every byte written to stderr, escape sequences included. */
  readonly stderrText: string;
  /** True while the program reads single keys; false once it has restored the terminal. */
  readonly raw: boolean;
}

export interface VirtualTerminalOptions {
  readonly columns?: number;
  /** `false`: stdout is a pipe, and its text is not on the screen. */
  readonly stdoutIsTerminal?: boolean;
}

/** A new terminal, with an empty screen. */
export function createVirtualTerminal(options: VirtualTerminalOptions = {}): VirtualTerminal {
  const { columns = 80, stdoutIsTerminal = true } = options;
  const screen = createScreen(columns);
  const written = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();

  function output(name: 'stdout' | 'stderr', shown: boolean): Writable {
    return new Writable({
      decodeStrings: false,
      write(chunk: string | Buffer, _encoding, done) {
        const text = chunk.toString();
        written[name] += text;
        if (shown) screen.write(text);
        for (const watcher of [...watchers]) watcher();
        done();
      },
    });
  }

  const stdin = Object.assign(new PassThrough(), {
    isTTY: true as const,
    isRaw: false,
    setRawMode(mode: boolean) {
      stdin.isRaw = mode;
      return stdin;
    },
  });
  const stdout = Object.assign(output('stdout', stdoutIsTerminal), { isTTY: stdoutIsTerminal, columns });
  const stderr = Object.assign(output('stderr', true), { isTTY: true as const, columns });

  return {
    streams: { stdin, stdout, stderr },
    type: (text) => void stdin.write(text),
    press(...keys) {
      for (const key of keys) stdin.write(KEYS[key]);
    },
    screen: () => screen.text(),
    cursor: () => screen.cursor(),
    waitFor: (text) => waitFor(text, () => screen.text(), watchers),
    get stdoutText() {
      return written.stdout;
    },
    get stderrText() {
      return written.stderr;
    },
    get raw() {
      return stdin.isRaw;
    },
  };
}

function waitFor(wanted: string | RegExp, read: () => string, watchers: Set<() => void>): Promise<string> {
  const isThere = (text: string): boolean =>
    typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
  return new Promise((resolve, reject) => {
    if (isThere(read())) {
      resolve(read());
      return;
    }
    const stop = (): void => {
      clearTimeout(timer);
      watchers.delete(look);
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`the screen never showed ${String(wanted)}; it shows:\n${read()}`));
    }, PATIENCE_MS);
    const look = (): void => {
      const text = read();
      if (!isThere(text)) return;
      stop();
      resolve(text);
    };
    watchers.add(look);
  });
}
