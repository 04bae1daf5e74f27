import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConfigResult } from '../../src/config/config.ts';
import { type LoadOptions, loadConfig } from '../../src/config/load-config.ts';
import type { Problem } from '../../src/errors.ts';
import { runs } from '../helpers/runs.ts';
import { CANARY, directory, repository } from './world.ts';

const URL = 'https://hooks.example.com/';

/** A file as indented text, so that each part has a line of its own. */
function file(content: object): string {
  return JSON.stringify(content, null, 2);
}

function action(label: string, more: object = {}): object {
  return { label, url: URL, ...more };
}

/** A whole configuration with one action of its own on one service. */
function whole(key: string, service: string, more: object = {}): string {
  return file({ actions: { [key]: action(`Label of ${key}`) }, services: { [service]: [key] }, ...more });
}

async function load(
  cwd: string,
  explicit: readonly string[] = [],
  more: Partial<LoadOptions> = {},
): Promise<ConfigResult> {
  const result = await loadConfig({ cwd, env: {}, explicit, ...more });
  if (result === null) throw new Error('no configuration was found');
  return result;
}

/** Problems as `file:line path: message`. */
function told(problems: readonly Problem[]): string[] {
  return problems.map(({ file: name, line, path, message }) =>
    [name, line === undefined ? '' : `:${line}`, path === '' ? '' : ` ${path}`, `: ${message}`].join(''),
  );
}

function problems(result: ConfigResult): string[] {
  return result.ok ? [] : told(result.problems);
}

function keys(result: ConfigResult): string[] {
  return result.ok ? [...result.config.actions.keys()] : problems(result);
}

describe('several files', () => {
  it('are one declaration', async () => {
    const cwd = repository({
      'payments.json': whole('restart', 'Checkout API', { account: 'acme', region: 'eu' }),
      'web.yaml':
        'actions:\n  purge: { label: Purge, url: "https://h.example.com/" }\nservices:\n  web-*: [purge]\n',
    });
    const result = await load(cwd, ['payments.json', 'web.yaml']);
    expect(problems(result)).toEqual([]);
    expect(result.warnings).toEqual([]);
    expect(result.ok && result.config).toMatchObject({
      file: 'payments.json',
      files: [
        { file: 'payments.json', role: 'config', actions: 1, selections: 1 },
        { file: 'web.yaml', role: 'config', actions: 1, selections: 1 },
      ],
      account: 'acme',
      region: 'eu',
      selections: [
        { selector: { text: 'Checkout API' }, place: { file: 'payments.json' } },
        { selector: { text: 'web-*' }, place: { file: 'web.yaml', line: 4 } },
      ],
    });
    expect(keys(result)).toEqual(['restart', 'purge']);
  });

  it('are read once, however often they are named', async () => {
    const cwd = repository({ 'a.json': whole('a', 'A') });
    symlinkSync('a.json', join(cwd, 'b.json'));
    const result = await load(cwd, ['a.json', './a.json', 'b.json']);
    expect(result).toMatchObject({ ok: true, config: { files: [{ file: 'a.json' }] } });
  });

  it('share no actions unless both extend them', async () => {
    const cwd = repository({
      'a.json': whole('a', 'A'),
      'b.json': whole('b', 'B', { services: { B: ['a'] } }),
    });
    expect(problems(await load(cwd, ['a.json', 'b.json']))).toEqual([
      'b.json:10 services.B[0]: unknown action "a"',
    ]);
  });

  it('cannot define the same action, not even with the same words', async () => {
    const cwd = repository({ 'a.json': whole('a', 'A'), 'b.json': whole('a', 'B') });
    const result = await load(cwd, ['a.json', 'b.json']);
    expect(problems(result)).toEqual(['b.json:3 actions.a: "a" is already defined at a.json:3']);
  });

  it.each([
    ['account', 'acme', 'umbrella'],
    ['region', 'us', 'eu'],
  ])('must agree about the %s', async (key, one, other) => {
    const cwd = repository({
      'a.json': whole('a', 'A', { [key]: one }),
      'b.json': whole('b', 'B'),
      'c.json': whole('c', 'C', { [key]: other }),
      'd.json': whole('d', 'D', { [key]: one }),
    });
    expect(problems(await load(cwd, ['a.json', 'b.json', 'c.json', 'd.json']))).toEqual([
      `c.json:13 ${key}: this is "${other}", but a.json:13 has "${one}"`,
    ]);
    expect(await load(cwd, ['b.json', 'd.json'])).toMatchObject({ ok: true, config: { [key]: one } });
  });

  it('have problems of their own, all of them reported at once', async () => {
    const cwd = repository({
      'a.json': whole('a', 'A', { acount: 'acme' }),
      'b.yaml': 'actions:\n  b: { label: B, url: "http://h.example.com/" }\nservices:\n  B: [b, x]\n',
    });
    expect(problems(await load(cwd, ['a.json', 'b.yaml', 'gone.json', 'x.ts']))).toEqual([
      'gone.json: the file does not exist',
      'x.ts: code is never loaded as configuration: a pull request could run it with your token',
    ]);
    expect(problems(await load(cwd, ['a.json', 'b.yaml']))).toEqual([
      'a.json:13 acount: unknown key "acount"',
      'b.yaml:2 actions.b.url: the URL uses http://: incidents would be sent unencrypted',
      'b.yaml:4 services.B[1]: unknown action "x"',
    ]);
  });

  it('must not have different labels that look the same', async () => {
    const of = (label: string, key: string) =>
      file({ actions: { [key]: action(label) }, services: { [key]: [key] } });
    const cwd = repository({ 'a.json': of('Caf\u00e9', 'a'), 'b.json': of('Cafe\u0301', 'b') });
    const [problem] = problems(await load(cwd, ['a.json', 'b.json']));
    expect(problem).toMatch(
      /^b\.json:3 actions\.b\.label: this label looks the same as the one of "a" \(a\.json:3\)/,
    );
  });

  it('keep the prune settings of each', async () => {
    const cwd = repository({
      'a.json': whole('a', 'A', { prune: true }),
      'b.json': whole('b', 'B', { prune: false }),
      'c.json': whole('c', 'C'),
    });
    const result = await load(cwd, ['a.json', 'b.json', 'c.json']);
    expect(result.ok && result.config.prune).toBe(false);
    expect(result.ok && result.config.selections.map(({ filePrune }) => filePrune)).toEqual([
      true,
      false,
      undefined,
    ]);
    expect(await load(cwd, ['a.json'])).toMatchObject({ config: { prune: true } });
  });

  it('keep all their secrets', async () => {
    const secret = (name: string) => ({ headers: { Authorization: `\${${name}}` } });
    const of = (key: string, name: string) =>
      file({ actions: { [key]: action(key, secret(name)) }, services: { [key]: [key] } });
    const cwd = repository({ 'a.json': of('a', 'ONE'), 'b.json': of('b', 'TWO') });
    const env = { ONE: CANARY, TWO: `${CANARY}-2` };
    const result = await load(cwd, ['a.json', 'b.json'], { env });
    expect(result.ok && result.config.secrets.toSorted()).toEqual([CANARY, `${CANARY}-2`]);
  });
});

describe('extends', () => {
  const BASE = file({ actions: { restart: action('Restart'), page: action('Page') } });

  it('brings the actions of a base, all of them optional', async () => {
    const cwd = repository({
      'shared/base.json': file({
        account: 'acme',
        actions: { restart: action('Restart'), page: action('Page') },
      }),
      'pdactions.config.json': file({ extends: 'shared/base.json', services: { A: ['restart'] } }),
    });
    const result = await load(cwd);
    expect(problems(result)).toEqual([]);
    expect(result.warnings).toEqual([]);
    expect(result.ok && result.config).toMatchObject({
      account: 'acme',
      files: [
        { file: 'pdactions.config.json', role: 'config', actions: 0, selections: 1 },
        { file: 'shared/base.json', role: 'base', actions: 2, selections: 0 },
      ],
      selections: [{ actionKeys: ['restart'] }],
    });
    expect(result.ok && result.config.actions.get('page')?.place).toEqual({
      file: 'shared/base.json',
      line: 8,
      column: 5,
    });
  });

  it('is read from the file, not from the working directory; a base can extend another', async () => {
    const cwd = repository({
      'teams/a/pdactions.yaml': 'extends: [../../shared/one.json]\nservices:\n  A: [one, two]\n',
      'shared/one.json': file({ extends: 'deep/two.yaml', actions: { one: action('One') } }),
      'shared/deep/two.yaml': 'actions:\n  two: { label: Two, url: "https://h.example.com/" }\n',
    });
    expect(keys(await load(cwd, ['teams/a/pdactions.yaml']))).toEqual(['two', 'one']);
    const below = join(cwd, 'teams/a');
    expect(keys(await load(below, ['pdactions.yaml']))).toEqual(['two', 'one']);
  });

  it('shares one base between several files, each with its own services', async () => {
    const of = (service: string) => file({ extends: './base.json', services: { [service]: ['restart'] } });
    const cwd = repository({ 'base.json': BASE, 'a.json': of('A'), 'b.json': of('B') });
    const result = await load(cwd, ['a.json', 'b.json']);
    expect(keys(result)).toEqual(['restart', 'page']);
    expect(result.warnings).toEqual([]);
    expect(result.ok && result.config.files.map(({ file: name }) => name)).toEqual([
      'a.json',
      'b.json',
      'base.json',
    ]);
  });

  it('takes a property of package.json at either end', async () => {
    const cwd = repository({
      'package.json': file({ pdactions: { extends: 'base/package.json', services: { A: ['restart'] } } }),
      'base/package.json': file({ pdactions: JSON.parse(BASE) }),
    });
    expect(keys(await load(cwd))).toEqual(['restart', 'page']);
    writeFileSync(join(cwd, 'base/package.json'), '{}');
    expect(problems(await load(cwd))).toEqual([
      'base/package.json:1 pdactions: this package.json has no "pdactions" key',
    ]);
  });

  it('never replaces a definition: both positions are named', async () => {
    const cwd = repository({
      'base.json': BASE,
      'middle.json': file({ extends: 'base.json', actions: {} }),
      'pdactions.config.json': whole('restart', 'A', { extends: 'middle.json' }),
    });
    expect(problems(await load(cwd))).toEqual([
      'pdactions.config.json:3 actions.restart: this file extends one that already defines "restart", at base.json:3',
    ]);
  });

  it('keeps problems with the file that they are in', async () => {
    const cwd = repository({
      'base.json': file({ actions: { restart: action('Restart', { lable: 'x', url: '${GONE}' }) } }),
      'pdactions.config.json': file({ extends: 'base.json', services: { A: ['restart', 'x'] } }),
    });
    expect(problems(await load(cwd))).toEqual([
      'pdactions.config.json:6 services.A[1]: unknown action "x"',
      'base.json:5 actions.restart.url: the environment variable GONE is not set',
      'base.json:6 actions.restart.lable: unknown key "lable"',
    ]);
  });

  it('does not blame a file for the actions of a broken base', async () => {
    const cwd = repository({
      'base.json': '{ "actions": ',
      'pdactions.config.json': file({ extends: ['base.json'], services: { A: ['restart'] } }),
    });
    expect(problems(await load(cwd))).toEqual(['base.json:1: unexpected end of file: expected a value']);
  });

  it.each([
    ['a file without actions', {}, 'pdactions.config.json:1 actions: "actions" is missing'],
    [
      'an empty list of files',
      { extends: [], services: {} },
      'pdactions.config.json:3 extends: this is not a valid list of files',
    ],
    [
      'the same file twice',
      { extends: ['base.json', 'base.json'], services: {} },
      'pdactions.config.json:3 extends: this is not a valid list of files',
    ],
    [
      'something other than a path',
      { extends: 5, services: {} },
      'pdactions.config.json:3 extends: this must be a path, or a list of paths, but it is a number',
    ],
  ])('refuses %s', async (_title, content, expected) => {
    const cwd = repository({
      'base.json': BASE,
      'pdactions.config.json': file({ services: {}, ...content }),
    });
    expect(problems(await load(cwd))).toEqual([expected]);
  });

  it('refuses a base without actions, and one that selects services', async () => {
    const of = (name: string) => file({ extends: name, services: {} });
    const cwd = repository({
      'empty.json': '{}',
      'whole.json': whole('restart', 'A'),
      'pruning.json': file({ actions: {}, prune: false }),
      'a.json': of('empty.json'),
      'b.json': of('whole.json'),
      'c.json': of('pruning.json'),
    });
    expect(problems(await load(cwd, ['a.json']))).toEqual(['empty.json:1 actions: "actions" is missing']);
    expect(problems(await load(cwd, ['b.json']))).toEqual([
      'b.json:2 extends: whole.json has "services", so it cannot be extended',
    ]);
    expect(problems(await load(cwd, ['c.json']))).toEqual([
      'c.json:2 extends: pruning.json has "prune", so it cannot be extended',
    ]);
    expect(problems(await load(cwd, ['b.json', 'whole.json']))).toEqual([
      'b.json:2 extends: whole.json is already loaded as a configuration of its own',
    ]);
  });
});

describe('extends, and which files it may read', () => {
  const of = (target: unknown): string => file({ extends: target, services: {} });
  const outside = (line = 2) => [
    `pdactions.config.json:${line} extends: this path leads outside the repository`,
  ];

  it.each(['../base.json', 'a/../../base.json', '../../../../../../etc/passwd'])(
    'refuses %s',
    async (target) => {
      const parent = directory({
        'base.json': file({ actions: {} }),
        'inner/pdactions.config.json': of(target),
      });
      const cwd = join(parent, 'inner');
      mkdirSync(join(cwd, '.git'));
      expect(problems(await load(cwd))).toEqual(outside());
    },
  );

  it('refuses an absolute path and a URL', async () => {
    const cwd = repository({ 'base.json': file({ actions: {} }) });
    writeFileSync(join(cwd, 'pdactions.config.json'), of(join(cwd, 'base.json')));
    expect(problems(await load(cwd))).toEqual([
      'pdactions.config.json:2 extends: an absolute path works on one machine only',
    ]);
    for (const address of ['https://evil.example/base.json', 'file:///etc/passwd', 'npm:base']) {
      writeFileSync(join(cwd, 'pdactions.config.json'), of(address));
      expect(problems(await load(cwd))).toEqual([
        'pdactions.config.json:2 extends: this is a URL; only files in the repository can be extended',
      ]);
    }
  });

  it('refuses a symbolic link that leads out, and follows one that stays inside', async () => {
    const elsewhere = directory({ 'base.json': file({ actions: {} }) });
    const cwd = repository({
      'real/base.json': file({ actions: {} }),
      'pdactions.config.json': of('link.json'),
    });
    symlinkSync(join(elsewhere, 'base.json'), join(cwd, 'link.json'));
    expect(problems(await load(cwd))).toEqual(outside());
    writeFileSync(join(cwd, 'pdactions.config.json'), of('other.json'));
    symlinkSync(join(cwd, 'real/base.json'), join(cwd, 'other.json'));
    expect(problems(await load(cwd))).toEqual([]);
  });

  it('stays in the directory if there is no repository', async () => {
    const parent = directory({
      'base.json': file({ actions: {} }),
      'inner/pdactions.config.json': of('../base.json'),
      'inner/deep/base.json': file({ actions: {} }),
    });
    const cwd = join(parent, 'inner');
    expect(problems(await load(cwd))).toEqual(outside());
    writeFileSync(join(cwd, 'pdactions.config.json'), of('deep/base.json'));
    expect(problems(await load(cwd))).toEqual([]);
    // The search stops at the home directory, so a repository around it does not count.
    mkdirSync(join(parent, '.git'));
    writeFileSync(join(cwd, 'pdactions.config.json'), of('../base.json'));
    expect(problems(await load(cwd, [], { home: cwd }))).toEqual(outside());
    expect(problems(await load(cwd))).toEqual([]);
  });

  it.each([
    ['base.ts', 'code is never loaded as configuration: a pull request could run it with your token'],
    ['base.toml', 'unsupported file type `.toml`'],
    ['gone.json', 'gone.json: the file does not exist'],
    ['folder', 'folder: this is a directory, not a file'],
    ['latin.json', 'latin.json: the file is not UTF-8 text'],
    ['\u0000.json', expect.stringContaining('the file cannot be read')],
  ])('T20, T33 refuses %j as any other file', async (target, message) => {
    const cwd = repository({
      'base.ts': '',
      'base.toml': '',
      'folder/x': '',
      'latin.json': Buffer.from('"Ü"', 'latin1'),
      'pdactions.config.json': of(target),
    });
    const result = await load(cwd);
    expect(result.ok ? [] : result.problems).toMatchObject([{ line: 2, path: 'extends', message }]);
  });

  it('refuses circles of every length', async () => {
    const cwd = repository({
      'pdactions.config.json': file({ extends: 'pdactions.config.json', services: {} }),
      'a.json': file({ extends: 'b.json', services: {} }),
      'b.json': file({ extends: 'c.json' }),
      'c.json': file({ extends: 'b.json' }),
    });
    expect(problems(await load(cwd))).toEqual([
      'pdactions.config.json:2 extends: pdactions.config.json extends this file, directly or indirectly',
    ]);
    expect(problems(await load(cwd, ['a.json']))).toEqual([
      'c.json:2 extends: b.json extends this file, directly or indirectly',
    ]);
  });

  it('follows five bases in a row', async () => {
    const chain = (length: number) => ({
      'pdactions.config.json': file({ extends: '1.json', services: {} }),
      ...Object.fromEntries(
        Array.from({ length }, (_, index) => {
          const next = index + 1 < length ? { extends: `${index + 2}.json` } : {};
          return [`${index + 1}.json`, file({ ...next, actions: { [`a${index}`]: action(`A${index}`) } })];
        }),
      ),
    });
    expect(keys(await load(repository(chain(5))))).toHaveLength(5);
    expect(problems(await load(repository(chain(6))))).toEqual([
      '5.json:2 extends: `extends` is nested more than 5 levels deep',
    ]);
  });

  it('T13 reads no more than a hundred files, and ten for each', async () => {
    const many = (depth: number, name: string): Record<string, string> => {
      const names = Array.from({ length: 10 }, (_, index) => `${name}-${index}`);
      return {
        [`${name}.json`]: file({
          actions: {},
          ...(depth > 0 ? { extends: names.map((each) => `${each}.json`) } : {}),
        }),
        ...(depth > 0 ? Object.assign({}, ...names.map((each) => many(depth - 1, each))) : {}),
      };
    };
    const cwd = repository({ ...many(2, 'base'), 'pdactions.config.json': of('base.json') });
    const result = await load(cwd);
    const full = problems(result).filter((line) => line.includes('consists of more than 100 files'));
    expect(full).toHaveLength(2);
    writeFileSync(
      join(cwd, 'pdactions.config.json'),
      of(Array.from({ length: 10_000 }, (_, index) => `gone-${index}.json`)),
    );
    expect(problems(await load(cwd)).length).toBeLessThan(12);
  });
});

it('gives the same result, however the actions of one declaration are split into files', async () => {
  const spread = fc.array(
    fc.record({
      to: fc.constantFrom('base', 'a', 'b'),
      services: fc.subarray(['S', 'T', 'U'], { minLength: 1 }),
    }),
    { minLength: 1, maxLength: 9 },
  );
  await fc.assert(
    fc.asyncProperty(spread, async (items) => {
      const contents = { base: {}, a: {}, b: {} } as Record<string, Record<string, object>>;
      for (const [index, { to }] of items.entries()) contents[to]![`k${index}`] = action(`L${index}`);
      const uses = (name: string) =>
        Object.fromEntries(
          items.flatMap(({ to, services }, index) =>
            to === name ? services.map((service) => [`${service}-${index}`, [`k${index}`]]) : [],
          ),
        );
      const cwd = repository({
        'base.json': file({ actions: contents.base }),
        // The first file uses the actions of the base.
        'a.json': file({
          extends: 'base.json',
          actions: contents.a,
          services: { ...uses('a'), ...uses('base') },
        }),
        'b.json': file({ actions: contents.b, services: uses('b') }),
        'all.json': file({
          actions: Object.assign({}, ...Object.values(contents)),
          services: { ...uses('a'), ...uses('b'), ...uses('base') },
        }),
      });
      const [parts, one] = [await load(cwd, ['a.json', 'b.json']), await load(cwd, ['all.json'])];
      expect(meaning(parts)).toEqual(meaning(one));
    }),
    { seed: 5, numRuns: runs(25) },
  );
});

/** The meaning of a configuration, without positions and order. */
function meaning(result: ConfigResult) {
  if (!result.ok) return problems(result);
  return {
    actions: [...result.config.actions.values()].map(({ place: _, ...rest }) => JSON.stringify(rest)).sort(),
    selections: result.config.selections
      .map(({ selector, actionKeys }) => [selector.text, actionKeys].join())
      .sort(),
    warnings: result.warnings,
  };
}
