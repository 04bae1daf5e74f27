import { PassThrough, Writable } from 'node:stream';
import { systemClock } from '../../src/clock.ts';
import { createIo, type Io, type IoWorld } from '../../src/ui/io.ts';

/** A stream that records its input, and fails from a given moment on. */
export class Recorder extends Writable {
  text = '';
  failure: NodeJS.ErrnoException | undefined;
  isTTY = false;
  columns = 80;

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    if (this.failure === undefined) this.text += chunk.toString();
    done(this.failure);
  }
}

export interface Setting {
  readonly stdin?: boolean;
  readonly stdout?: boolean;
  readonly stderr?: boolean;
  readonly columns?: number;
  readonly env?: Record<string, string>;
}

/** An `Io` on recorders; the setting selects the streams that are terminals. */
export function recordingIo(setting: Setting = {}): { io: Io; stdout: Recorder; stderr: Recorder } {
  const stdout = Object.assign(new Recorder(), { isTTY: setting.stdout ?? false });
  const stderr = Object.assign(new Recorder(), { isTTY: setting.stderr ?? false });
  stdout.columns = setting.columns ?? 80;
  stderr.columns = setting.columns ?? 80;
  const stdin = Object.assign(new PassThrough(), { isTTY: setting.stdin ?? false });
  const world: IoWorld = {
    stdin,
    stdout,
    stderr,
    env: { LANG: 'C.UTF-8', ...setting.env },
    cwd: '/',
    clock: systemClock,
  };
  return { io: createIo(world), stdout, stderr };
}
