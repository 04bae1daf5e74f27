import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { run } from '../../src/main.ts';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { pointedAt, temporaryFolder, testSandbox } from '../helpers/in-process.ts';
import { createVirtualTerminal, type VirtualTerminal } from '../helpers/virtual-terminal.ts';
import { CANARY, CONFIG } from './project.ts';

export interface Session {
  readonly terminal: VirtualTerminal;
  readonly sandbox: Sandbox;
  readonly ended: Promise<number>;
  readonly folder: string;
}

/** Runs the program on a virtual terminal. Every run must restore the terminal. */
export async function sit(
  argv: readonly string[],
  options: {
    stdoutIsTerminal?: boolean;
    columns?: number;
    interrupted?: AbortSignal;
    seed?: SandboxOptions['seed'];
    config?: unknown;
    /** Added to the environment that points the program at its sandbox. */
    env?: Readonly<Record<string, string>>;
  } = {},
): Promise<Session> {
  const terminal = createVirtualTerminal({
    columns: options.columns ?? 100,
    stdoutIsTerminal: options.stdoutIsTerminal ?? true,
  });
  const sandbox = await testSandbox(options.seed === undefined ? {} : { seed: options.seed });
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'pdactions.config.json'), JSON.stringify(options.config ?? CONFIG));
  onTestFinished(() => {
    expect(terminal.raw).toBe(false);
    expect(terminal.cursor().visible).toBe(true);
    expect(terminal.stderrText + terminal.stdoutText).not.toContain(CANARY);
  });
  const ended = run({
    argv: [...argv, '--concurrency', '1'],
    env: { LANG: 'C.UTF-8', ...pointedAt(sandbox), AUTOMATION_TOKEN: CANARY, ...options.env },
    cwd,
    home: cwd,
    platform: process.platform,
    ...terminal.streams,
    clock: systemClock,
    random: () => 0.5,
    interrupted: options.interrupted ?? new AbortController().signal,
  });
  return { terminal, sandbox, ended, folder: cwd };
}
