import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pointedAt, runCli, temporaryFolder, testSandbox } from '../helpers/in-process.ts';
import { frugalPagerDuty, otherServer } from './other-server.ts';
import { CONFIG, project } from './project.ts';
import { sit } from './sitting.ts';

describe('open', () => {
  it('prints the pages of the services that a selector matches', async () => {
    const env = pointedAt(await testSandbox());
    const one = await runCli(['open', 'service', 'Checkout API'], { env });
    expect(one).toMatchObject({ code: 0, stdout: 'https://acme.pagerduty.com/service-directory/PCHKOUT\n' });
    const some = await runCli(['open', 'service', 'web-*', '--json'], { env });
    expect(JSON.parse(some.stdout)).toEqual({
      version: 1,
      command: 'open',
      page: 'service',
      urls: ['PWEBADM', 'PWEBFRO'].map((id) => `https://acme.pagerduty.com/service-directory/${id}`),
    });
  });

  it.each([
    ['extensions', 'https://acme.pagerduty.com/extensions\n'],
    ['api-keys', 'https://acme.pagerduty.com/api_keys\n'],
  ])('prints the page of the %s', async (page, stdout) => {
    const env = pointedAt(await testSandbox());
    expect(await runCli(['open', page], { env })).toMatchObject({ code: 0, stdout });
  });

  it('needs no token where the config names the account', async () => {
    const cwd = temporaryFolder();
    const text = JSON.stringify({ ...CONFIG, account: 'umbrella', region: 'eu' });
    writeFileSync(join(cwd, 'pdactions.config.json'), text);
    expect(await runCli(['open', 'api-keys'], { cwd })).toMatchObject({
      code: 0,
      stdout: 'https://umbrella.eu.pagerduty.com/api_keys\n',
    });
  });

  it('uses subdomain and region of the profile if no token is set', async () => {
    const cwd = temporaryFolder();
    const folder = join(cwd, '.config/pdactions/profiles');
    mkdirSync(folder, { recursive: true });
    const profile = (url: string) => ({
      version: 1,
      url,
      account: 'umbrella',
      kind: 'token',
      user: null,
      keptIn: 'keychain',
    });
    writeFileSync(join(folder, 'work.json'), JSON.stringify(profile('https://api.eu.pagerduty.com')));
    writeFileSync(join(folder, 'play.json'), JSON.stringify(profile('http://127.0.0.1:4040')));
    writeFileSync(join(folder, 'current'), 'work\n');
    const stdout = 'https://umbrella.eu.pagerduty.com/api_keys\n';
    expect(await runCli(['open', 'api-keys'], { cwd })).toMatchObject({ code: 0, stdout });
    const env = pointedAt(await testSandbox());
    expect(await runCli(['open', 'api-keys'], { cwd, env })).toMatchObject({
      code: 0,
      stdout: 'https://acme.pagerduty.com/api_keys\n',
    });
    expect(
      await runCli(['open', 'api-keys', '--profile', 'work'], { cwd, env: { PAGERDUTY_TOKEN: 'x' } }),
    ).toMatchObject({ stdout });
    expect(await runCli(['open', 'api-keys'], { cwd, env: { PAGERDUTY_SUBDOMAIN: 'other' } })).toMatchObject({
      stdout: 'https://other.pagerduty.com/api_keys\n',
    });
    expect(await runCli(['open', 'api-keys', '--profile', 'play'], { cwd })).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('which does not have these pages'),
    });
  });

  it.each([null, 'https://evil.example.com/x', 'https://acme.pagerduty.com/a?b&calc', 'javascript:alert(1)'])(
    'opens only pages of PagerDuty: %s',
    async (html_url) => {
      const service = { id: 'PSVC001', name: 'Search API', html_url };
      const { url } = await otherServer(frugalPagerDuty([service]).reply);
      const env = { PAGERDUTY_API_URL: url, PAGERDUTY_TOKEN: 'u+canary0123456789ab' };
      const { code, stdout, stderr } = await runCli(['open', 'service', 'id:PSVC001'], { env });
      expect(code).toBe(8);
      expect(stdout).toBe('');
      expect(stderr).toContain('PagerDuty did not return the URL of the service Search API');
    },
  );

  it('refuses nonsensical arguments, and pages of a simulated account', async () => {
    const { run } = await project();
    expect((await run(['open', 'service'])).code).toBe(3);
    expect((await run(['open', 'extensions', 'Checkout API'])).code).toBe(3);
    expect((await run(['open', 'nothing'])).code).toBe(3);
    // The config names an account, but that is no reason to open the page of the real one.
    const simulated = await run(['open', 'extensions', '--sandbox=account.json']);
    expect(simulated.code).toBe(8);
    expect(simulated.stderr).toContain('the sandbox does not have these pages');
  });

  // macOS and Windows have an opener of their own, which a variable cannot replace.
  it.runIf(process.platform === 'linux')('opens a browser on a terminal, without any secret', async () => {
    const folder = temporaryFolder();
    const seen = join(folder, 'seen');
    execFileSync('mkfifo', [seen]);
    const opener = join(folder, 'opener');
    writeFileSync(opener, `#!/bin/sh\necho "$1 $PAGERDUTY_TOKEN" > ${seen}\n`);
    chmodSync(opener, 0o755);
    const { ended } = await sit(['open', 'extensions'], { env: { BROWSER: opener } });
    expect(await readFile(seen, 'utf8')).toBe('https://acme.pagerduty.com/extensions \n');
    expect(await ended).toBe(0);
  });
});
