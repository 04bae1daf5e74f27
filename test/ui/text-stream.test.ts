import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openOutput, type TextStream } from '../../src/ui/text-stream.ts';

let folder: string;
let opened: number[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'output-'));
  opened = [];
});

afterEach(() => {
  for (const fd of opened) closeSync(fd);
  rmSync(folder, { recursive: true });
});

function openFd(path: string, flags: string | number): number {
  const fd = openSync(path, flags);
  opened.push(fd);
  return fd;
}

function noStream(): never {
  throw new Error("Node's stream is not needed");
}

function flushed(output: TextStream): Promise<void> {
  return new Promise((done) => void output.write('', done));
}

describe('standard output that is a file or a pipe', () => {
  it('is written to at the end of the turn, without a stream', async () => {
    const file = join(folder, 'out');
    const output = openOutput(openFd(file, 'w'), noStream);
    output.write('Grüße ');
    output.write('🙂\n');
    expect(readFileSync(file, 'utf8')).toBe('');
    await Promise.resolve();
    expect(readFileSync(file, 'utf8')).toBe('Grüße 🙂\n');
  });

  it('is written to at once when it is flushed, or when much text waits', async () => {
    const file = join(folder, 'out');
    const output = openOutput(openFd(file, 'w'), noStream);
    output.write('a'.repeat(65_536));
    expect(readFileSync(file, 'utf8')).toHaveLength(65_536);
    output.write('b');
    const flush = flushed(output);
    expect(readFileSync(file, 'utf8')).toHaveLength(65_537);
    await flush;
  });

  it('keeps the order of standard output and standard error in one log', async () => {
    const file = join(folder, 'log');
    const fd = openFd(file, 'a');
    const [out, err] = [openOutput(fd, noStream), openOutput(fd, noStream)];
    out.write('1 ');
    err.write('2 ');
    err.write('3 ');
    out.write('4');
    await Promise.all([flushed(out), flushed(err)]);
    expect(readFileSync(file, 'utf8')).toBe('1 2 3 4');
  });

  it('reports a failed write to the listener, and goes on', async () => {
    const file = join(folder, 'out');
    openFd(file, 'w');
    const output = openOutput(openFd(file, 'r'), noStream);
    const errors: unknown[] = [];
    output.on('error', (error) => errors.push(error));
    output.write('text');
    await flushed(output);
    expect(errors).toEqual([expect.objectContaining({ code: 'EBADF' })]);
  });
});

describe.runIf(process.platform !== 'win32')('a pipe that another process made non-blocking', () => {
  it("gets the rest through Node's stream, which waits for the reader", async () => {
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const reader = openFd(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
    const stream = new PassThrough();
    const rest: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => rest.push(chunk));
    const output = openOutput(openFd(fifo, constants.O_WRONLY | constants.O_NONBLOCK), () => stream);
    const errors: unknown[] = [];
    output.on('error', (error) => errors.push(error));

    const text = 'äöü🙂'.repeat(100_000);
    output.write(text);
    output.write('the end');
    await flushed(output);
    const inPipe = Buffer.alloc(1_048_576);
    const length = readSync(reader, inPipe);

    expect(length).toBeGreaterThan(0);
    expect(Buffer.concat([inPipe.subarray(0, length), ...rest]).toString()).toBe(`${text}the end`);
    stream.emit('error', new Error('late'));
    expect(errors).toHaveLength(1);
  });
});

describe('any other standard output', () => {
  it("is Node's stream", () => {
    const stream = new PassThrough();
    expect(openOutput(openFd('/dev/null', 'w'), () => stream)).toBe(stream);
    expect(openOutput(987_654, () => stream)).toBe(stream);
  });
});
