/** The examples for GitLab, CircleCI and a plain shell, executed as their runners would. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CANARY, CONFIG, labelsOn } from '../cli/project.ts';
import { execute } from './runner.ts';
import { hasTools } from './tools.ts';
import { ROOT, read, type World, world } from './world.ts';

/** Runs a script in the repository; `secrets` are the variables of a protected job. */
async function shell(own: World, command: readonly string[], env: Record<string, string> = {}) {
  const result = await execute(command, {
    cwd: own.folder,
    env: { PATH: own.machine.path, HOME: own.folder, CI: 'true', ...own.machine.env, ...env },
  });
  const { PAGERDUTY_TOKEN: token = '' } = own.machine.scope.secrets as Record<string, string>;
  for (const secret of [token, CANARY]) expect(result.log).not.toContain(secret);
  return result;
}

const tokenOf = (own: World): string =>
  (own.machine.scope.secrets as Record<string, string>).PAGERDUTY_TOKEN ?? '';

interface GitlabJob {
  readonly extends?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
}

describe.runIf(hasTools)('gitlab-ci.yml', () => {
  const file = parse(read('docs/ci/gitlab-ci.yml'));

  /** Merges a job with the jobs that it extends, and runs its lines in one shell, like GitLab's runner. */
  async function job(own: World, name: string, env: Record<string, string> = {}) {
    const merge = (key: string): GitlabJob => {
      const own: GitlabJob = file[key];
      const base = own.extends === undefined ? {} : merge(own.extends);
      return { ...base, ...own, variables: { ...base.variables, ...own.variables } };
    };
    const { before_script = [], script = [], variables } = merge(name);
    const text = [...before_script, ...script].join('\n');
    return shell(own, ['bash', '-c', `set -eo pipefail\n${text}`], {
      PAGERDUTY_READONLY_TOKEN: tokenOf(own),
      ...variables,
      ...env,
    });
  }
  const mergeRequest = {
    CI_API_V4_URL: 'https://gitlab.example.com/api/v4',
    CI_PROJECT_ID: '42',
    CI_MERGE_REQUEST_IID: '7',
    GITLAB_NOTES_TOKEN: 'token-for-notes',
  };

  it('writes a note, and updates its own, with the token on no command line', async () => {
    const own = await world();
    const note = (id: number, author: number) => ({
      id,
      author: { id: author },
      body: '<!-- pdactions:plan -->\nold',
    });
    own.stubs.answer([
      { when: /\/user$/, stdout: '{"id":3}' },
      { when: /notes\?/, stdout: JSON.stringify([note(1, 666)]) },
    ]);
    expect(await job(own, 'merge-request', mergeRequest)).toMatchObject({ code: 0 });
    const calls = own.stubs.calls().filter(({ name }) => name === 'curl');
    expect(JSON.stringify(calls.map(({ args }) => args))).not.toContain('token-for-notes');
    for (const { config } of calls) expect(config).toBe('header = "PRIVATE-TOKEN: token-for-notes"\n');
    expect(calls.at(-1)?.args).toContain('POST');
    expect(calls.at(-1)?.body).toContain('### pdactions plan: 2 to create');

    own.stubs.answer([
      { when: /\/user$/, stdout: '{"id":3}' },
      { when: /notes\?/, stdout: JSON.stringify([note(1, 666), note(2, 3)]) },
    ]);
    own.write({ ...CONFIG, services: { Nowhere: ['add-diagnostics'] } });
    expect(await job(own, 'merge-request', mergeRequest)).toMatchObject({ code: 8 });
    const last = own.stubs.calls().at(-1);
    expect(last?.args).toEqual(
      expect.arrayContaining(['PUT', expect.stringMatching(/merge_requests\/7\/notes\/2$/)]),
    );
    expect(last?.body).toContain('failed (exit code 8)');
  });

  it('applies the plan of the same pipeline, or refuses', async () => {
    const own = await world();
    const real = { PAGERDUTY_TOKEN: tokenOf(own), AUTOMATION_TOKEN: CANARY };
    expect(await job(own, 'plan')).toMatchObject({ code: 0 });
    own.write({ ...CONFIG, services: { 'Checkout API': ['restart-server'] } });
    expect(await job(own, 'apply', real)).toMatchObject({ code: 8 });
    own.write(CONFIG);
    expect(await job(own, 'apply', real)).toMatchObject({ code: 0 });
    expect(labelsOn(own.sandbox, 'PCHKOUT')).toHaveLength(2);
    expect(await job(own, 'drift')).toMatchObject({ code: 0 });
    own.write({ ...CONFIG, services: { 'web-admin': ['restart-server'] } });
    expect(await job(own, 'drift')).toMatchObject({ code: 2 });
    expect(file.drift.artifacts).toEqual({ when: 'always', paths: ['drift.md', 'slots.html'] });
    expect(existsSync(join(own.folder, 'slots.html'))).toBe(true);
  });
});

describe.runIf(hasTools)('circleci.yml', () => {
  const file = parse(read('docs/ci/circleci.yml'));

  async function job(own: World, name: string, env: Record<string, string>) {
    const { steps, environment = {} } = file.jobs[name];
    const all = steps.flatMap((step: unknown) => (step === 'prepare' ? file.commands.prepare.steps : [step]));
    let code: number | null = 0;
    for (const { run } of all) {
      if (typeof run !== 'string' || code !== 0) continue;
      ({ code } = await shell(own, ['bash', '-eo', 'pipefail', '-c', run], {
        ...file.executors.node.environment,
        ...env,
        ...environment,
      }));
    }
    return code;
  }

  it('plans, applies that or refuses, and detects drift', async () => {
    const own = await world();
    const readonly = { PAGERDUTY_TOKEN: tokenOf(own) };
    const real = { ...readonly, AUTOMATION_TOKEN: CANARY };
    expect(await job(own, 'drift', readonly)).toBe(2);
    expect(await job(own, 'plan', readonly)).toBe(0);
    own.write({ ...CONFIG, services: { 'Checkout API': ['restart-server'] } });
    expect(await job(own, 'apply', real)).toBe(8);
    own.write(CONFIG);
    expect(await job(own, 'apply', real)).toBe(0);
    expect(await job(own, 'drift', readonly)).toBe(0);
    expect(readFileSync(join(own.folder, 'drift.md'), 'utf8')).toContain('### pdactions plan: no changes');
    expect(existsSync(join(own.folder, 'slots.html'))).toBe(true);
    expect(file.jobs.drift.steps).toContainEqual({ store_artifacts: { path: 'slots.html' } });
  });

  it('its workflows name existing jobs, and apply only the approved plan', () => {
    const jobs = file.workflows.review.jobs as Record<string, { type?: string; requires?: string[] }>[];
    const named = Object.assign({}, ...jobs);
    for (const [name, { type, requires = [] }] of Object.entries<(typeof jobs)[0][string]>(named)) {
      expect(type === 'approval' || Object.hasOwn(file.jobs, name)).toBe(true);
      for (const other of requires) expect(Object.keys(named)).toContain(other);
    }
    expect(named.apply.requires).toEqual(['look-at-the-plan']);
  });
});

describe.runIf(hasTools)('pdactions.sh', () => {
  const SCRIPT = join(ROOT, 'docs/ci/pdactions.sh');

  it('checks, plans, applies and looks for drift, with the exit codes of pdactions', async () => {
    const own = await world();
    const env = { PAGERDUTY_TOKEN: tokenOf(own), AUTOMATION_TOKEN: CANARY, TMPDIR: own.folder };
    const run = (...words: string[]) => shell(own, ['sh', SCRIPT, ...words], env);
    expect(await run('check')).toMatchObject({ code: 0 });
    expect(await run('drift')).toMatchObject({ code: 2 });
    expect(existsSync(join(own.folder, 'slots.html'))).toBe(true);
    expect(await run('plan')).toMatchObject({ code: 0 });
    expect(readFileSync(join(own.folder, 'plan.md'), 'utf8')).toContain('2 to create');
    expect(await run('apply')).toMatchObject({ code: 0 });
    expect(await run('apply')).toMatchObject({ code: 8 });
    expect(await run('drift')).toMatchObject({ code: 0 });
    writeFileSync(join(own.folder, 'pdactions.config.json'), '{');
    expect(await run('check')).toMatchObject({ code: 4 });
    expect(await run()).toMatchObject({ code: 3, log: expect.stringContaining('usage:') });
  });
});
