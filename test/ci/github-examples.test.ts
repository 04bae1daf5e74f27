/** The workflows of docs/ci, executed step by step. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CANARY, CONFIG, labelsOn } from '../cli/project.ts';
import { runSteps } from './runner.ts';
import type { Answer } from './stubs.ts';
import { hasTools } from './tools.ts';
import { jobSteps, read, SHA, type World, world } from './world.ts';

const PLAN = 'docs/ci/github-plan.yml';
const APPLY = 'docs/ci/github-apply.yml';
const DRIFT = 'docs/ci/github-drift.yml';
const MARKER = '<!-- pdactions:plan -->';

const pullRequest = { github: { token: 'gh-token', event: { pull_request: { number: 7 } } } };

function scopeOf(own: World, more: object) {
  return { ...own.machine, scope: { ...own.machine.scope, ...more } } as World['machine'];
}

/** GitHub's list of the comments of the pull request, in two pages. */
function comments(...pages: readonly object[][]): Answer {
  return {
    when: /^gh api --paginate .*comments$/,
    stdout: pages.map((page) => JSON.stringify(page)).join(''),
  };
}

describe.runIf(hasTools)('github-plan.yml', () => {
  const steps = jobSteps(PLAN, 'plan');

  it('comments with the plan, and saves it', async () => {
    const own = await world(pullRequest);
    own.stubs.answer([comments([])]);
    const run = await runSteps(steps, own.machine);
    expect(run).toMatchObject({ code: 0 });
    expect(run.outputs.plan).toMatchObject({
      changes: '2',
      creates: '2',
      updates: '0',
      deletes: '0',
      'exit-code': '0',
    });
    const calls = own.stubs.calls();
    const posted = calls.find(({ args }) => args.includes('POST'));
    expect(posted?.args).toContain('repos/acme/buttons/issues/7/comments');
    expect(posted?.body).toContain(`${MARKER}\n### pdactions plan: 2 to create\n`);
    expect(run.summary).toBe(posted?.body);
    expect(JSON.parse(readFileSync(join(own.folder, 'plan.json'), 'utf8'))).toMatchObject({
      kind: 'pdactions-plan',
    });
    expect(calls.filter(({ args }) => args.includes('PATCH'))).toEqual([]);
  });

  it('updates its own comment, and no other with its mark', async () => {
    const own = await world(pullRequest);
    const from = (login: string, id: number, body: string) => ({ id, body, user: { login } });
    own.stubs.answer([
      comments(
        [from('mallory', 1, `${MARKER}\nmine`), from('github-actions[bot]', 2, 'another tool')],
        [
          from('github-actions[bot]', 3, `${MARKER}\r\nold`),
          from('github-actions[bot]', 4, `${MARKER}\nolder`),
        ],
      ),
    ]);
    await runSteps(steps, own.machine);
    const written = own.stubs.calls().filter(({ args }) => /POST|PATCH/.test(args.join(' ')));
    expect(written).toHaveLength(1);
    expect(written[0]?.args).toContain('repos/acme/buttons/issues/comments/3');
  });

  it('comments on a failure, too, keeps the exit code, and saves nothing', async () => {
    const own = await world(pullRequest);
    own.stubs.answer([comments([])]);
    own.write({ ...CONFIG, services: { Nowhere: ['add-diagnostics'] } });
    const run = await runSteps(steps, own.machine);
    expect(run).toMatchObject({ code: 8, outputs: { plan: { 'exit-code': '8' } } });
    const posted = own.stubs.calls().find(({ args }) => args.includes('POST'));
    expect(posted?.body).toContain('### pdactions plan failed (exit code 8)');
    expect(posted?.body).toContain('no service matches `Nowhere`');
    expect(run.log).toMatch(
      /^::error file=pdactions\.config\.json,line=\d+,col=\d+,title=pdactions::no service matches/m,
    );
    expect(run.steps.at(-1)).toMatchObject({ outcome: 'skipped', step: { uses: expect.any(String) } });
  });

  it('does not comment twice when the comments cannot be read', async () => {
    const own = await world(pullRequest);
    own.stubs.answer([{ when: /--paginate/, code: 1 }]);
    expect((await runSteps(steps, own.machine)).code).not.toBe(0);
    expect(own.stubs.calls().filter(({ args }) => args.includes('POST'))).toEqual([]);
  });

  it('validates without any token, with remarks on the lines', async () => {
    const own = await world();
    expect(await runSteps(jobSteps(PLAN, 'validate'), own.machine)).toMatchObject({ code: 0 });
    own.write({ ...CONFIG, unknown: true });
    const run = await runSteps(jobSteps(PLAN, 'validate'), own.machine);
    expect(run.code).toBe(4);
    expect(run.log).toMatch(/^::error file=pdactions\.config\.json,line=\d+,col=\d+,title=pdactions::/m);
  });
});

describe.runIf(hasTools)('github-apply.yml', () => {
  const steps = jobSteps(APPLY, 'apply');
  const pushed = { github: { token: 'gh-token', event_name: 'push', event: {} }, inputs: {} };

  /** A world in which a pull request was planned, reviewed and merged. */
  async function reviewed(): Promise<World> {
    const own = await world(pushed);
    await runSteps(jobSteps(PLAN, 'plan'), scopeOf(own, pullRequest));
    const temp = own.machine.temp;
    own.stubs.answer([
      {
        when: /^gh api repos\/acme\/buttons\/commits\/\d+\/pulls$/,
        stdout: JSON.stringify([
          { merge_commit_sha: 'of another one', head: { sha: 'wrong' } },
          { merge_commit_sha: SHA, head: { sha: 'headofpr' } },
        ]),
      },
      { when: /runs\?.*head_sha=headofpr/, stdout: '{"workflow_runs":[{"id":99}]}' },
      {
        when: /^gh run download 99 .*--name pagerduty-plan/,
        files: { [join(temp, 'reviewed/plan.json')]: readFileSync(join(own.folder, 'plan.json'), 'utf8') },
      },
    ]);
    return own;
  }

  it('applies the reviewed plan with the real secrets', async () => {
    const own = await reviewed();
    const run = await runSteps(steps, own.machine);
    expect(run).toMatchObject({ code: 0 });
    expect(run.summary).toContain('### pdactions sync: 2 of 2 changes applied');
    expect(run.log + run.summary).not.toContain(CANARY);
    expect(labelsOn(own.sandbox, 'PCHKOUT')).toEqual(['Add Diagnostics', 'Restart Server']);
    const restart = own.sandbox.state().extensions.find(({ name }) => name === 'Restart Server');
    expect(restart?.headers).toEqual([{ name: 'Authorization', value: `Bearer ${CANARY}` }]);
  });

  it('refuses if anything has changed since, and names it', async () => {
    const own = await reviewed();
    own.write({ ...CONFIG, services: { 'Checkout API': ['restart-server'] } });
    const run = await runSteps(steps, own.machine);
    expect(run.code).toBe(8);
    expect(run.log).toContain('this is not the plan that was approved');
    expect(run.summary).toContain('no longer: create `Add Diagnostics`');
    expect(run.summary).toContain('Digest: `sha256:');
    expect(own.sandbox.log().commits).toEqual([]);
  });

  it('refuses without a reviewed plan, shows the plan to approve, and takes its digest by hand', async () => {
    const own = await world(pushed);
    own.stubs.answer([{ when: /pulls$/, stdout: '[]' }]);
    const run = await runSteps(steps, own.machine);
    expect(run.code).toBe(1);
    expect(own.sandbox.log().commits).toEqual([]);
    const digest = /sha256:[0-9a-f]{64}/.exec(run.summary)?.[0] ?? '';

    const byHand = { github: { event_name: 'workflow_dispatch' }, inputs: { digest } };
    const wrong = { ...byHand, inputs: { digest: `sha256:${'0'.repeat(64)}` } };
    expect((await runSteps(steps, scopeOf(own, wrong))).code).toBe(8);
    const hostile = { ...byHand, inputs: { digest: '$(touch pwned)"; touch pwned #' } };
    expect((await runSteps(steps, scopeOf(own, hostile))).code).toBe(3);
    expect(() => readFileSync(join(own.folder, 'pwned'))).toThrow();
    expect(await runSteps(steps, scopeOf(own, byHand))).toMatchObject({ code: 0 });
    expect(labelsOn(own.sandbox, 'PCHKOUT')).toHaveLength(2);
  });
});

describe.runIf(hasTools)('github-drift.yml', () => {
  const steps = jobSteps(DRIFT, 'drift');
  const issues = (...numbers: number[]): Answer => ({
    when: /^gh issue list/,
    stdout: JSON.stringify(numbers.map((number) => ({ number }))),
  });
  const commands = (own: World): string[] =>
    own.stubs
      .calls()
      .filter(({ name }) => name === 'gh')
      .map(({ args }) => args.slice(0, 3).join(' '));

  it('opens one issue, brings it up to date, and closes it', async () => {
    const own = await world();
    own.stubs.answer([issues()]);
    expect(await runSteps(steps, own.machine)).toMatchObject({
      code: 0,
      outputs: { plan: { 'exit-code': '2' } },
    });
    const opened = own.stubs.calls();
    expect(opened.map(({ args }) => args.slice(0, 2).join(' '))).toEqual([
      'install --global',
      'issue list',
      'label create',
      'issue create',
    ]);
    expect(opened.at(-1)?.body).toContain('### pdactions plan: 2 to create');
    expect(readFileSync(join(own.folder, 'slots.html'), 'utf8')).toContain('Checkout API');
    expect(steps.at(-1)).toMatchObject({
      uses: expect.stringMatching(/^actions\/upload-artifact@/),
      with: { path: 'slots.html' },
    });

    own.stubs.answer([issues(12)]);
    await runSteps(steps, own.machine);
    expect(commands(own)).toEqual(['issue list --label', 'issue edit 12']);

    own.write({ ...CONFIG, services: { 'web-admin': [] } });
    const quiet = await runSteps(steps, own.machine);
    expect(quiet).toMatchObject({ code: 0, outputs: { plan: { changes: '0', 'exit-code': '0' } } });
    expect(commands(own)).toEqual(['issue list --label', 'issue close 12']);
  });

  it('treats a refusal as drift, and anything else as a failure', async () => {
    const own = await world();
    own.stubs.answer([issues()]);
    own.write({ ...CONFIG, account: 'other' });
    expect(await runSteps(steps, own.machine)).toMatchObject({ code: 0 });
    expect(own.stubs.calls().at(-1)?.body).toContain('belongs to the account');
    writeFileSync(join(own.folder, 'pdactions.config.json'), '{');
    expect(await runSteps(steps, own.machine)).toMatchObject({ code: 4 });
    expect(commands(own)).toEqual([]);
  });
});

describe('all of them', () => {
  const files = [PLAN, APPLY, DRIFT];

  it.each(files)('%s: nothing untrusted becomes code, and actions are pinned by their commit', (file) => {
    const workflow = parse(read(file));
    for (const job of Object.values<{ steps: { run?: string; uses?: string }[] }>(workflow.jobs)) {
      for (const { run = '', uses } of job.steps) {
        expect(run).not.toContain('${{');
        if (uses !== undefined) expect(uses).toMatch(/@[0-9a-f]{40}$/);
      }
    }
    expect(workflow.permissions.contents).toBe('read');
  });

  it('show the version of this package', () => {
    const { version } = JSON.parse(read('package.json'));
    for (const file of [...files, 'docs/ci/gitlab-ci.yml', 'docs/ci/circleci.yml', 'docs/ci/pdactions.sh']) {
      const named = [...read(file).matchAll(/pdactions@(\S+)/g)].map(([, found]) => found);
      expect(new Set(named), file).toEqual(new Set([version]));
    }
  });
});
