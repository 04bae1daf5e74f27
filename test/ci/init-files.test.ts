/** `init --ci` adapts its files to the repository, and a config can be checked without its variables. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { pointedAt, type RunOptions, runCli, temporaryFolder, testSandbox } from '../helpers/in-process.ts';

const ACTION = {
  label: 'Restart Server',
  url: 'https://${HOOK_HOST}:${HOOK_PORT}/restart',
  headers: { Authorization: 'Bearer ${HOOK_TOKEN}', 'X-Tenant': '${TENANT}' },
};

function project(action: object = ACTION): string {
  const cwd = temporaryFolder();
  const config = { actions: { restart: action }, services: { 'Checkout API': ['restart'] } };
  writeFileSync(join(cwd, 'pdactions.config.json'), JSON.stringify(config));
  return cwd;
}

const runOn = (sandbox: Sandbox, words: readonly string[], { env, ...options }: RunOptions) =>
  runCli(words, { ...options, env: { ...pointedAt(sandbox), ...env } });

const readIn = (cwd: string, path: string): string => readFileSync(join(cwd, path), 'utf8');

describe('init --ci', () => {
  it('sets every variable of the config in the jobs that read it; those in URLs with their values', async () => {
    const cwd = project();
    expect(await runCli(['init', '--ci', 'github'], { cwd })).toMatchObject({ code: 0 });
    const secret = (name: string): string => `\${{ secrets.${name} }}`;
    const env = (path: string, job: string): Record<string, string>[] =>
      parse(readIn(cwd, `.github/workflows/pagerduty-${path}.yml`)).jobs[job].steps.flatMap(
        (step: { env?: Record<string, string> }) => (step.env?.PAGERDUTY_TOKEN ? [step.env] : []),
      );
    const real = Object.fromEntries(
      ['HOOK_HOST', 'HOOK_PORT', 'HOOK_TOKEN', 'TENANT'].map((n) => [n, secret(n)]),
    );
    const none = 'not-needed-for-a-plan';
    const planned = { ...real, HOOK_TOKEN: none, TENANT: none };
    expect(env('plan', 'plan')).toEqual([expect.objectContaining(planned)]);
    // The slots page needs the token alone.
    expect(env('drift', 'drift')).toEqual([
      expect.objectContaining(planned),
      { PAGERDUTY_TOKEN: secret('PAGERDUTY_READONLY_TOKEN') },
    ]);
    for (const each of env('apply', 'apply')) expect(each).toMatchObject(real);
    for (const part of ['plan', 'apply', 'drift']) {
      expect(readIn(cwd, `.github/workflows/pagerduty-${part}.yml`)).not.toContain('AUTOMATION_TOKEN');
    }
  });

  it('leaves no empty mapping if every variable is in a URL', async () => {
    const cwd = project({ label: 'Restart Server', url: 'https://${HOOK_HOST}/restart' });
    for (const system of ['gitlab', 'circleci']) await runCli(['init', '--ci', system], { cwd });
    expect(parse(readIn(cwd, '.gitlab-ci.yml'))['.plan'].variables).toEqual({});
    expect(parse(readIn(cwd, '.circleci/config.yml')).jobs.plan.environment).toEqual({});
  });

  it('takes the branch from git', async () => {
    const cwd = project();
    execFileSync('git', ['init', '--quiet', '--initial-branch', 'release/next'], { cwd });
    await runCli(['init', '--ci', 'github'], { cwd });
    expect(parse(readIn(cwd, '.github/workflows/pagerduty-apply.yml')).on.push.branches).toEqual([
      'release/next',
    ]);
  });

  it('leaves hidden headers of an account unchanged, unless `--headers` asks for them', async () => {
    const sandbox = await testSandbox();
    const cwd = temporaryFolder();
    const live = [
      'create',
      '--service',
      'Checkout API',
      '--label',
      'Live',
      '--url',
      'https://a.example.com/x',
    ];
    const made = await runOn(sandbox, [...live, '--header-env', 'Authorization=HOOK_TOKEN', '--yes'], {
      cwd,
      env: { HOOK_TOKEN: 'a-value-of-the-test' },
    });
    expect(made.code).toBe(0);
    await runOn(sandbox, ['init', '--from-account'], { cwd });
    expect(readIn(cwd, 'pdactions.config.yaml')).toContain('Live');
    expect(readIn(cwd, 'pdactions.config.yaml')).not.toContain('Authorization');
    await runOn(sandbox, ['init', '--from-account', '--headers', '--yes'], { cwd });
    expect(readIn(cwd, 'pdactions.config.yaml')).toContain('Authorization');
  });
});

describe('validate', () => {
  it('needs no variables with `--placeholders`, and still finds problems', async () => {
    const cwd = project();
    expect(await runCli(['validate'], { cwd })).toMatchObject({ code: 4 });
    expect(await runCli(['validate', '--placeholders'], { cwd })).toMatchObject({ code: 0 });
    const wrong = project({ ...ACTION, url: 'ftp://${HOOK_HOST}/x' });
    expect(await runCli(['validate', '--placeholders'], { cwd: wrong })).toMatchObject({ code: 4 });
    const whole = project({ ...ACTION, url: '${HOOK_URL}/restart' });
    expect(await runCli(['validate', '--placeholders'], { cwd: whole })).toMatchObject({ code: 0 });
  });

  it('ends with 4 for a warning with `--warnings-as-errors`', async () => {
    const cwd = project({ ...ACTION, url: 'https://a.example.com/x', headers: { A: '$HOOK_TOKEN' } });
    expect(await runCli(['validate'], { cwd })).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('`$NAME`'),
    });
    expect(await runCli(['validate', '--warnings-as-errors'], { cwd })).toMatchObject({ code: 4 });
  });

  it.each([['plan'], ['sync', '--yes']])(
    '%s --warnings-as-errors ends with 4, too, and sends nothing',
    async (...command) => {
      const cwd = project({ ...ACTION, url: 'https://a.example.com/x', headers: { A: '$HOOK_TOKEN' } });
      const sandbox = await testSandbox();
      expect(await runOn(sandbox, [...command, '--warnings-as-errors'], { cwd })).toMatchObject({
        code: 4,
        stderr: expect.stringContaining('`$NAME`'),
      });
      expect(sandbox.log().requests).toEqual([]);
      expect(await runOn(sandbox, command, { cwd })).toMatchObject({ code: 0 });
    },
  );
});

it('plan --out saves nothing for a refused plan, and gives the reason', async () => {
  const sandbox = await testSandbox();
  const cwd = temporaryFolder();
  const actions = Object.fromEntries(
    [1, 2, 3, 4].map((n) => [`a${n}`, { label: `Action ${n}`, url: `https://a.example.com/${n}` }]),
  );
  const config = { actions, services: { 'Checkout API': ['a1', 'a2'], 'id:PCHKOUT': ['a3', 'a4'] } };
  writeFileSync(join(cwd, 'pdactions.config.json'), JSON.stringify(config));
  const run = await runOn(sandbox, ['plan', '--out', 'plan.json'], { cwd });
  expect(run).toMatchObject({
    code: 8,
    stderr: expect.stringContaining('plan.json was not saved: the plan is refused'),
  });
  expect(existsSync(join(cwd, 'plan.json'))).toBe(false);
});
