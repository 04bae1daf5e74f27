/** Files prepared by an attacker and named on the command line beside the config. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readToken } from '../../src/cli/connection/token.ts';
import { systemClock } from '../../src/clock.ts';
import { frugalPagerDuty, otherServer } from '../cli/other-server.ts';
import { CONFIG, project } from '../cli/project.ts';
import { runCli, temporaryFolder } from '../helpers/in-process.ts';

const isPosix = process.platform !== 'win32';

/** A pipe without a writer: a plain open would block forever. */
function pipe(folder: string): string {
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  return 'pipe';
}

describe.runIf(isPosix)('T20: pipes and devices in the place of files neither hang nor flood', () => {
  const TOKEN = { PAGERDUTY_TOKEN: 'u+Canary7wQz4kLm9xZ2' };

  it.each([
    ['sync', '--plan'],
    ['sandbox', 'seed'],
    ['validate', '--config'],
    ['list', '--token-file'],
  ])('%s %s', async (...argv) => {
    for (const name of [pipe, () => '/dev/zero', () => '.', () => '/dev/tty']) {
      const cwd = temporaryFolder();
      // The token file is resolved against the working directory.
      const path = resolve(cwd, name(cwd));
      const { code, stderr } = await runCli([...argv, path], { cwd, env: TOKEN });
      expect([4, 5, 9]).toContain(code);
      expect(stderr).toMatch(/not a (regular )?file|directory|ENXIO|EISDIR|no configuration file|device/);
    }
  });

  it("the sandbox's data file", async () => {
    for (const name of [pipe, () => '/dev/zero', () => '.']) {
      const cwd = temporaryFolder();
      const result = await runCli(['list', `--sandbox=${name(cwd)}`], { cwd });
      expect(result).toMatchObject({
        code: 9,
        stdout: '',
        stderr: expect.stringContaining('not a regular file'),
      });
    }
  });
});

describe('T21 T23: the token', () => {
  const read = (options: { file?: string; stdin?: Readable }) =>
    readToken({
      tokenFile: options.file,
      tokenType: undefined,
      env: {},
      clock: systemClock,
      interrupted: new AbortController().signal,
      stdin: () => options.stdin ?? Readable.from([]),
      platform: process.platform,
      warn: () => undefined,
    });

  it.runIf(isPosix)('T21: is not read from a file that other users can replace', async () => {
    const folder = join(temporaryFolder(), 'open');
    mkdirSync(folder);
    writeFileSync(join(folder, 'token'), 'u+Canary7wQz4kLm9xZ2', { mode: 0o600 });
    chmodSync(folder, 0o777);
    const file = join(folder, 'token');
    await expect(read({ file })).rejects.toThrow('in a world-writable folder');
    // With the sticky bit, only the owner of a file can replace it.
    chmodSync(folder, 0o1777);
    await expect(read({ file })).resolves.toMatchObject({ token: 'u+Canary7wQz4kLm9xZ2' });
    // A second name for the file changes nothing.
    linkSync(file, join(folder, 'again'));
    await expect(read({ file: join(folder, 'again') })).resolves.toMatchObject({ tokenType: 'token' });
  });

  it.runIf(isPosix)(
    'T21: a refused file comes with a way that works where modes cannot be changed',
    async () => {
      const file = join(temporaryFolder(), 'token');
      writeFileSync(file, 'u+Canary7wQz4kLm9xZ2');
      chmodSync(file, 0o444);
      await expect(read({ file })).rejects.toMatchObject({
        hint: expect.stringContaining('--token-file - <'),
      });
      expect(await read({ file: '-', stdin: Readable.from([readFileSync(file)]) })).toMatchObject({
        token: 'u+Canary7wQz4kLm9xZ2',
      });
    },
  );

  it('T23: standard input ends after more than any token', async () => {
    let given = 0;
    const endless = new Readable({
      read() {
        given += 1024;
        this.push('x'.repeat(1024));
      },
    });
    await expect(read({ file: '-', stdin: endless })).rejects.toThrow('far too long');
    expect(given).toBeLessThan(1_000_000);
  });

  it.each([
    ['a byte order mark', '\ufeffCanary7wQz4kLm'],
    ['two lines', 'Canary7wQz4kLm\n\n'],
    ['a space', 'Canary7wQz4kLm \n'],
    ['UTF-16', Buffer.from('Canary7wQz4kLm', 'utf16le')],
    ['invalid UTF-8', Buffer.from([0x43, 0xff, 0xfe, 0x41])],
    ['NUL', 'Canary7wQz\0kLm'],
    ['nothing', ''],
  ])('T23: %s is not a token, whichever way it comes', async (_name, content) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'token'), content, { mode: 0o600 });
    const ways = [
      runCli(['list', '--token-file', join(cwd, 'token')], { secrets: ['Canary7wQz'] }),
      runCli(['list', '--token-file', '-'], { stdin: content.toString('utf8'), secrets: ['Canary7wQz'] }),
    ];
    for (const way of ways) {
      expect(await way).toMatchObject({ code: 5, stdout: '' });
    }
  });
});

describe('T30: a value that is glued to an unknown option', () => {
  it.each([
    ['-tCanary7wQz4kLm'],
    ["--tok'en=Canary7wQz4kLm"],
    ['--token=a\nCanary7wQz4kLm'],
    ['-uname:Canary7wQz4kLm'],
  ])('%j is not repeated', async (option) => {
    for (const argv of [[option], [option, 'list'], ['list', option]]) {
      const { code, stderr } = await runCli(argv, { secrets: ['Canary7wQz4kLm'] });
      expect(stderr).toContain('unknown option');
      expect(code).toBe(3);
    }
  });

  it.each([
    [['u+Canary7wQz4kLm9xZ2']],
    [['list', '--region', 'u+Canary7wQz4kLm9xZ2']],
    [['list', '--concurrency', 'u+Canary7wQz4kLm9xZ2']],
    [['list', '--token-file', 'u+Canary7wQz4kLm9xZ2']],
    [['completion', 'y_NbCanary7wQz4kLm9x']],
  ])('T23: a token in the place of something else is not repeated: %j', async (argv) => {
    const { code, stderr } = await runCli(argv, { secrets: [argv.at(-1) ?? ''] });
    expect([3, 5]).toContain(code);
    expect(stderr).toContain('→');
  });

  it('an attempt at an option for the token names the right way', async () => {
    for (const option of ['--token', '--api-key', '-t']) {
      const { stderr } = await runCli(['list', option, 'Canary7wQz4kLm'], { secrets: ['Canary7wQz4kLm'] });
      expect(stderr).toContain('→ Set PAGERDUTY_TOKEN');
    }
  });

  it('and an honest mistake is still quoted in full', async () => {
    expect((await runCli(['list', '--servce=x'])).stderr).toContain("'--servce' (Did you mean --service?)");
    expect((await runCli(['list', '--nope'])).stderr).toContain("'--nope'");
    expect((await runCli(['list', '-X'])).stderr).toContain("'-X'");
  });

  it('--header-env with the value in the place of a name does not repeat it', async () => {
    const { run } = await project(null);
    const create = [
      'create',
      '--label',
      'Ping',
      '--url',
      'https://hooks.example.com/p',
      '--service',
      'Checkout API',
    ];
    const secret = 'Canary7wQz4kLm';
    const wrong = await run([...create, '--header-env', `Authorization=${secret}`], { secrets: [secret] });
    expect(wrong).toMatchObject({ code: 3, stderr: expect.stringContaining('--header-env') });
    const missing = await run([...create, '--header-env', 'Authorization=MY_TOKEN']);
    expect(missing).toMatchObject({ code: 3, stderr: expect.stringContaining('MY_TOKEN is unset') });
  });
});

describe('T07 T08: a URL on the command line', () => {
  const create = (url: string, ...more: readonly string[]) => [
    ...['create', '--service', 'Checkout API', '--label', 'Ping', '--url', url],
    ...more,
  ];

  it('with a login that is not percent-encoded correctly is accepted like any other', async () => {
    const { run } = await project(null);
    const url = 'https://user:%zzCanary7wQz4kLm%@hooks.example.com/';
    const result = await run(create(url), { secrets: ['%zzCanary7wQz4kLm%'] });
    expect(result).toMatchObject({ code: 0, stderr: expect.stringContaining('Applied 1 change') });
  });

  it.each([
    ['http://hooks.example.com/?sig=Canary7wQz4kLm'],
    ['http://user:Canary7wQz4kLm@hooks.example.com/'],
    ['http://hooks.example.com/', '--header-env', 'X-Team=TEAM'],
    ['http://hooks.example.com/', '--header', 'Authorization: Canary7wQz4kLm'],
  ])('with a secret and http is refused: %s %s', async (url, ...more) => {
    const { run, sandbox } = await project(null);
    const env = { TEAM: 'Canary7wQz4kLm' };
    const result = await run(create(url, ...more), { env, secrets: ['Canary7wQz4kLm'] });
    expect(result).toMatchObject({ code: 3, stderr: expect.stringContaining('unencrypted over http://') });
    expect(sandbox.log().commits).toEqual([]);
  });

  it('without a secret and http gets a warning', async () => {
    const { run } = await project(null);
    const result = await run(create('http://hooks.example.com/'));
    expect(result).toMatchObject({ code: 0, stderr: expect.stringContaining('would be sent unencrypted') });
  });

  it('T28: with a key in its query does not come back from the API', async () => {
    const secret = 'Canary7wQz4kLm';
    const api = frugalPagerDuty([{ id: 'PSVC1', name: 'Checkout API' }]);
    const { url } = await otherServer((asked) =>
      asked.method === 'POST'
        ? { status: 400, json: { error: { code: 2001, message: asked.body } } }
        : api.reply(asked),
    );
    for (const key of ['k', 'code']) {
      const result = await runCli(create(`https://hooks.example.com/?${key}=${secret}`), {
        env: { PAGERDUTY_TOKEN: 'u+Canary7wQz4kLm9xZ2', PAGERDUTY_API_URL: url },
        secrets: [secret],
      });
      expect(result).toMatchObject({ code: 6, stdout: expect.stringContaining(`?${key}=[redacted]`) });
    }
  });
});

describe('T35: a plan file that was edited', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  const base = { kind: 'pdactions-plan', version: 2, digest, account: 'acme' };
  const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

  it.each<[string, string]>([
    ['another digest', JSON.stringify({ ...base, changes: [] })],
    ['no digest', JSON.stringify({ ...base, digest: undefined })],
    ['a digest that is a list', JSON.stringify({ ...base, digest: [digest] })],
    ['an older version', JSON.stringify({ ...base, version: 0 })],
    ['a version that is a string', JSON.stringify({ ...base, version: '1' })],
    ['another kind', JSON.stringify({ ...base, kind: 'terraform-plan' })],
    ['__proto__', `{"__proto__": ${JSON.stringify(base)}}`],
    [
      'changes that cannot be converted to a string',
      JSON.stringify({ ...base, changes: [{ kind: { toString: 1, valueOf: 1 } }] }),
    ],
    [
      'changes of unknown kinds',
      JSON.stringify({ ...base, changes: [null, 1, 'x', [], { after: 1, service: 'x' }] }),
    ],
    [
      'endlessly nested labels',
      `{"kind":"pdactions-plan","version":2,"digest":"${digest}","changes":[{"kind":${deep(100_000)}}]}`,
    ],
    ['changes that are not a list', JSON.stringify({ ...base, changes: { length: 1e9 } })],
    [
      'control characters in a label',
      JSON.stringify({ ...base, changes: [{ kind: '\x1b[2J', after: { label: '\u202e' } }] }),
    ],
    [
      'a delete and an API URL',
      JSON.stringify({
        ...base,
        apiUrl: 'http://evil.example',
        changes: [{ kind: 'delete', id: 'PVENDOR' }],
      }),
    ],
    ['nesting', deep(200_000)],
    ['invalid JSON', '\x1b[2J'],
    ['nothing', ''],
  ])('with %s is refused, and nothing is written', async (_name, text) => {
    const { run, sandbox, folder } = await project();
    writeFileSync(join(folder, 'plan.json'), text);
    const { code, stderr } = await run(['sync', '--plan', 'plan.json', '--yes']);
    expect(stderr).toMatch(/is not a pdactions plan|another version|not the plan that was approved/);
    expect(code).toBe(8);
    expect(sandbox.log().commits).toEqual([]);
  });

  it('of 100 MB is not read', async () => {
    const { run, sandbox, folder } = await project();
    writeFileSync(join(folder, 'plan.json'), '');
    truncateSync(join(folder, 'plan.json'), 100 * 1024 * 1024);
    // In a folder apart, because the scan for secrets reads the working directory.
    const { code, stderr } = await run(['sync', '--plan', join(folder, 'plan.json')], { cwd: withConfig() });
    expect({ code, stderr }).toMatchObject({ code: 9, stderr: expect.stringContaining('larger than 50 MB') });
    expect(sandbox.log().requests).toEqual([]);
  });

  it('holds no secret, and is for its owner alone', async () => {
    const { run, folder } = await project({
      ...CONFIG,
      actions: {
        ...CONFIG.actions,
        'restart-server': {
          ...CONFIG.actions['restart-server'],
          url: 'https://user:${AUTOMATION_TOKEN}@hooks.example.com/${AUTOMATION_TOKEN}?k=${AUTOMATION_TOKEN}',
        },
      },
    });
    // The run scans the files it writes for secrets.
    expect(await run(['plan', '--out', 'plan.json'])).toMatchObject({ code: 0 });
    const text = readFileSync(join(folder, 'plan.json'), 'utf8');
    expect(JSON.parse(text).changes).not.toEqual([]);
    if (isPosix) expect(statSync(join(folder, 'plan.json')).mode & 0o777).toBe(0o600);
  });

  it.runIf(isPosix)('T22: replaces a planted link, whose target stays unchanged', async () => {
    const { run, folder } = await project();
    writeFileSync(join(folder, 'precious'), 'precious', { mode: 0o644 });
    symlinkSync('precious', join(folder, 'plan.json'));
    expect(await run(['plan', '--out', 'plan.json'])).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'precious'), 'utf8')).toBe('precious');
  });
});

function withConfig(): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'pdactions.config.json'), JSON.stringify(CONFIG));
  return cwd;
}
