import { resolve } from 'node:path';
import { spawn } from '@lydell/node-pty';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { pointedAt } from './in-process.ts';
import { createScreen } from './screen.ts';

const CLI = resolve(import.meta.dirname, '../../bin/pdactions.js');

/** The built program on a real pseudo-terminal. */
export interface Pty {
  type(text: string): void;
  screen(): string;
  /** Every byte so far. */
  written(): string;
  /** Resolves once the screen shows it. */
  shows(text: string | RegExp): Promise<void>;
  /** The exit code. */
  readonly ended: Promise<number>;
}

/** Starts the program in a folder, pointed at a sandbox. */
export function openPty(
  argv: readonly string[],
  { sandbox, folder, columns = 100 }: { sandbox: Sandbox; folder: string; columns?: number },
): Pty {
  const env = {
    ...pointedAt(sandbox),
    PATH: process.env.PATH,
    HOME: folder,
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
  };
  const size = { cols: columns, rows: 30 };
  const terminal = spawn(process.execPath, [CLI, ...argv], { cwd: folder, ...size, env });
  const screen = createScreen(columns);
  let written = '';
  const watchers = new Set<() => void>();
  terminal.onData((data) => {
    written += data;
    screen.write(data);
    for (const look of watchers) look();
  });
  const has = (text: string | RegExp): boolean =>
    typeof text === 'string' ? screen.text().includes(text) : text.test(screen.text());
  return {
    type: (text) => terminal.write(text),
    screen: () => screen.text(),
    written: () => written,
    ended: new Promise((done) => terminal.onExit(({ exitCode }) => done(exitCode))),
    shows: (text) =>
      new Promise((done) => {
        const look = (): void => {
          if (!has(text)) return;
          watchers.delete(look);
          done();
        };
        watchers.add(look);
        look();
      }),
  };
}
