/** Outputs do not depend on secrets: a run writes the same text whatever the variables of the config hold (T53). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filesIn } from '../helpers/canary.ts';
import { pointedAt, runCli, temporaryFolder, testSandbox } from '../helpers/in-process.ts';
import { runs, sample } from '../helpers/runs.ts';

/** Each place where an action can use a variable, and values that are valid there. */
const WORD = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789-';
const PATH = `${WORD}._~/?#&=%+:@!$'()*,;`;
const QUERY = `${WORD}._~/?#&=%+:@`;
const POSITIONS: Readonly<Record<string, readonly [url: string, header: string, alphabet: string]>> = {
  host: ['https://x${T}.example.com/hook', '', WORD],
  'the middle of a host': ['https://a.x${T}x.example.com/hook', '', WORD],
  path: ['https://h.example.com/a/${T}', '', PATH],
  'the middle of a path': ['https://h.example.com/a/b${T}c/d?e=f', '', PATH],
  query: ['https://h.example.com/a?${T}', '', QUERY],
  parameter: ['https://h.example.com/a?code=${T}&env=prod', '', QUERY],
  'part of a parameter': ['https://h.example.com/a?code=x${T}y', '', QUERY],
  fragment: ['https://h.example.com/a#${T}', '', QUERY],
  login: ['https://${T}@h.example.com/a', '', WORD],
  password: ['https://${T}:${T}@h.example.com/a', '', WORD],
  'a whole address': ['${U}${T}', '', PATH],
  header: ['https://h.example.com/a', '${T}', `${PATH}"<>{}|^`],
  'part of a header': ['https://h.example.com/a', 'Bearer ${T}', `${PATH}"<>{}|^`],
  'several places at once': ['https://${T}.example.com/${T}?${T}=${T}#${T}', 'x${T}', WORD],
};

interface Written {
  readonly results: readonly unknown[];
  readonly files: Readonly<Record<string, string>>;
}

/** Runs every command of a working day with one value of the variable, and collects the outputs. */
async function aDay(url: string, header: string, T: string): Promise<Written> {
  const folder = temporaryFolder();
  const sandbox = await testSandbox();
  const env = {
    ...pointedAt(sandbox),
    T,
    U: 'https://h.example.com/',
    GITHUB_STEP_SUMMARY: join(folder, 'page.md'),
  };
  const neutral = (text: string): string =>
    text
      .replaceAll(folder, 'FOLDER')
      .replaceAll(new URL(sandbox.url).host, 'HOST')
      .replace(/request id \S+/g, 'request id ID')
      .replace(/sha256:[0-9a-f]{64}/g, 'DIGEST');
  writeFileSync(env.GITHUB_STEP_SUMMARY, '');
  const config = (path: string, label = 'Restart') => ({
    account: 'acme',
    actions: {
      a: { label, url: url + path, ...(header === '' ? {} : { headers: { 'X-Secret': header } }) },
      b: { label: 'Other', url: 'https://h.example.com/b' },
    },
    services: { 'Checkout API': ['a', 'b'] },
  });
  const results: unknown[] = [];
  const cli = async (...argv: string[]): Promise<void> => {
    const { code, stdout, stderr } = await runCli([...argv, '--concurrency', '1'], {
      cwd: folder,
      env,
      secrets: [T],
    });
    results.push([argv.join(' '), code, neutral(stdout), neutral(stderr)]);
  };
  const declare = (content: unknown): void =>
    writeFileSync(join(folder, 'pdactions.config.json'), JSON.stringify(content));
  declare(config(''));
  await cli('validate');
  await cli('validate', '--json', '--strict');
  await cli('plan', '--out', 'plan.json');
  await cli('plan', '--format', 'markdown');
  await cli('plan', '--json');
  await cli('sync', '--plan', 'plan.json', '--yes');
  await cli('list');
  await cli('list', '--json');
  await cli('show', 'Restart', '--service', 'Checkout API');
  await cli('plan', '--json');
  declare(config('x', 'Restart it'));
  await cli('plan', '--out', 'next.json');
  await cli('sync', '--yes', '--rotate-secrets', '--json');
  await cli('delete', 'Restart it', '--service', 'Checkout API', '--yes');
  declare({ ...config(''), services: { Nowhere: ['a'], 'Checkout API': ['c'] } });
  await cli('plan');
  await cli('listen', '--no-notes');
  const files = [...filesIn(folder)].map(([path, text]) => [path.slice(folder.length), neutral(text)]);
  return { results, files: Object.fromEntries(files) };
}

const values = (alphabet: string): fc.Arbitrary<[string, string]> =>
  fc.integer({ min: 12, max: 30 }).chain((length) => {
    const one = fc
      .array(fc.constantFrom(...alphabet), { minLength: length, maxLength: length })
      .map((characters) => characters.join('').replace(/^-|-$/g, 'x').replaceAll('%', '%41'.slice(0, 1)));
    return fc.tuple(one, one);
  });

describe('non-interference', () => {
  it.each(sample(Object.entries(POSITIONS)))(
    'T53 writes the same for any value of a variable: %s',
    async (_name, [url, header, alphabet]) => {
      await fc.assert(
        fc.asyncProperty(values(alphabet), async ([one, other]) => {
          expect(await aDay(url, header, other)).toEqual(await aDay(url, header, one));
        }),
        { numRuns: runs(1) },
      );
    },
    120_000,
  );
});

describe('no oracle', () => {
  const TOKEN = 'k8Jq2mX9wP4vT7zR1';

  /** All output for a config that guesses at the token in every way it could be cut. */
  async function guessed(prefix: string, options: { readonly terminal?: boolean } = {}): Promise<string> {
    const folder = temporaryFolder();
    const sandbox = await testSandbox();
    const guesses = [`${prefix}…`, `${prefix}***`, `[redacted]${prefix}[redacted]`, `x${prefix}`];
    const actions = guesses.map((label, index) => [
      `a${index}`,
      {
        label,
        url: `https://h.example.com/${index}/${prefix}…`.replace('…', ''),
        headers: { 'X-S': '${T}' },
      },
    ]);
    const services = { 'Checkout API': ['a0', 'a1', 'a2'], 'web-frontend': ['a3'] };
    const config = { actions: Object.fromEntries(actions), services };
    writeFileSync(join(folder, 'pdactions.config.json'), JSON.stringify(config));
    const env = { ...pointedAt(sandbox), T: TOKEN };
    const all: string[] = [];
    for (const argv of [
      ['plan'],
      ['plan', '--json'],
      ['plan', '--format', 'markdown'],
      ['sync', '--yes'],
      ['list'],
      ['list', '--json'],
    ]) {
      // Widths that cut a label at different places.
      for (const columns of options.terminal && argv[0] === 'list' ? [48, 52, 56, 60, 64] : [100]) {
        const result = await runCli([...argv, '--concurrency', '1'], {
          cwd: folder,
          env,
          columns,
          ...options,
        });
        all.push(result.stdout, result.stderr.replaceAll(folder, ''));
      }
    }
    return all.join('\n');
  }

  it.each([
    ['in pipes', false],
    ['on terminals of any width', true],
  ])('T54 a correct guess of half a secret looks like a wrong one, %s', async (_name, terminal) => {
    for (const length of sample([4, 8, TOKEN.length - 1])) {
      const right = TOKEN.slice(0, length);
      const wrong = `${TOKEN.slice(0, length - 1)}_`;
      const neutral = (text: string): string => text.replaceAll(/sha256:\w{64}/g, 'DIGEST');
      // A URL that is cut in the middle ends in the end of the guess.
      const without = (text: string, guess: string): string =>
        text.replaceAll(guess, 'GUESS').replaceAll(guess.slice(-4), 'TAIL');
      const shown = neutral(await guessed(right, { terminal }));
      expect(without(shown, right)).toBe(without(neutral(await guessed(wrong, { terminal })), wrong));
      expect(shown).toContain(`${right}…`);
    }
  });
});
