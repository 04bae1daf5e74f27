/** A context of `listen` in this process, for decisions before the server starts. */
import { PassThrough } from 'node:stream';
import type { Context } from '../../src/cli/context.ts';
import { createContext } from '../../src/cli/create-context.ts';
import { readGlobalOptions } from '../../src/cli/options.ts';
import { systemClock } from '../../src/clock.ts';
import { recordingIo } from '../ui/io-world.ts';

export function listenContext(cwd: string, env: Readonly<Record<string, string>>): Context {
  const { io, stderr } = recordingIo();
  const surroundings = {
    io,
    env,
    cwd,
    home: () => cwd,
    platform: process.platform,
    stdin: () => new PassThrough(),
    stderr,
    clock: systemClock,
    random: () => 0.5,
    interrupted: new AbortController().signal,
    onHangup: () => undefined,
    atExit: () => undefined,
    command: 'listen',
  };
  return createContext(surroundings, readGlobalOptions({}));
}
