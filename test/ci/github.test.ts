/** The output of pdactions on GitHub without set-up: annotations, the job summary, outputs. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { annotationCommand } from '../../src/ui/gate/github-command.ts';
import { CANARY, CONFIG, type Project, project } from '../cli/project.ts';
import type { RunOptions } from '../helpers/in-process.ts';
import { recordingIo } from '../ui/io-world.ts';
import { readOutputs } from './runner.ts';

const IN_ACTIONS = { GITHUB_ACTIONS: 'true' };

/** A project with the files that the runner gives to a step. */
async function step(
  config: unknown = CONFIG,
): Promise<Project & { env: Record<string, string>; output(): Record<string, string>; summary(): string }> {
  const own = await project(config);
  const file = (name: string): string => join(own.folder, name);
  for (const name of ['output', 'summary']) writeFileSync(file(name), '');
  const env = {
    ...IN_ACTIONS,
    GITHUB_WORKSPACE: own.folder,
    GITHUB_OUTPUT: file('output'),
    GITHUB_STEP_SUMMARY: file('summary'),
  };
  return {
    ...own,
    env,
    output: () => readOutputs(readFileSync(file('output'), 'utf8')),
    summary: () => readFileSync(file('summary'), 'utf8'),
  };
}

const annotations = (stderr: string): string[] => stderr.split('\n').filter((row) => row.startsWith('::'));

describe('annotations', () => {
  it('T31: escape as the runner reads them back', () => {
    const hostile = '100%,a:b\r\n::error::%0A';
    const text = annotationCommand(
      { level: 'warning', file: hostile, line: 3, column: 5, title: hostile, message: hostile },
      (part) => part,
    );
    const escaped = '100%25%2Ca%3Ab%0D%0A%3A%3Aerror%3A%3A%250A';
    expect(text).toBe(
      `::warning file=${escaped},line=3,col=5,title=${escaped}::100%25,a:b%0D%0A::error::%250A`,
    );
    expect(text).not.toMatch(/[\r\n]/);
  });

  it('are written only in Actions, without secrets and without invisible characters, even with --quiet', () => {
    const inside = recordingIo({ env: IN_ACTIONS });
    const outside = recordingIo();
    for (const { io } of [inside, outside]) {
      io.configure({ quiet: true, debug: false, color: undefined, noInput: false });
      io.addSecret(CANARY);
      io.annotate({ level: 'error', title: CANARY, file: `${CANARY}.json`, message: `a ${CANARY}\u202e\nb` });
    }
    expect(outside.stderr.text).toBe('');
    expect(inside.stderr.text).toBe(
      '::error file=[redacted].json,title=[redacted]::a [redacted]\\u{202e}%0Ab\n',
    );
    expect(inside.stdout.text).toBe('');
  });

  it('point to the wrong lines, relative to the workspace', async () => {
    const { run, folder } = await project(null);
    mkdirSync(join(folder, 'deep'));
    const text = '{\n  "actions": { "x": { "label": "X", "url": "ftp://x" } },\n  "sevices": {}\n}\n';
    writeFileSync(join(folder, 'deep/pdactions.config.json'), text);
    const at = { cwd: join(folder, 'deep'), env: { ...IN_ACTIONS, GITHUB_WORKSPACE: folder } };
    for (const command of ['validate', 'plan', 'sync']) {
      const { code, stderr } = await run([command], at);
      expect(code).toBe(4);
      expect(annotations(stderr)).toEqual(
        expect.arrayContaining([
          expect.stringMatching(
            /^::error file=deep\/pdactions\.config\.json,line=2,col=\d+,title=pdactions::actions\.x\.url: /,
          ),
          expect.stringMatching(
            /^::error file=deep\/pdactions\.config\.json,line=3,col=\d+,title=pdactions::.*services/,
          ),
        ]),
      );
    }
    const { stderr } = await run(['validate'], {
      ...at,
      env: { ...IN_ACTIONS, GITHUB_WORKSPACE: '/elsewhere' },
    });
    expect(annotations(stderr).join('\n')).toMatch(
      /^::error title=pdactions::pdactions\.config\.json:2:\d+: actions/m,
    );
    expect(annotations((await run(['validate'], { cwd: at.cwd })).stderr)).toEqual([]);
  });

  it('warn, and are at most as many as GitHub shows', async () => {
    const action = (index: number) => [`a${index}`, { label: `A${index}`, url: 'https://x.example.com' }];
    const { run, env } = await step({
      ...CONFIG,
      actions: {
        ...CONFIG.actions,
        ...Object.fromEntries(Array.from({ length: 14 }, (_, index) => action(index))),
      },
    });
    const { code, stderr } = await run(['plan'], { env });
    expect(code).toBe(0);
    const shown = annotations(stderr);
    expect(shown).toHaveLength(10);
    for (const text of shown) expect(text).toMatch(/^::warning /);
    expect(shown.at(-1)).toBe("::warning title=pdactions::5 more of the config's warnings are in the log");
  });

  it('report problems that only PagerDuty knows: a full service, a selector that matches nothing', async () => {
    const full = await step({
      ...CONFIG,
      actions: { ...CONFIG.actions, third: { label: 'Third', url: 'https://automation.example.com/3' } },
      services: { 'web-admin': ['restart-server', 'add-diagnostics', 'third'] },
    });
    const line =
      1 +
      readFileSync(join(full.folder, 'pdactions.config.json'), 'utf8')
        .split('\n')
        .findIndex((row) => row.includes('web-admin'));
    const refused = await full.run(['sync', '--yes'], { env: full.env });
    expect(refused.code).toBe(8);
    expect(annotations(refused.stderr)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^::error file=pdactions\\.config\\.json,line=${line},col=\\d+,title=pdactions::web-admin \\(PWEBADM\\) would have 4 .*%0Aslot 1 +Page the vendor .*%0A→ Turn on`,
        ),
      ),
    ]);
    const nowhere = await step({
      ...CONFIG,
      services: { Nowhere: [], 'Chekout API': ['restart-server', 'add-diagnostics'] },
    });
    const unmatched = await nowhere.run(['plan'], { env: nowhere.env });
    expect(annotations(unmatched.stderr).map((text) => text.replace(/.*::/, ''))).toEqual([
      'no service matches `Nowhere`',
      'no service matches `Chekout API`; did you mean `Checkout API`?',
    ]);
  });

  it('T31: no text from PagerDuty begins a command', async () => {
    const own = await step({ ...CONFIG, services: { 'Checkout API': ['restart-server'] } });
    const names = ['::error::x', '##[error]x', '\n::add-mask::x', 'x%0A::error::y'];
    await own.sandbox.edit({
      insert: {
        extensions: names.slice(0, 3).map((name, index) => ({
          id: `PHOST${index}`,
          service: 'PCHKOUT',
          name,
          url: 'https://x.example.com',
        })),
      },
    } as never);
    for (const format of ['table', 'markdown', 'yaml', 'json']) {
      const { stdout, stderr } = await own.run(['plan', '--format', format], { env: own.env });
      for (const row of [
        ...stdout.split('\n'),
        ...stderr.split('\n').filter((text) => !/^::(error|warning) file=/.test(text)),
      ]) {
        expect(row).not.toMatch(/^\s*::|##\[/);
      }
    }
  });
});

describe('the job summary and the outputs', () => {
  it('exist for plan and sync, as planned', async () => {
    const own = await step();
    const plan = await own.run(['plan', '--exit-code'], { env: own.env });
    expect(plan.code).toBe(2);
    const { digest } = JSON.parse((await own.run(['plan', '--json'])).stdout);
    const planned = { changes: '2', creates: '2', updates: '0', deletes: '0', digest };
    expect(own.output()).toEqual({ ...planned, 'exit-code': '2' });
    expect(own.summary()).toContain('### pdactions plan: 2 to create');
    await own.run(['sync', '--yes'], { env: own.env });
    expect(own.output()).toEqual({ ...planned, 'exit-code': '0' });
    expect(own.summary()).toMatch(
      /^<!-- pdactions:plan -->[\s\S]*\n<!-- pdactions:sync -->\n### pdactions sync: 2 of 2/,
    );
  });

  it.each([
    [['plan', '--service', 'Nowhere'], 8, 'plan failed (exit code 8)'],
    [['sync'], 3, 'sync failed (exit code 3)'],
    [['plan', '--format', 'csv'], 3, 'plan failed (exit code 3)'],
    [['validate', '--config', 'none.json'], 4, 'validate failed (exit code 4)'],
    [['sync', '--plan', 'none.json'], 9, 'sync failed (exit code 9)'],
  ] as const)('report the result of %j', async (argv, code, headline) => {
    const own = await step();
    expect((await own.run(argv, { env: own.env })).code).toBe(code);
    expect(own.output()['exit-code']).toBe(String(code));
    expect(own.summary()).toContain(headline);
  });

  it('report a signal with its exit code', async () => {
    const own = await step();
    const { CancelledError } = await import('../../src/errors.ts');
    const interrupted = AbortSignal.abort(new CancelledError('interrupted', 'SIGTERM'));
    expect((await own.run(['plan'], { env: own.env, interrupted })).code).toBe(143);
    expect(own.output()).toEqual({ 'exit-code': '143' });
  });

  it('T31: are delimited by a text that no value can contain', async () => {
    const own = await step();
    const delimiters = new Set<string>();
    for (const command of ['plan', 'plan']) {
      writeFileSync(own.env.GITHUB_OUTPUT ?? '', 'earlier=without a line break');
      await own.run([command], { env: own.env });
      const text = readFileSync(own.env.GITHUB_OUTPUT ?? '', 'utf8');
      expect(readOutputs(text)).toMatchObject({ earlier: 'without a line break', changes: '2' });
      for (const [, delimiter = ''] of text.matchAll(/<<(.*)$/gm)) delimiters.add(delimiter);
    }
    expect(delimiters.size).toBe(12);
  });

  it("respect GitHub's size limit, and the existing content", async () => {
    const own = await step();
    const path = own.env.GITHUB_STEP_SUMMARY ?? '';
    const limit = 1024 * 1024;
    writeFileSync(path, 'x'.repeat(limit - 600));
    expect((await own.run(['plan'], { env: own.env })).code).toBe(0);
    const cut = readFileSync(path, 'utf8');
    expect(cut.length).toBeLessThanOrEqual(limit);
    expect(cut).toContain('Left out here: 1 more service with 2 changes');
    writeFileSync(path, 'x'.repeat(limit - 10));
    const { code, stdout, stderr } = await own.run(['plan'], { env: own.env });
    expect(code).toBe(9);
    expect(stdout).toContain('Plan: 2 to create');
    expect(stderr).toContain('could not write to the file in GITHUB_STEP_SUMMARY (the file is full)');
    expect(readFileSync(path, 'utf8')).toHaveLength(limit - 10);
    // The outputs are written last, and include the exit code caused by the failed write.
    expect(own.output()['exit-code']).toBe('9');
  });

  it.skipIf(process.platform === 'win32')(
    'are regular files, or nothing is written and the result is kept',
    async () => {
      const own = await step();
      const target = join(own.folder, 'target');
      writeFileSync(target, '');
      symlinkSync(target, join(own.folder, 'link'));
      execFileSync('mkfifo', [join(own.folder, 'pipe')]);
      for (const path of ['link', 'pipe', '.', '/dev/null', 'missing/file']) {
        const env = { ...own.env, GITHUB_OUTPUT: path };
        const { code, stdout, stderr } = await own.run(['plan'], { env });
        expect(stdout).toContain('Plan: 2 to create');
        expect(stderr).toContain('could not write to the file in GITHUB_OUTPUT');
        expect(code).toBe(9);
      }
      expect(readFileSync(target, 'utf8')).toBe('');
      // A worse exit code is kept, and the changes stay applied.
      const env = { ...own.env, GITHUB_OUTPUT: '.' };
      expect((await own.run(['plan', '--service', 'Nowhere'], { env })).code).toBe(8);
      expect((await own.run(['sync', '--yes'], { env })).code).toBe(9);
      expect(own.sandbox.log().commits).toHaveLength(2);
    },
  );
});

describe('--summary', () => {
  it('gets the page, however the run ends', async () => {
    const { run, folder } = await project();
    const page = (): string => readFileSync(join(folder, 'page.md'), 'utf8');
    const plan = await run(['plan', '--summary', 'page.md', '--format', 'markdown']);
    expect(page()).toBe(plan.stdout);
    await run(['plan', '--summary', 'page.md', '--service', 'Nowhere']);
    expect(page()).toContain('plan failed (exit code 8)');
    await run(['validate', '--summary', 'page.md']);
    expect(page()).toBe('<!-- pdactions:validate -->\n### pdactions validate\n\n');
  });

  it('says so if everything is a simulation', async () => {
    const { run, folder } = await project();
    const env = { PAGERDUTY_API_URL: '', PAGERDUTY_TOKEN: '' };
    const { stdout } = await run(['plan', `--sandbox=${join(folder, 'box.json')}`, '--format', 'markdown'], {
      env,
    });
    expect(stdout).toContain('\n**On the sandbox, a simulated PagerDuty.**\n');
  });

  it('names a writable place, or nothing is done', async () => {
    const { run, sandbox, folder } = await project();
    const { code } = await run(['sync', '--yes', '--summary', 'missing/page.md']);
    expect(code).toBe(9);
    expect(sandbox.log().commits).toEqual([]);
    expect(existsSync(join(folder, 'missing'))).toBe(false);
    chmodSync(folder, 0o700);
  });

  it('has one mark for each possible subject', async () => {
    const { run, folder } = await project();
    writeFileSync(join(folder, 'other.json'), JSON.stringify(CONFIG));
    const at = async (options: RunOptions, ...argv: string[]) =>
      (await run([...argv, '--format', 'markdown'], options)).stdout.split('\n')[0];
    const mark = (...argv: string[]) => at({}, ...argv);
    const inPart = (part: string) => {
      const cwd = join(folder, part);
      mkdirSync(cwd, { recursive: true });
      writeFileSync(join(cwd, 'pdactions.config.json'), JSON.stringify(CONFIG));
      return at({ cwd, env: { GITHUB_WORKSPACE: folder } }, 'plan');
    };
    const marks = [
      await mark('plan'),
      await mark('sync', '--expect-digest', JSON.parse((await run(['plan', '--json'])).stdout).digest),
      await mark('plan', '--config', 'other.json'),
      await mark('plan', '--service', 'Checkout API'),
      await inPart('payments'),
      await inPart('web'),
    ];
    expect(new Set(marks).size).toBe(6);
    expect([await mark('plan'), await inPart('.')]).toEqual([marks[0], marks[0]]);
    expect(await inPart('web')).toBe(marks[5]);
    for (const text of marks) expect(text).toMatch(/^<!-- pdactions:(plan|sync)(:[0-9a-f]{12})? -->$/);
  });
});
