import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expand } from '../../src/config/secrets/interpolate.ts';
import { accessTo } from '../../src/config/secrets/never-expanded.ts';
import { CI_CREDENTIALS } from '../config/ci-credentials.ts';
import { CANARY, load, problemsOf, warningsOf, withAction } from '../config/world.ts';
import { runCli, temporaryFolder } from '../helpers/in-process.ts';

/** Names that users give to the secrets and URLs of their endpoints, and harmless variables that CI systems set. */
const ORDINARY = `
  AUTOMATION_TOKEN AUTOMATION_URL AUTOMATION_AUTH AUTOMATION_SECRET HOOK_TOKEN HOOK_SECRET HOOK_KEY RESTART_SECRET RUNBOOK_TOKEN
  RUNBOOK_API_KEY WEBHOOK_SECRET WEBHOOK_TOKEN ENDPOINT_TOKEN BUTTON_TOKEN RESTART_SERVER_AUTHORIZATION OPS_PASSWORD API_KEY TOKEN
  SECRET KEY HOST PORT BASE_URL API_HOST DEPLOY_TOKEN INTERNAL_API_TOKEN MY_GITHUB_TOKEN_FOR_X PLATFORM_KEY TENANT STAGE REGION
  AWS_REGION AWS_DEFAULT_REGION AWS_ACCOUNT_ID AZURE_TENANT_ID GCP_PROJECT GITHUB_REPOSITORY GITHUB_SHA GITHUB_REF_NAME GITLAB_USER_LOGIN
  CI_PROJECT_NAME CI_COMMIT_SHA CI_ENVIRONMENT_NAME CIRCLE_BRANCH BUILDKITE_BRANCH JENKINS_URL SLACK_CHANNEL SLACK_CHANNEL_ID DD_SITE
  DD_ENV DATADOG_HOST GRAFANA_URL SENTRY_ENVIRONMENT KUBERNETES_SERVICE_HOST DOCKER_IMAGE DB_NAME DB_HOST REDIS_HOST VERCEL_URL
`
  .trim()
  .split(/\s+/);

describe('T57 the credentials of CI', () => {
  it('are more than 116 names, each listed once', () => {
    expect(CI_CREDENTIALS.length).toBeGreaterThanOrEqual(116);
    expect(new Set(CI_CREDENTIALS).size).toBe(CI_CREDENTIALS.length);
  });

  it.each(CI_CREDENTIALS)(
    'T57 ${%s} is not expanded, in either case, unless it is allowed by name',
    async (name) => {
      for (const spelt of [name, name.toLowerCase()]) {
        for (const text of [`\${${spelt}}`, `Bearer \${${spelt}:-x}`]) {
          const expansion = expand(text, { env: { [spelt]: CANARY } });
          expect(expansion.ok).toBe(false);
          expect(JSON.stringify(expansion)).not.toContain(CANARY);
        }
      }
      const allowed = expand(`\${${name}}`, { env: { [name]: CANARY }, allowed: new Set([name]) });
      expect(allowed.ok).toBe(accessTo(name) === 'by name');
    },
  );

  it.each(CI_CREDENTIALS)('T57 a handler does not see %s, unless it is allowed by name', async (name) => {
    const text = withAction({ handler: { command: ['true'], env: [name] } });
    expect(problemsOf(await load(text))).toEqual([expect.stringContaining(`a handler cannot read ${name}`)]);
    const isOwn = name.startsWith('PAGERDUTY_');
    expect(problemsOf(await load(text, { allowEnv: [name] }))).toHaveLength(isOwn ? 1 : 0);
  });

  it.each(ORDINARY)('T57 leaves %s to the author of a config', async (name) => {
    expect(accessTo(name)).toBe('free');
    const text = withAction({ handler: { command: ['true'], env: [name] } });
    expect(problemsOf(await load(text))).toEqual([]);
    expect(problemsOf(await load(text, { allowEnv: ['OTHER'] }))).toEqual([
      expect.stringContaining(`a handler cannot read ${name}: it is not on the list of allowed variables`),
    ]);
  });
});

describe('T57 a config in CI without a list', () => {
  const text = withAction({
    url: 'https://${HOST}/a',
    headers: { B: 'Bearer ${B_TOKEN}', A: '${A_KEY:-x}', L: '$${NOT}' },
    handler: { command: ['true'], env: ['STAGE', 'A_KEY'] },
  });
  const env = { HOST: 'hooks.example.com', B_TOKEN: CANARY };
  const LIST = 'A_KEY,B_TOKEN,HOST,STAGE';
  const advice = expect.stringContaining(`pass \`--allow-env ${LIST}\``);

  it('T57 prints the exact list, which then suffices', async () => {
    const result = await load(text, { env: { ...env, CI: 'true' } });
    expect(problemsOf(result)).toEqual([]);
    expect(warningsOf(result)).toEqual([advice]);
    const again = await load(text, { env: { ...env, CI: 'true' }, allowEnv: LIST.split(','), strict: true });
    expect([problemsOf(again), warningsOf(again)]).toEqual([[], []]);
  });

  it('T57 is refused with `--strict`', async () => {
    expect(problemsOf(await load(text, { env: { ...env, CI: 'true' }, strict: true }))).toEqual([advice]);
  });

  it.each([{}, { CI: '' }, { CI: 'false' }, { CI: 'true', PDACTIONS_ALLOW_ENV: LIST }])(
    'prints no list with %j',
    async (more) => {
      const result = await load(text, { env: { ...env, ...more }, strict: true });
      expect([problemsOf(result), warningsOf(result)]).toEqual([[], []]);
    },
  );

  it('T57 is not told about a secret in the place of a name', async () => {
    const secret = 'x9Kf3mQ7vT2bLw8Z';
    const result = await load(withAction({ headers: { A: `\${${secret}}`, B: '${B_TOKEN}' } }), {
      env: { ...env, CI: '1' },
    });
    expect(JSON.stringify(result.ok || result.problems) + JSON.stringify(result.warnings)).not.toContain(
      secret,
    );
    expect(warningsOf(result)).toEqual([expect.stringContaining('`--allow-env B_TOKEN`')]);
  });

  it('prints no list if no variable is read', async () => {
    expect(warningsOf(await load(withAction({}), { env: { CI: 'true' }, strict: true }))).toEqual([]);
  });
});

describe('T57 the program', () => {
  const project = (): string => {
    const cwd = temporaryFolder();
    writeFileSync(
      join(cwd, 'pdactions.config.json'),
      withAction({ headers: { A: '${ONE}', B: '${TWO_KEY}' } }),
    );
    return cwd;
  };
  const env = { ONE: CANARY, TWO_KEY: 'another-value' };

  it('T57 prints one line on stderr, and ends with 4 if `--strict` demands the list', async () => {
    const cwd = project();
    const words = ['validate', '--json'];
    const told = await runCli(words, { cwd, env: { ...env, CI: 'true' } });
    expect(told.code).toBe(0);
    expect(told.stderr.split('\n').filter((text) => text.includes('--allow-env ONE,TWO_KEY'))).toHaveLength(
      1,
    );
    expect(await runCli([...words, '--strict'], { cwd, env: { ...env, CI: 'true' } })).toMatchObject({
      code: 4,
    });
    const listed = ['--strict', '--allow-env', 'ONE,TWO_KEY'];
    expect(await runCli([...words, ...listed], { cwd, env: { ...env, CI: 'true' } })).toMatchObject({
      code: 0,
      stderr: '',
    });
  });

  it('T57 `init --ci` writes the list of the config, whether its variables are set or not', async () => {
    const cwd = project();
    for (const system of ['github', 'gitlab', 'circleci', 'shell']) {
      expect(await runCli(['init', '--ci', system], { cwd })).toMatchObject({ code: 0 });
    }
    const yaml = ['plan', 'apply', 'drift'].map((part) => `.github/workflows/pagerduty-${part}.yml`);
    for (const file of [...yaml, '.gitlab-ci.yml', '.circleci/config.yml']) {
      expect(readFileSync(join(cwd, file), 'utf8')).toContain('PDACTIONS_ALLOW_ENV: ONE,TWO_KEY\n');
    }
    expect(readFileSync(join(cwd, 'pdactions.sh'), 'utf8')).toContain(
      'export PDACTIONS_ALLOW_ENV=ONE,TWO_KEY\n',
    );
  });
});
