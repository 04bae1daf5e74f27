import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, temporaryFolder } from '../helpers/in-process.ts';
import { CONFIG } from './project.ts';

const CLI = resolve(import.meta.dirname, '../../bin/pdactions.js');

function withConfig(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'pdactions.config.json'), JSON.stringify(CONFIG));
  return folder;
}

async function at(...words: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runCli(['__complete', '--', ...words], { cwd: withConfig() });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => row.split('\t')[0] ?? '');
}

describe('completion', () => {
  it.each<[string[], string[]]>([
    [['sy'], ['sync']],
    [['--json', 'sy'], ['sync']],
    [['sync', '--rot'], ['--rotate-secrets']],
    [['sync', '--rotate-secrets=res'], ['--rotate-secrets=restart-server']],
    [
      ['show', ''],
      ['Restart Server', 'Add Diagnostics'],
    ],
    [['delete', 'Restart Server', 'A'], ['Add Diagnostics']],
    [['list', '--service', 'C'], ['Checkout API']],
    [['list', '-s', 'id:'], ['id:PIJ90N7']],
    [['list', '--format', 'm'], ['markdown']],
    [
      ['create', '--template', 'r'],
      ['restart-server', 'revert-last-commit'],
    ],
    [['sandbox', 're'], ['reset']],
    [['sandbox', 'start', '--po'], ['--port']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [
      ['test', '--only', 'd'],
      ['dns', 'duplicate'],
    ],
    [['plan', '--out', ''], []],
    [
      ['nonsense', ''],
      ['list', 'show', 'create', 'update', 'delete', 'enable'],
    ],
  ])('%j', async (words, expected) => {
    const found = await at(...words);
    expect(words[0] === 'nonsense' ? found.slice(0, expected.length) : found).toEqual(expected);
  });

  it('is silent and offline when there is no config, or a wrong one', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'pdactions.config.json'), '{"actions":');
    const { code, stdout, stderr } = await runCli(['__complete', '--', 'show', ''], { cwd: folder });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it.each(['bash', 'zsh', 'fish'])('prints a script for %s', async (shell) => {
    const { code, stdout } = await runCli(['completion', shell]);
    expect(code).toBe(0);
    expect(stdout).toContain('pdactions __complete --');
  });

  it('works in a real bash, with = and : inside words', () => {
    const folder = withConfig();
    writeFileSync(join(folder, 'pdactions'), `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`);
    chmodSync(join(folder, 'pdactions'), 0o755);
    const complete = (...words: string[]): string => {
      const quoted = words.map((word) => `'${word}'`).join(' ');
      const script = `eval "$(pdactions completion bash)"; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _pdactions; printf '%s|' "\${COMPREPLY[@]}"`;
      return execFileSync('bash', ['-c', script], {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: `${folder}:${process.env.PATH}`, HOME: folder },
      });
    };
    expect(complete('pdactions', 'show', '')).toBe('Restart\\ Server|Add\\ Diagnostics|');
    expect(complete('pdactions', 'sync', '--rotate-secrets', '=', 'add')).toBe('add-diagnostics|');
    expect(complete('pdactions', 'list', '--service', 'id', ':', 'PI')).toBe('PIJ90N7|');
  });
});
