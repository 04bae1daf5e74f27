import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, temporaryFolder } from '../helpers/in-process.ts';
import { CONFIG } from './project.ts';

const CLI = resolve(import.meta.dirname, '../../bin/pdactions.js');

function withConfig(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'pdactions.config.json'), JSON.stringify(CONFIG));
  const other = {
    actions: { hi: { label: 'Say "hi": $1', url: 'https://${LOGIN}@a.example.com/${TOKEN}' } },
    services: { A: ['hi'] },
  };
  writeFileSync(join(folder, 'other.json'), JSON.stringify(other));
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
    [['sync', '--rotate-secrets=restart-server,'], ['--rotate-secrets=restart-server,add-diagnostics']],
    [['-c', 'other.json', 'show', ''], ['Say "hi": $1']],
    [['show', '--config=other.json', ''], ['Say "hi": $1']],
    [['-c', 'none.json', 'show', ''], []],
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
      ['bash', 'zsh', 'fish', 'powershell'],
    ],
    [
      ['test', '--only', 'd'],
      ['dns', 'duplicate'],
    ],
    [['plan', '--out', ''], []],
    [
      ['nonsense', ''],
      ['list', 'show', 'slots', 'open', 'create', 'update'],
    ],
  ])('%j', async (words, expected) => {
    const found = await at(...words);
    expect(words[0] === 'nonsense' ? found.slice(0, expected.length) : found).toEqual(expected);
  });

  it('is silent and offline without a config, or with a wrong one', async () => {
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

  it.each<[string, string[]]>([
    ['', ['list', 'show', 'slots']],
    ['show\n', ['Restart Server', 'Add Diagnostics']],
    ['list\n--service\nC', ['Checkout API']],
    ['-c\nother.json\nshow\nSay "', ['Say "hi": $1']],
  ])('takes the words %j from a variable, as PowerShell hands them over', async (words, expected) => {
    const { code, stdout, stderr } = await runCli(['__complete'], {
      cwd: withConfig(),
      env: { PDACTIONS_COMPLETE: words },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const found = stdout.split('\n').flatMap((row) => row.split('\t')[0] || []);
    expect(found.slice(0, expected.length)).toEqual(expected);
  });

  it('gives PowerShell a script that registers a native completer, restores the environment, and quotes where needed', async () => {
    const { code, stdout } = await runCli(['completion', 'powershell']);
    expect(code).toBe(0);
    // PowerShell is not installed here: this test checks the script's text, the previous one the command that it calls.
    expect(stdout).toMatch(/^Register-ArgumentCompleter -Native -CommandName pdactions -ScriptBlock \{$/m);
    expect(stdout).toContain('param($wordToComplete, $commandAst, $cursorPosition)');
    expect(stdout).toContain('@(pdactions __complete 2>$null)');
    for (const variable of ['$env:PDACTIONS_COMPLETE', '[Console]::OutputEncoding']) {
      const [, inside = '', end = ''] = /try \{([\s\S]*?)\} finally \{([\s\S]*?)\n {4}\}/.exec(stdout) ?? [];
      expect(inside).toContain(`${variable} = `);
      expect(end).toContain(`${variable} = `);
    }
    // Outside strings and comments, brackets are balanced.
    const code2 = stdout.replace(/^#.*$/gm, '').replace(/'(?:[^']|'')*'|"[^"]*"/g, '');
    for (const [open, close] of ['()', '{}', '[]'])
      expect(code2.split(open ?? '').length, open).toBe(code2.split(close ?? '').length);
    expect(code2).not.toMatch(/['"]/);
    // PowerShell treats typographic quotes as quotes.
    expect(stdout).toContain(String.raw`-replace '[''\u2018-\u201b]', '$0$0'`);
    // The pattern is also valid in JavaScript: names of commands and options stay bare, everything else is quoted.
    const [, pattern = ''] = /-match '([^']+)'/.exec(stdout) ?? [];
    const needsQuotes = (text: string): boolean => new RegExp(pattern).test(text);
    for (const text of ['sync', '--rotate-secrets', 'id:PIJ90N7', 'web-*'])
      expect(needsQuotes(text), text).toBe(false);
    for (const text of [
      'Restart Server',
      'a,b',
      '$HOME',
      'a;b',
      'a`b',
      "it's",
      '@x',
      '#x',
      '(x)',
      'a|b',
      'a&b',
      '“x”',
    ])
      expect(needsQuotes(text), text).toBe(true);
  });

  /** A folder in which `pdactions` is a command. */
  function withCommand(): { readonly cwd: string; readonly env: Record<string, string> } {
    const folder = withConfig();
    writeFileSync(join(folder, 'pdactions'), `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`);
    chmodSync(join(folder, 'pdactions'), 0o755);
    return { cwd: folder, env: { PATH: `${folder}:${process.env.PATH}`, HOME: folder } };
  }

  it('works in a real bash: = and : inside words, quotes, backslashes, and the word after a space', () => {
    const at = withCommand();
    const complete = (...words: string[]): string => {
      const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
      const script = `eval "$(pdactions completion bash)"; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _pdactions; printf '%s|' "\${COMPREPLY[@]}"`;
      return execFileSync('bash', ['-c', script], { ...at, encoding: 'utf8' });
    };
    expect(complete('pdactions', 'show', '')).toBe('Restart\\ Server|Add\\ Diagnostics|');
    expect(complete('pdactions', 'sync', '--rotate-secrets', '=', 'add')).toBe('add-diagnostics|');
    expect(complete('pdactions', 'sync', '--rotate-secrets', '=', 'add-diagnostics,')).toBe(
      'add-diagnostics,restart-server|',
    );
    expect(complete('pdactions', 'list', '--service', 'id', ':', 'PI')).toBe('PIJ90N7|');
    expect(complete('pdactions', 'show', 'Restart\\ S')).toBe('Restart\\ Server|');
    expect(complete('pdactions', 'show', '"Restart S')).toBe('Restart Server|');
    expect(complete('pdactions', 'list', '--service', '=', '"Check')).toBe('Checkout API|');
    const other = ['pdactions', '-c', 'other.json', 'show'];
    expect(complete(...other, 'Say')).toBe('Say\\ \\"hi\\":\\ \\$1|');
    expect(complete(...other, '"Say')).toBe('Say \\"hi\\": \\$1|');
    expect(complete(...other, "'Say")).toBe('Say "hi": $1|');
    expect(complete(...other, 'Say\\ \\"hi\\"', ':', '\\ ')).toBe('\\ \\$1|');
  });

  const has = (shell: string): boolean => spawnSync(shell, ['--version']).error === undefined;

  it.runIf(has('fish'))('works in a real fish, quotes and backslashes, too', () => {
    const at = withCommand();
    const complete = (text: string): string =>
      execFileSync('fish', ['-N', '-c', 'pdactions completion fish | source; complete -C $argv[1]', text], {
        ...at,
        encoding: 'utf8',
      });
    expect(complete('pdactions show Rest')).toContain('Restart Server\taction');
    expect(complete('pdactions show Restart\\ S')).toContain('Restart Server\taction');
    expect(complete('pdactions show "Restart S')).toContain('Restart Server');
    expect(complete('pdactions list --service=id:P')).toContain('PIJ90N7');
  });

  it.runIf(has('zsh'))('is a script that zsh can parse', () => {
    const at = withCommand();
    execFileSync('zsh', ['-f', '-c', 'pdactions completion zsh | zsh -n'], { ...at, encoding: 'utf8' });
  });

  it.runIf(has('zsh'))('gives zsh colons and backslashes as parts of a name', () => {
    const at = withCommand();
    writeFileSync(
      join(at.cwd, 'other.json'),
      JSON.stringify({
        actions: { odd: { label: 'a\\b: c', url: 'https://automation.example.com/odd' } },
        services: { 'Checkout API': ['odd'] },
      }),
    );
    const script = `compdef() { }; _describe() { print -r -- "$described" }; eval "$(pdactions completion zsh)"
      words=(pdactions -c other.json show ''); CURRENT=5; PREFIX=''; _pdactions`;
    expect(execFileSync('zsh', ['-f', '-c', script], { ...at, encoding: 'utf8' })).toBe(
      'a\\\\b\\: c:action\n',
    );
  });
});
