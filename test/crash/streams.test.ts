/** P5: a run whose output cannot be written, and the file that was there before (F36, F37). */
import { type SpawnOptions as ProcessOptions, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { commitsOf } from '../faults/oracle.ts';
import { SMALL, type WorldSpec } from '../faults/worlds.ts';
import { BIN, createYard, type Victim, writesOf } from './yard.ts';

const yard = await createYard();
afterAll(() => yard.close());
beforeEach(() => yard.reset(SMALL));

const onPosix = it.runIf(process.platform !== 'win32');
const LOUD = ['--concurrency', '1', '--enable'];

/** The reader is gone before the first byte. */
const deaf =
  (...streams: readonly ('stdout' | 'stderr')[]) =>
  ({ child }: Victim) => {
    for (const stream of streams) child[stream]?.destroy();
  };

/** Runs `"$@"`, which is the program with these arguments, in a shell. */
async function inShell(
  script: string,
  argv: readonly string[],
  stdio: ProcessOptions['stdio'] = ['ignore', 'pipe', 'pipe'],
): Promise<{ code: number | null; stdout: Buffer; stderr: string }> {
  const child = spawn('sh', ['-c', script, 'sh', process.execPath, BIN, ...argv], {
    cwd: yard.folder,
    env: { PATH: process.env.PATH ?? '', HOME: yard.folder, ...yard.env },
    stdio,
  });
  const stdout: Buffer[] = [];
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, stdout: Buffer.concat(stdout), stderr };
}

async function expectDone(): Promise<void> {
  const again = await yard.run(SMALL.argv);
  expect(again.code, again.stderr).toBe(0);
  expect(writesOf(again)).toEqual([]);
}

describe('P5: a reader that goes away', () => {
  it.each([
    [['list']],
    [['list', '--json']],
    [['plan', '--enable']],
    [['plan', '--enable', '--json']],
    [['export']],
    [['validate']],
    [['sync', '--help']],
    [['--help']],
  ])('F37: %j ends quietly', async (argv) => {
    const run = await yard.run(argv, { onStart: deaf('stdout') });
    expect(run.stderr).not.toMatch(/EPIPE|Error|^ {4}at |forced to exit/m);
    expect(run.code, run.stderr).toBe(0);
    expect(commitsOf(run)).toEqual([]);
  });

  it.each([
    ['stdout', ['stdout']],
    ['stderr', ['stderr']],
    ['both', ['stdout', 'stderr']],
  ] as const)('F37: a sync continues without %s', async (_, streams) => {
    const run = await yard.run(['sync', '--yes', ...LOUD], { onStart: deaf(...streams) });
    expect(run.code, run.stderr).toBe(0);
    await expectDone();
  });

  it('F37: a plan still reports changes by its exit code', async () => {
    const argv = ['plan', '--enable', '--exit-code'];
    expect((await yard.run(argv, { onStart: deaf('stdout', 'stderr') })).code).toBe(2);
  });

  onPosix('F37: `| head -1` gets its line', async () => {
    const script = '{ "$@"; echo "$?" > code; } | head -n 1';
    const { stdout, stderr } = await inShell(script, ['list', '--json']);
    expect(stdout.toString()).toBe('{\n');
    expect(stderr).not.toMatch(/EPIPE|Error/);
    expect(readFileSync(join(yard.folder, 'code'), 'utf8')).toBe('0\n');
  });
});

describe.runIf(existsSync('/dev/full'))('P5: a full disk', () => {
  it.each([[['list']], [['list', '--json']], [['plan', '--enable']], [['--help']]])(
    'F37: %j says so and exits 9',
    async (argv) => {
      const { code, stderr } = await inShell('"$@" > /dev/full', argv);
      expect(stderr).toContain('could not write to standard output');
      expect(stderr).not.toMatch(/^ {4}at /m);
      expect(code).toBe(9);
    },
  );

  it('F37: a sync does all its work, and exits 9', async () => {
    const { code, stderr } = await inShell('"$@" > /dev/full', SMALL.argv);
    expect(stderr).toContain('could not write to standard output');
    expect(code).toBe(9);
    await expectDone();
  });

  it.each([
    ['a document', SMALL.argv, '"$@" > /dev/full'],
    ['text', ['sync', '--yes', ...LOUD], '"$@" > /dev/full'],
    ['text, and --quiet', ['sync', '--yes', '--quiet', ...LOUD], '"$@" > /dev/full'],
    ['a document in a file that grows too large', SMALL.argv, 'ulimit -f 1; "$@" > report.json'],
  ])('F37: the changes of a sync are reported on stderr: %s', async (_, argv, script) => {
    const { code, stderr } = await inShell(script, argv);
    expect(stderr).toContain('could not write to standard output');
    expect(stderr).toMatch(/created Restart Server on Alpha \(PALPHA\) {2}\w+/);
    expect(stderr).toMatch(/deleted Old One on Charlie \(PCHARLIE\) {2}PCHARL2/);
    expect(code).toBe(9);
    await expectDone();
  });

  it('F37: a summary file that does not fit on the disk: exit 9, and the report as usual', async () => {
    const { code, stdout, stderr } = await inShell('ulimit -f 1; "$@"', [
      ...['sync', '--yes', ...LOUD, '--summary', 'summary.md'],
    ]);
    expect(stderr).toMatch(/could not write summary\.md \(E(FBIG|NOSPC)\)/);
    expect(stdout.toString()).toContain('created Restart Server on Alpha');
    expect(code).toBe(9);
    expect(readdirSync(yard.folder).filter((name) => /summary/.test(name))).toEqual([]);
    await expectDone();
  });

  it('F37: if stderr is full too, the exit code still reports it', async () => {
    for (const argv of [['list'], ['--help']]) {
      expect((await inShell('"$@" > /dev/full 2> /dev/full', argv)).code).toBe(9);
    }
    expect((await inShell('"$@" 2> /dev/full', SMALL.argv)).code).toBe(0);
    await expectDone();
  });
});

describe('P5: a plan that cannot be saved', () => {
  const OLD = 'what was approved before';

  function expectIntact(): void {
    expect(readFileSync(join(yard.folder, 'plan.json'), 'utf8')).toBe(OLD);
    expect(readdirSync(yard.folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }

  onPosix('F36: the disk is full: exit 9, the old file as it was, nothing beside it', async () => {
    writeFileSync(join(yard.folder, 'plan.json'), OLD);
    // A file size limit below the size of the plan simulates a full disk.
    const { code, stderr } = await inShell('ulimit -f 1; "$@"', ['plan', '--enable', '--out', 'plan.json']);
    expect(stderr).toMatch(/could not write plan\.json \(E(FBIG|NOSPC)\)/);
    expect(code).toBe(9);
    expectIntact();
  });

  onPosix.each([
    ['a folder that may not be written', 'shut/plan.json'],
    ['a place where no files can be', '/proc/plan.json'],
    ['a file in place of a folder', 'plan.json/plan.json'],
  ])('F36: %s: exit 9', async (_, out) => {
    writeFileSync(join(yard.folder, 'plan.json'), OLD);
    mkdirSync(join(yard.folder, 'shut'), { recursive: true, mode: 0o555 });
    // Root can write anywhere.
    if (out.startsWith('shut') && process.getuid?.() === 0) return;
    const run = await yard.run(['plan', '--enable', '--debug', '--out', out]);
    expect(run.stderr).toContain('[local_io]');
    expect(run.code, run.stderr).toBe(9);
    expect(writesOf(run)).toEqual([]);
    expectIntact();
  });

  onPosix('F36: what is no file is never replaced by one', async () => {
    const { code } = await inShell('mkfifo pipe && "$@"; end=$?; test -p pipe && exit $end; exit 99', [
      'plan',
      '--enable',
      '--out',
      'pipe',
    ]);
    expect(code).toBe(9);
  });
});

describe('P5: more than a million bytes', () => {
  const COUNT = 700;
  const padding = 'a'.repeat(500);
  const services = Array.from({ length: COUNT }, (_, at) => ({ id: `PBIG${at}`, name: `big ${at}` }));
  const BIG: WorldSpec = {
    ...SMALL,
    seed: {
      account: 'acme',
      services,
      extensions: services.flatMap(({ id }, at) =>
        ['One', 'Two', 'Three'].map((name) => ({
          id: `PX${name.toUpperCase()}${at}`,
          service: id,
          name,
          url: `https://automation.example.com/${padding}/${name}`,
        })),
      ),
    },
  };

  function expectWhole(text: string): void {
    expect(text.length).toBeGreaterThan(1_000_000);
    const list = JSON.parse(text) as { services: { actions: { url: string }[] }[] };
    const urls = list.services.flatMap(({ actions }) => actions).map(({ url }) => url);
    expect(urls).toHaveLength(3 * COUNT);
    expect(urls.every((url) => url.includes(padding))).toBe(true);
  }

  it('arrive whole if the reader starts after the end, and then reads little at a time', async () => {
    await yard.reset(BIG);
    const pages = (await yard.run(['list', '--json'])).log.requests.length;
    const before = yard.sandbox.log().requests.length;
    const child = spawn(process.execPath, [BIN, 'list', '--json'], {
      cwd: yard.folder,
      env: { PATH: process.env.PATH ?? '', HOME: yard.folder, ...yard.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<number | null>((done) => child.on('exit', done));
    while (yard.sandbox.log().requests.length < before + pages) await new Promise(setImmediate);
    child.stdout.setEncoding('utf8');
    let text = '';
    for await (const part of inPieces(child.stdout)) text += part;
    expect(await ended).toBe(0);
    expectWhole(text);
  });

  onPosix('arrives whole through a pipe of the system, 512 bytes at a time', async () => {
    await yard.reset(BIG);
    const script = '{ "$@"; echo "$?" > code; } | dd bs=512 2> /dev/null';
    const { stdout } = await inShell(script, ['list', '--json']);
    expect(readFileSync(join(yard.folder, 'code'), 'utf8')).toBe('0\n');
    expectWhole(stdout.toString());
  });
});

/** A slow reader: a little at a time, and a turn of the loop in between. */
async function* inPieces(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  let ended = false;
  stream.on('end', () => {
    ended = true;
  });
  // Without it, Node discards the remaining output when the program ends.
  stream.on('readable', () => undefined);
  while (!ended) {
    const part = stream.read(4_096) ?? stream.read();
    if (part !== null) yield String(part);
    await new Promise(setImmediate);
  }
}
