import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ConfigResult } from '../../src/config/config.ts';
import { isPlanted, readConfigFile } from '../../src/config/find/read-file.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { directory, load, loadYaml, problemsOf, repository, warningsOf, withAction } from './world.ts';

const GOOD = withAction({});
const NAME = 'pdactions.config.json';
const POSIX = process.platform !== 'win32';
const ROOT = process.getuid?.() === 0;

/** Loads the configuration of a working directory. */
async function at(
  cwd: string,
  options: { explicit?: string; home?: string } = {},
): Promise<ConfigResult | null> {
  return loadConfig({ cwd, env: {}, ...options });
}

function fileOf(result: ConfigResult | null): string | undefined {
  return result?.ok ? result.config.file : undefined;
}

describe('encodings', () => {
  const crlf = JSON.stringify(JSON.parse(GOOD), null, 2).replaceAll('\n', '\r\n');

  it.each([
    ['a byte order mark', `\ufeff${GOOD}`],
    ['CR LF', crlf],
    ['both', `\ufeff${crlf}`],
  ])('T17 takes %s', async (_name, text) => {
    expect((await load(text)).ok).toBe(true);
    expect((await loadYaml(text)).ok).toBe(true);
  });

  it('T17 counts positions like an editor, with a byte order mark and CR LF', async () => {
    const result = await load(`\ufeff${crlf}`.replace('"url"', '"urk"'));
    expect(problemsOf(result)).toEqual(['5:7 actions.a.urk: unknown key "urk"']);
  });

  it.each([
    ['UTF-16 LE', Buffer.from(`\ufeff${GOOD}`, 'utf16le')],
    ['UTF-16 BE', Buffer.from(`\ufeff${GOOD}`, 'utf16le').swap16()],
    ['UTF-16 without a mark', Buffer.from(GOOD, 'utf16le')],
    ['Latin-1', Buffer.from(GOOD.replace('Restart', 'Überprüfe'), 'latin1')],
    ['NUL', Buffer.from(GOOD.replace('Restart', 'Re\u0000start'))],
    [
      'a surrogate as UTF-8',
      Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
    ],
  ])('T17 refuses %s', async (_name, bytes) => {
    for (const name of [NAME, 'pdactions.config.yaml']) {
      expect(problemsOf(await at(repository({ [name]: bytes })))).toEqual(['- the file is not UTF-8 text']);
    }
  });
});

describe('kinds of files', () => {
  it('T20 follows a symbolic link, and shows its target', async () => {
    const root = repository({ 'shared/real.json': GOOD });
    symlinkSync(join(root, 'shared/real.json'), join(root, NAME));
    expect(fileOf(await at(root))).toBe('shared/real.json');
  });

  it.runIf(POSIX)('T20 refuses a pipe without waiting for it', async () => {
    const root = repository();
    execFileSync('mkfifo', [join(root, NAME), join(root, 'package.json')]);
    const message = '- this is a pipe, a socket or a device, not a file';
    expect(problemsOf(await at(root))).toEqual([message]);
    expect(problemsOf(await at(root, { explicit: NAME }))).toEqual([message]);
    rmSync(join(root, NAME));
    expect(await at(root)).toBeNull();
    writeFileSync(join(root, '.pdactionsrc'), GOOD);
    expect(fileOf(await at(root))).toBe('.pdactionsrc');
  });

  it.runIf(POSIX)('T20 refuses a device without reading it', async () => {
    const root = repository();
    symlinkSync('/dev/zero', join(root, NAME));
    expect(problemsOf(await at(root))).toEqual(['- this is a pipe, a socket or a device, not a file']);
    expect(problemsOf(await at(root, { explicit: NAME }))).toHaveLength(1);
  });

  it('T20 refuses a directory, a link to nothing and a link to itself', async () => {
    const root = repository();
    mkdirSync(join(root, NAME));
    expect(problemsOf(await at(root))).toEqual(['- this is a directory, not a file']);
    rmSync(join(root, NAME), { recursive: true });
    symlinkSync(join(root, 'gone.json'), join(root, NAME));
    expect(problemsOf(await at(root))).toEqual(['- the file does not exist']);
    rmSync(join(root, NAME));
    symlinkSync(join(root, NAME), join(root, NAME));
    expect(problemsOf(await at(root))).toEqual(['- the symbolic link points back to itself']);
  });

  it.runIf(POSIX && !ROOT)(
    'T20 refuses a file that cannot be read, instead of using another one',
    async () => {
      const root = repository({ [NAME]: GOOD, '.pdactionsrc': GOOD });
      chmodSync(join(root, NAME), 0);
      expect(problemsOf(await at(root))).toEqual(['- the file cannot be read: permission denied']);
    },
  );

  it.each([
    [NAME, ''],
    [NAME, ' \n'],
    ['pdactions.config.yaml', ''],
    ['pdactions.config.yaml', '# later\n'],
    ['pdactions.config.yaml', '---\n'],
    ['.pdactionsrc', '\n'],
  ])('T20 refuses %s with the text %j: it does not mean an empty config', async (name, text) => {
    expect(problemsOf(await load(text, {}, name))).toEqual(['1:1 the file is empty']);
  });

  it('T20 refuses {} with the missing keys', async () => {
    expect(problemsOf(await load('{}'))).toEqual([
      '1:1 actions: "actions" is missing',
      '1:1 services: "services" is missing',
    ]);
  });

  it('T20 reports that the file is gone', async () => {
    expect(problemsOf(await at(repository(), { explicit: 'nowhere.json' }))).toEqual([
      '- the file does not exist',
    ]);
    expect(problemsOf(await at(repository({ a: '' }), { explicit: 'a/b.json' }))).toEqual([
      '- the file does not exist',
    ]);
  });

  it('T13 refuses more than 1 MB before it is parsed', async () => {
    const result = await load(`${' '.repeat(1_000_000)}${GOOD}`);
    expect(problemsOf(result)).toEqual(['- the file is larger than 1 MB']);
  });

  it.runIf(existsSync('/proc/kallsyms'))(
    'T13 limits the read of a file that claims to be empty',
    async () => {
      expect(await readConfigFile('/proc/kallsyms', undefined)).toMatchObject({ ok: false });
    },
  );
});

describe('code', () => {
  const code = (marker: string) =>
    `require('node:fs').writeFileSync(${JSON.stringify(marker)}, ''); module.exports = ${GOOD};`;

  it.each([
    'pdactions.config.ts',
    'pdactions.config.js',
    'pdactions.config.cjs',
    'pdactions.config.mjs',
    '.pdactionsrc.js',
  ])('T33 never loads %s, neither found nor named', async (name) => {
    const root = repository();
    writeFileSync(join(root, name), code(join(root, 'marker')));
    const refused = [expect.stringContaining('code is never loaded as configuration')];
    expect(problemsOf(await at(root))).toEqual(refused);
    expect(problemsOf(await at(root, { explicit: name }))).toEqual(refused);
    writeFileSync(join(root, NAME), GOOD);
    const result = await at(root);
    expect(fileOf(result)).toBe(NAME);
    expect(warningsOf(result)).toEqual(refused);
    expect(existsSync(join(root, 'marker'))).toBe(false);
  });

  it('reads no other file for cosmiconfig, whatever the document imports', async () => {
    const root = repository({ [NAME]: JSON.stringify({ $import: './other.json' }), 'other.json': GOOD });
    expect(problemsOf(await at(root))).toContain('1:2 $import: unknown key "$import"');
  });

  it.each(['a.toml', 'a.json5', 'a.jsonc', 'a.txt'])('refuses %s by its name', async (name) => {
    expect(problemsOf(await at(repository({ [name]: GOOD }), { explicit: name }))).toHaveLength(1);
  });
});

describe('the search', () => {
  it.each([
    NAME,
    'pdactions.config.yaml',
    'pdactions.config.yml',
    '.pdactionsrc',
    '.pdactionsrc.json',
    '.pdactionsrc.yaml',
    '.pdactionsrc.yml',
  ])('finds %s', async (name) => {
    expect(fileOf(await at(repository({ [name]: GOOD })))).toBe(name);
  });

  it('finds the property of package.json, with its positions there', async () => {
    const text = `{\n  "name": "pdactions",\n  "pdactions": ${GOOD}\n}`;
    expect(fileOf(await at(repository({ 'package.json': text })))).toBe('package.json');
    const broken = text.replace('"url"', '"urk"');
    const line = broken.split('\n')[2] ?? '';
    expect(problemsOf(await at(repository({ 'package.json': broken })))).toContain(
      `3:${line.indexOf('"urk"') + 1} pdactions.actions.a.urk: unknown key "urk"`,
    );
    expect(
      await at(repository({ 'package.json': '{"name":"pdactions","bin":{"pdactions":"x"}}' })),
    ).toBeNull();
    expect(await at(repository({ 'package.json': 'not json' }))).toBeNull();
    const named = await at(repository({ 'package.json': '{}' }), { explicit: 'package.json' });
    expect(problemsOf(named)).toEqual(['1:1 pdactions: this package.json has no "pdactions" key']);
  });

  it('goes up to the root of the repository, the nearest first', async () => {
    const root = repository({ [NAME]: GOOD, 'a/b/c/x': '', 'a/.pdactionsrc': GOOD });
    expect(fileOf(await at(join(root, 'a/b/c')))).toBe('../../.pdactionsrc');
    rmSync(join(root, 'a/.pdactionsrc'));
    expect(fileOf(await at(join(root, 'a/b/c')))).toBe('../../../pdactions.config.json');
  });

  it('T34 does not look above the root of the repository', async () => {
    const outer = directory({
      [NAME]: GOOD,
      'repo/.git/HEAD': '',
      'repo/a/x': '',
      'worktree/.git': 'gitdir: x',
    });
    expect(await at(join(outer, 'repo/a'))).toBeNull();
    expect(await at(join(outer, 'worktree'))).toBeNull();
  });

  it('T34 does not look above the home directory, and outside both only in the current one', async () => {
    const outer = directory({ [NAME]: GOOD, 'home/ops/deep/x': '' });
    const home = join(outer, 'home');
    expect(await at(join(home, 'ops/deep'), { home })).toBeNull();
    writeFileSync(join(home, '.pdactionsrc'), GOOD);
    expect(fileOf(await at(join(home, 'ops/deep'), { home }))).toBe('../../.pdactionsrc');
    expect(await at(join(home, 'ops/deep'))).toBeNull();
    expect(fileOf(await at(outer, { home }))).toBe(NAME);
  });

  it.each([
    ['another user, sticky directory', 1001, 0o41777, 1000, true],
    ['another user, world-writable directory', 1001, 0o40777, 1000, true],
    ['another user, directory of one group', 1001, 0o40775, 1000, false],
    ['the same user', 1000, 0o41777, 1000, false],
    ['root', 0, 0o41777, 1000, false],
    ['root reads what a user put there', 1000, 0o41777, 0, true],
  ])('T34 checks the owner: %s', (_name, owner, mode, uid, planted) => {
    expect(isPlanted(owner, mode, uid)).toBe(planted);
  });

  it.runIf(POSIX && ROOT)('T34 refuses a file of another user in a shared directory', async () => {
    const root = repository({ [NAME]: GOOD, 'work/x': '' });
    chownSync(join(root, NAME), 12_345, 12_345);
    expect(fileOf(await at(join(root, 'work')))).toBe('../pdactions.config.json');
    chmodSync(root, 0o1777);
    const message = '- this file belongs to another user and is in a world-writable directory';
    expect(problemsOf(await at(join(root, 'work')))).toEqual([message]);
  });

  it.runIf(POSIX)('T34 compares with the given user', async () => {
    const root = repository({ [NAME]: GOOD });
    chmodSync(root, 0o1777);
    const uid = ROOT ? 0 : 4_242_424;
    const result = await loadConfig({ cwd: root, env: {}, uid });
    expect(result?.ok).toBe(ROOT);
  });

  it('warns of a second file, and uses the first', async () => {
    const result = await at(repository({ '.pdactionsrc': '{}', [NAME]: GOOD }));
    expect(fileOf(result)).toBe(NAME);
    expect(warningsOf(result)).toEqual(['- this file is ignored: another config file takes precedence']);
    expect(result?.warnings[0]?.file).toBe('.pdactionsrc');
  });

  it('is null if there is no file', async () => {
    expect(await at(repository())).toBeNull();
  });
});
