/** The composite action of this repository, executed as GitHub's runner would. */
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CANARY, CONFIG, labelsOn } from '../cli/project.ts';
import { evaluate, fill } from './expression.ts';
import { type Run, runSteps, type Step } from './runner.ts';
import { hasTools } from './tools.ts';
import { ROOT, read, type World, world } from './world.ts';

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly (Step & { readonly shell?: string })[] };
}

const action: Action = parse(read('action.yml'));

interface PullRequest {
  /** The repository that the branch is in. */
  readonly from: string;
  readonly event: 'pull_request' | 'pull_request_target';
}

const OURS: PullRequest = { from: 'acme/buttons', event: 'pull_request' };

function eventOf(pullRequest: boolean | PullRequest) {
  if (pullRequest === false) return { event_name: 'push', event: {} };
  const { from, event } = pullRequest === true ? OURS : pullRequest;
  const head = { repo: { full_name: from } };
  return { event_name: event, event: { pull_request: { number: 7, head } } };
}

/** Runs the action with these inputs, in a pull request or not; `outputs` are those of the action. */
async function use(
  own: World,
  inputs: Record<string, string> = {},
  pullRequest: boolean | PullRequest = false,
) {
  for (const name of Object.keys(inputs)) expect(Object.keys(action.inputs)).toContain(name);
  const defaults = Object.entries(action.inputs).map(([name, input]) => [name, input.default ?? '']);
  const { secrets } = own.machine.scope as { secrets: { PAGERDUTY_TOKEN: string } };
  const scope = {
    ...own.machine.scope,
    inputs: { ...Object.fromEntries(defaults), token: secrets.PAGERDUTY_TOKEN, ...inputs },
    github: { token: 'gh-token', ...eventOf(pullRequest) },
  };
  const env = { GITHUB_ACTION_PATH: ROOT, AUTOMATION_TOKEN: CANARY, ...own.machine.env };
  const run: Run = await runSteps(action.runs.steps, { ...own.machine, env, scope });
  const steps = Object.fromEntries(Object.entries(run.outputs).map(([id, outputs]) => [id, { outputs }]));
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, fill(value, { steps })]);
  expect(run.log).not.toContain(secrets.PAGERDUTY_TOKEN);
  expect(run.log + run.summary).not.toContain(CANARY);
  return { ...run, outputs: Object.fromEntries(outputs) as Record<string, string> };
}

describe.runIf(hasTools)('action.yml', () => {
  it('is a composite action whose every step names its shell, and keeps expressions out of scripts', () => {
    expect(action.runs.using).toBe('composite');
    for (const step of action.runs.steps) {
      expect(step.shell).toBe('bash');
      expect(step.uses).toBeUndefined();
      expect(step.run).not.toContain('${{');
    }
    expect(Object.keys(action.outputs)).toEqual([
      'changes',
      'creates',
      'updates',
      'deletes',
      'digest',
      'exit-code',
    ]);
  });

  it('plans, gives outputs, and writes the job summary', async () => {
    const run = await use(await world());
    expect(run).toMatchObject({
      code: 0,
      outputs: { changes: '2', creates: '2', updates: '0', deletes: '0', 'exit-code': '0' },
    });
    expect(run.outputs.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(run.summary).toContain('### pdactions plan: 2 to create');
  });

  it('syncs, and takes a digest', async () => {
    const own = await world();
    const { outputs } = await use(own);
    const run = await use(own, { command: 'sync', args: `--expect-digest ${outputs.digest}` });
    expect(run).toMatchObject({ code: 0, outputs: { 'exit-code': '0' } });
    expect(labelsOn(own.sandbox, 'PCHKOUT')).toEqual(['Add Diagnostics', 'Restart Server']);
    expect((await use(own)).outputs.changes).toBe('0');
  });

  it('ends with the exit code of pdactions, after the comment', async () => {
    const own = await world();
    own.stubs.answer([{ when: /--paginate/, stdout: '[]' }]);
    own.write({ ...CONFIG, services: { Nowhere: ['add-diagnostics'] } });
    const run = await use(own, { comment: 'true' }, true);
    expect(run).toMatchObject({ code: 8, outputs: { changes: '', 'exit-code': '8' } });
    expect(own.stubs.calls().at(-1)?.body).toContain('### pdactions plan failed (exit code 8)');
    expect((await use(own, { args: '--exit-code' })).code).toBe(8);
    own.write(CONFIG);
    expect(await use(own, { args: '--exit-code' })).toMatchObject({ code: 2, outputs: { 'exit-code': '2' } });
  });

  it('does not lose the result when the comment fails', async () => {
    const own = await world();
    own.stubs.answer([{ when: /^gh/, code: 4 }]);
    const run = await use(own, { comment: 'true', args: '--exit-code' }, true);
    expect(run).toMatchObject({ code: 2, outputs: { 'exit-code': '2' } });
  });

  it('comments only when asked to, and only on pull requests; always the same comment', async () => {
    const own = await world();
    await use(own, {}, true);
    await use(own, { comment: 'true' });
    expect(own.stubs.calls()).toEqual([]);
    const mine = [{ id: 5, body: '<!-- pdactions:plan -->\nold', user: { login: 'github-actions[bot]' } }];
    own.stubs.answer([{ when: /--paginate/, stdout: JSON.stringify(mine) }]);
    await use(own, { comment: 'true' }, true);
    expect(own.stubs.calls().at(-1)?.args).toContain('repos/acme/buttons/issues/comments/5');
  });

  it('does not fail without a comment on a pull request from a fork, whose token cannot write one', async () => {
    const own = await world();
    own.stubs.answer([{ when: /--paginate/, stdout: '[]' }]);
    const inputs = { command: 'validate', token: '', comment: 'true' };
    const run = await use(own, inputs, { from: 'mallory/buttons', event: 'pull_request' });
    expect(run).toMatchObject({ code: 0, log: expect.stringContaining('::notice::no comment: ') });
    expect(own.stubs.calls()).toEqual([]);
    await use(own, inputs, { from: 'mallory/buttons', event: 'pull_request_target' });
    expect(own.stubs.calls()).toHaveLength(2);
  });

  it('passes config files, a directory and arguments unchanged', async () => {
    const own = await world();
    mkdirSync(join(own.folder, 'a b'));
    writeFileSync(join(own.folder, 'a b/it is.json'), JSON.stringify(CONFIG));
    const run = await use(own, {
      'working-directory': 'a b',
      config: 'it is.json\n',
      args: `--service 'Checkout API'\n  --service "id:PIJ90N7"`,
    });
    expect(run).toMatchObject({ code: 0, outputs: { changes: '2' } });
    expect(run.summary).toMatch(/^<!-- pdactions:plan:[0-9a-f]{12} -->\n/);
  });

  it('validates without a token', async () => {
    const own = await world();
    expect(await use(own, { command: 'validate', token: '' })).toMatchObject({
      code: 0,
      outputs: { 'exit-code': '0', changes: '' },
    });
  });

  it.each([
    { command: 'plan; touch pwned' },
    { command: 'sandbox' },
    { config: '$(touch pwned).json' },
    { args: '$(touch pwned)' },
    { args: '`touch pwned`; touch pwned && touch pwned' },
    { args: '"unfinished' },
    { args: '--exit-code\ntouch pwned' },
    { 'working-directory': '"; touch pwned; "' },
    { token: '$(touch pwned)' },
  ])('runs no command inside %j', async (inputs) => {
    const own = await world();
    const run = await use(own, inputs);
    expect(run.code).not.toBe(0);
    expect(existsSync(join(own.folder, 'pwned'))).toBe(false);
    expect(own.sandbox.log().commits).toEqual([]);
  });

  it('runs no build tools beside the token, and names the alternative without a build', async () => {
    const own = await world();
    const home = join(own.machine.temp, 'action');
    mkdirSync(home, { recursive: true });
    symlinkSync(join(ROOT, 'bin'), join(home, 'bin'));
    const env = { ...own.machine.env, GITHUB_ACTION_PATH: home };
    const scope = { ...own.machine.scope, inputs: { command: 'plan', token: '' }, github: eventOf(false) };
    const run = await runSteps(action.runs.steps, { ...own.machine, env, scope });
    expect(run).toMatchObject({
      code: 3,
      log: expect.stringContaining('::error::this commit of pdactions has no dist/'),
    });
    expect(run.steps.map(({ outcome }) => outcome)).toEqual(['failure', 'skipped', 'skipped', 'skipped']);
    expect(own.stubs.calls()).toEqual([]);
  });
});

describe('the runner of these tests', () => {
  it('supports the expressions of these files, and refuses others', () => {
    const scope = { a: { b: 'x', 'c-d': '2' }, 'always()': true };
    expect(evaluate("always() && a.c-d != '' && !(a.b == 'y')", scope)).toBe(true);
    expect(fill('${{ a.missing || a.b }}-${{ a.c-d }}', scope)).toBe('x-2');
    expect(() => evaluate('b.c', scope)).toThrow('unknown');
    expect(() => evaluate("contains(a.b, 'x')", scope)).toThrow();
  });
});

it('docs/ci/README.md explains every input and output', () => {
  const text = read('docs/ci/README.md');
  for (const name of Object.keys(action.inputs)) expect(text).toContain(`| \`${name}\` |`);
  for (const name of Object.keys(action.outputs)) expect(text).toContain(`\`${name}\``);
});
