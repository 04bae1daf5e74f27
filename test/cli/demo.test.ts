import { resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { spawn } from '@lydell/node-pty';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../helpers/in-process.ts';

const DEMO = resolve(import.meta.dirname, '../../scripts/demo.mjs');

interface DemoRun {
  readonly code: number;
  readonly text: string;
}

/** Runs the README's first command on a pseudo-terminal of that width. */
function runDemo(cols: number, env: Record<string, string>): Promise<DemoRun> {
  const home = temporaryFolder();
  const terminal = spawn(process.execPath, [DEMO], {
    cwd: home,
    cols,
    rows: 40,
    env: { PATH: process.env.PATH ?? '', HOME: home, ...env },
  });
  let text = '';
  terminal.onData((data) => {
    text += data;
  });
  return new Promise((done) => terminal.onExit(({ exitCode }) => done({ code: exitCode, text })));
}

describe('npm run demo', () => {
  it.each([
    ['a colour terminal', 100, { TERM: 'xterm-256color', COLORTERM: 'truecolor' }, true],
    ['a narrow colour terminal', 40, { TERM: 'xterm-256color' }, true],
    ['a terminal without colours', 80, { TERM: 'xterm-256color', NO_COLOR: '1' }, false],
  ] as const)('shows the whole job on %s', async (_name, cols, env, colors) => {
    const { code, text } = await runDemo(cols, env);
    const plain = stripVTControlCharacters(text);
    expect(plain).not.toContain('The demo failed');
    expect(plain).toContain('That was it.');
    expect(plain).toMatch(/← 202/);
    // The output of the program is coloured too, not only the headings.
    expect(text.includes('\x1b[32m✓')).toBe(colors);
    expect(code).toBe(0);
  });
});
