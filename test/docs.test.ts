import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pointedAt, runCli, testSandbox } from './helpers/in-process.ts';
import { shellWords } from './helpers/shell-words.ts';

const ROOT = resolve(import.meta.dirname, '..');
const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md']
  .concat(readdirSync(join(ROOT, 'docs')).map((file) => `docs/${file}`))
  .concat(readdirSync(join(ROOT, 'examples'), { recursive: true }).map((file) => `examples/${file}`))
  .filter((file) => file.endsWith('.md') && existsSync(join(ROOT, file)));
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

describe('the documentation', () => {
  it.each(pages)('%s links to existing files and headings', (page) => {
    const text = read(page).replace(/```[\s\S]*?```/g, '');
    const targets = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
    for (const [, path = '', anchor] of targets) {
      const file = path === '' ? page : join(dirname(page), path);
      expect(existsSync(join(ROOT, file)), `${page} links to ${file}`).toBe(true);
      if (anchor === undefined) continue;
      const anchors = [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
        title
          .toLowerCase()
          .replace(/[^\p{L}\p{N}\s_-]/gu, '')
          .replace(/\s/g, '-'),
      );
      anchors.push(...[...read(file).matchAll(/<a id="([^"]+)"/g)].map(([, id = '']) => id));
      expect(anchors, `${page} links to ${file}#${anchor}`).toContain(anchor);
    }
  });

  it('the reference names every command, exit code and variable of the help, and no other command', async () => {
    const { stdout } = await runCli(['--help']);
    const { stdout: options } = await runCli(['help', 'options']);
    const reference = read('docs/reference.md');
    const [choice = ''] = stdout.split('\nOptions:');
    const commands = [...choice.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name]) => name);
    const listed = [...reference.matchAll(/^\| \[`pdactions ([a-z]+)`\]/gm)].map(([, name]) => name);
    expect(listed.toSorted()).toEqual(commands.toSorted());
    expect(commands.length).toBeGreaterThan(10);
    for (const code of ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) {
      expect(stdout).toMatch(new RegExp(`(^|\\s)${code} [a-zA-Z]`, 'm'));
      expect(reference).toContain(`| ${code} |`);
    }
    for (const name of [
      'PAGERDUTY_TOKEN',
      'PAGERDUTY_API_URL',
      'PAGERDUTY_SERVICE_REGION',
      'PDACTIONS_ALLOW_ENV',
    ]) {
      expect(options).toContain(name);
      expect(reference).toContain(`\`${name}\``);
    }
  });

  it('the README is short, and its lines fit a screen', () => {
    const readme = read('README.md');
    expect(readme.split(/\s+/).length).toBeLessThanOrEqual(700);
    const long = readme.split('\n').filter((row) => row.length > 140 && !row.startsWith('|'));
    expect(long).toEqual([]);
    expect(readme).toContain('npm ci && npm run demo');
    expect(readme).toContain('npm ci && npm test');
  });

  it.each(['list', 'show', 'create', 'update', 'delete', 'enable', 'plan', 'sync'])(
    'the examples in the help of %s are valid',
    async (command) => {
      const sandbox = await testSandbox();
      const env = { ...pointedAt(sandbox), AUTOMATION_TOKEN: 'a-token-for-nobody' };
      const { stdout } = await runCli([command, '--help']);
      const examples = [...stdout.matchAll(/^ {2}pdactions (.+)$/gm)].map(([, text = '']) => text);
      expect(examples.length).toBeGreaterThan(1);
      for (const example of examples) {
        const words = shellWords(example);
        const { code, stderr } = await runCli(words, { env });
        // An example without arguments would prompt, which needs a terminal; any other example must be valid usage.
        if (words.length > 1) expect(code, `${example}: ${stderr}`).not.toBe(3);
      }
    },
  );

  it('docs/architecture.md names existing files', () => {
    const named = [...read('docs/architecture.md').matchAll(/`([a-z]+\/[\w/-]+\.(?:ts|js))`/g)].map(
      ([, file = '']) => file,
    );
    const missing = named.filter(
      (file) => !existsSync(join(ROOT, 'src', file)) && !existsSync(join(ROOT, file)),
    );
    expect(missing).toEqual([]);
    expect(named.length).toBeGreaterThan(20);
  });
});
