import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Keychain, KeychainError, systemKeychain } from '../../src/cli/connection/keychain.ts';
import { behindTls, companyCa, connectProxy } from '../helpers/egress.ts';
import { type FakeKeychain, fakeKeychain, noKeychain } from '../helpers/fake-keychain.ts';
import { type RunOptions, runCli, temporaryFolder, testSandbox } from '../helpers/in-process.ts';
import { otherServer } from './other-server.ts';
import { sit } from './sitting.ts';

/** A user's home, a keychain, and an account that the user can sign in to. */
async function home(keychain: Pick<FakeKeychain, 'env'> = fakeKeychain()) {
  const cwd = temporaryFolder();
  const sandbox = await testSandbox();
  const run = async (argv: readonly string[], options: RunOptions = {}) => {
    const result = await runCli(argv, { cwd, ...options, env: { ...keychain.env, ...options.env } });
    expect(result.stdout + result.stderr).not.toContain(sandbox.token);
    return result;
  };
  const login = (args: readonly string[] = [], { url, token } = sandbox) =>
    run(['auth', 'login', '--token-file', '-', ...args], {
      env: { PAGERDUTY_API_URL: url },
      stdin: `${token}\n`,
    });
  return { cwd, sandbox, run, login, file: (name: string) => join(cwd, '.config/pdactions/profiles', name) };
}

describe('auth login', () => {
  it('checks the token, names its user, stores it in the keychain, and every command uses it', async () => {
    const keychain = fakeKeychain();
    const { run, login, sandbox, file } = await home(keychain);
    const { code, stderr } = await login();
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('Signed in to acme (127.0.0.1:');
    expect(stderr).toContain('an API key of Sam Sandbox, sam@acme.example, admin.');
    expect(keychain.entries()).toEqual({ acme: sandbox.token });
    expect(keychain.calls()).not.toContain(sandbox.token);
    expect(readFileSync(file('acme.json'), 'utf8')).not.toContain(sandbox.token);
    expect(existsSync(file('acme.token'))).toBe(false);
    const list = await run(['list', '--json']);
    expect(list.code, list.stderr).toBe(0);
    expect(JSON.parse(list.stdout)).toMatchObject({ account: 'acme' });
  });

  it.each([
    [{ tokenKind: 'user' }, 'It can read and change actions.'],
    [
      { tokenKind: 'read-only' },
      'It can only read actions (PagerDuty refuses to change actions). That is enough for',
    ],
    [{ tokenKind: 'scoped-read' }, 'It can only read actions (it lacks the scope extensions.write).'],
  ] as const)('shows the permissions of the token: %j', async (switches, text) => {
    const sandbox = await testSandbox({ switches });
    const { login, file } = await home();
    const { code, stderr } = await login([], sandbox);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining(text) });
    expect(sandbox.log().commits).toEqual([]);
    expect(readFileSync(file('acme.json'), 'utf8')).not.toContain('rights');
  });

  it('reports that a token may not even read actions', async () => {
    const sandbox = await testSandbox();
    sandbox.setFaults([
      { match: { path: '/extensions', method: 'GET' }, action: 'status', status: 403, times: 'always' },
    ]);
    const { login } = await home();
    const { code, stderr } = await login([], sandbox);
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('It cannot read actions: '),
    });
  });

  it('stores it in a file of mode 600 without a keychain, and says so', async () => {
    const { run, login, file, sandbox } = await home({ env: noKeychain() });
    const { code, stderr } = await login();
    expect(code).toBe(0);
    expect(stderr).toContain('is missing: ');
    expect(stderr).toContain('which only you can read (mode 600).');
    expect(statSync(file('acme.token')).mode & 0o777).toBe(0o600);
    expect(readFileSync(file('acme.token'), 'utf8').trim()).toBe(sandbox.token);
    expect((await run(['list'])).code).toBe(0);
    chmodSync(file('acme.token'), 0o644);
    const unsafe = await run(['list']);
    expect(unsafe.code).toBe(5);
    expect(unsafe.stderr).toContain('can be read or written by others');
  });

  it('moves a token from the file into the keychain', async () => {
    const { cwd, login, file, sandbox } = await home({ env: noKeychain() });
    await login();
    const { url, token } = sandbox;
    const env = { ...fakeKeychain().env, PAGERDUTY_API_URL: url };
    expect((await runCli(['auth', 'login', '--token-file', '-'], { cwd, env, stdin: token })).code).toBe(0);
    expect(existsSync(file('acme.token'))).toBe(false);
  });

  it('stores nothing of a token that is refused or invalid', async () => {
    const keychain = fakeKeychain();
    const { login, sandbox, file } = await home(keychain);
    const refused = await login([], { ...sandbox, token: 'u+canary0123456789ab' });
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain('PagerDuty rejected the token');
    expect((await login([], { ...sandbox, token: 'Bearer x' })).code).toBe(5);
    expect(keychain.entries()).toEqual({});
    expect(existsSync(file('acme.json'))).toBe(false);
  });

  it('finds the region of the account by itself', async () => {
    const company = companyCa(['api.pagerduty.com', 'api.eu.pagerduty.com']);
    const sandbox = await testSandbox();
    const { url } = await otherServer(() => ({ status: 401, text: '' }));
    const [us, eu] = [await behindTls(company, url), await behindTls(company, sandbox.url)];
    const { proxy, cwd } = {
      proxy: await connectProxy({ port: us, ports: { 'api.eu.pagerduty.com:443': eu } }),
      cwd: temporaryFolder(),
    };
    const env = { ...fakeKeychain().env, HTTPS_PROXY: `http://${proxy.host}` };
    const args = ['auth', 'login', '--token-file', '-', '--ca-file', company.caFile];
    const { code, stderr } = await runCli(args, { cwd, env, stdin: sandbox.token });
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('(api.eu.pagerduty.com)');
    expect((await runCli(['list', '--ca-file', company.caFile], { cwd, env })).code).toBe(0);
  });

  it('never asks off a terminal, and does nothing in CI', async () => {
    const { run, login } = await home();
    expect((await run(['auth', 'login'])).code).toBe(3);
    await login();
    const env = { CI: 'true' };
    expect((await run(['auth', 'login', '--token-file', '-'], { env, stdin: 'x' })).code).toBe(3);
    const list = await run(['list'], { env });
    expect(list.code).toBe(5);
    expect(list.stderr).toContain('no PagerDuty API token found');
    expect((await run(['list', '--profile', 'acme'], { env })).stderr).toContain(
      'pdactions never reads profiles in CI',
    );
  });
});

describe('profiles', () => {
  it('are chosen by flag, by variable, by the account of the config, or are the current one', async () => {
    const { run, login, cwd } = await home();
    const other = await testSandbox({
      seed: { account: 'umbrella', services: [{ id: 'PU1', name: 'Hive' }] },
    });
    await login();
    await login([], other);
    const account = async (args: readonly string[] = [], env = {}) => {
      const { code, stdout, stderr } = await run(['list', '--json', ...args], { env });
      return code === 0 ? JSON.parse(stdout).account : stderr;
    };
    expect(await account()).toBe('umbrella');
    expect(await account(['--profile', 'acme'])).toBe('acme');
    expect(await account([], { PAGERDUTY_PROFILE: 'acme' })).toBe('acme');
    expect((await run(['auth', 'switch', 'acme'])).code).toBe(0);
    expect(await account()).toBe('acme');
    const config = { account: 'umbrella', actions: {}, services: {} };
    writeFileSync(join(cwd, 'pdactions.config.json'), JSON.stringify(config));
    expect(await account()).toBe('umbrella');
    const refused = await run(['list', '--profile', 'acme']);
    expect(refused.code).toBe(8);
    expect(refused.stderr).toContain(
      'the profile acme is for the account acme, but the config is for umbrella',
    );
    expect((await run(['list', '--profile', 'absent'])).stderr).toContain('profile absent does not exist');
    expect((await run(['auth', 'switch', 'absent'])).stderr).toContain('Existing profiles: acme, umbrella.');
  });

  it('come after everything in the environment, except with `--profile`', async () => {
    const { run, login, sandbox } = await home();
    await login();
    const env = { PAGERDUTY_API_URL: sandbox.url, PAGERDUTY_TOKEN: 'u+canary0123456789ab' };
    expect((await run(['list'], { env })).code).toBe(5);
    expect((await run(['list', '--profile', 'acme'], { env })).code).toBe(0);
    expect((await run(['list', '--profile', 'acme', '--token-file', 'x'])).code).toBe(3);
  });

  it('T50: send their token to no other address', async () => {
    const { run, login } = await home();
    await login();
    const other = await otherServer(() => ({ status: 401, text: '' }));
    const { code, stderr } = await run(['list'], { env: { PAGERDUTY_API_URL: other.url } });
    expect(code).toBe(8);
    expect(stderr).toContain('Nothing was sent.');
    expect(other.asked).toEqual([]);
  });

  it('report a locked, an emptied and a missing keychain, and lose nothing', async () => {
    const keychain = fakeKeychain();
    const { run, login, cwd } = await home(keychain);
    await login();
    keychain.lock();
    const locked = await run(['list']);
    expect(locked.code).toBe(5);
    expect(locked.stderr).toContain('could not read the token of the profile acme: the keychain is locked');
    expect((await run(['auth', 'logout'])).code).toBe(5);
    keychain.unlock();
    expect((await run(['list'])).code).toBe(0);
    const missing = await runCli(['list'], { cwd, env: noKeychain() });
    expect(missing.stderr).toContain('the keychain is missing: ');
    expect((await run(['auth', 'logout'])).code).toBe(0);
    expect(keychain.entries()).toEqual({});
    const gone = await run(['list']);
    expect(gone.stderr).toContain('no PagerDuty API token found');
  });

  it('survive a damaged file of another one, and name the damaged one', async () => {
    const { run, login, file } = await home();
    const other = await testSandbox({
      seed: { account: 'umbrella', services: [{ id: 'PU1', name: 'Hive' }] },
    });
    await login([], other);
    await login();
    writeFileSync(file('umbrella.json'), '{"version": 1, "na');
    expect((await run(['list'])).code).toBe(0);
    const damaged = await run(['list', '--profile', 'umbrella']);
    expect(damaged.code).toBe(9);
    expect(damaged.stderr).toContain('the profile umbrella is damaged');
    expect((await run(['auth', 'status'])).stdout).toContain('damaged');
    expect((await run(['auth', 'logout', 'umbrella'])).code).toBe(0);
  });

  it('all exist after several processes have signed in at once', async () => {
    const { run, login } = await home();
    const accounts = ['umbrella', 'initech', 'hooli'];
    const sandboxes = await Promise.all(
      accounts.map((account) => testSandbox({ seed: { account, services: [{ id: 'PS1', name: 'A' }] } })),
    );
    const ended = await Promise.all(sandboxes.map((sandbox) => login([], sandbox)));
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
    const { profiles } = JSON.parse((await run(['auth', 'status', '--json'])).stdout);
    expect(profiles.map(({ name }: { name: string }) => name)).toEqual(['hooli', 'initech', 'umbrella']);
    expect(profiles.filter(({ current }: { current: boolean }) => current)).toHaveLength(1);
  });
});

describe('auth status', () => {
  it('names every source in order, and the effective one', async () => {
    const { run, login, sandbox } = await home();
    await login(['--profile', 'work']);
    const env = { PAGERDUTY_TOKEN_COMMAND: 'false', PAGERDUTY_CLIENT_ID: 'client-1' };
    const { stdout } = await run(['auth', 'status'], { env });
    expect(stdout.split('\n').map((row) => row.split('\t').slice(0, 2))).toEqual([
      ['--token-file', 'not set'],
      ['PAGERDUTY_TOKEN', 'not set'],
      ['PAGERDUTY_TOKEN_FILE', 'not set'],
      ['PAGERDUTY_TOKEN_COMMAND', 'used'],
      ['PAGERDUTY_CLIENT_ID', 'set, not used'],
      ['profile work', 'current, not used'],
      [''],
    ]);
    const alone = JSON.parse((await run(['auth', 'status', '--json'])).stdout);
    expect(alone).toMatchObject({
      counts: 'profile work',
      profiles: [{ name: 'work', account: 'acme', keptIn: 'keychain', current: true }],
    });
    const findings = JSON.parse((await run(['doctor', '--json'])).stdout).findings;
    expect(findings).toContainEqual(
      expect.objectContaining({ check: 'address', text: `${sandbox.url}, from the profile work` }),
    );
    expect(findings).toContainEqual(
      expect.objectContaining({ check: 'credentials', state: 'ok', text: 'from the profile work' }),
    );
  });
});

describe('a prompt for the token', () => {
  const empty = (keychain: FakeKeychain) => ({ ...keychain.env, PAGERDUTY_TOKEN: '' });

  it('appears if no token is set, and stores it on request', async () => {
    const keychain = fakeKeychain();
    const { terminal, sandbox, ended } = await sit(['list'], { env: empty(keychain) });
    await terminal.waitFor('PagerDuty API token:');
    terminal.type(sandbox.token);
    await terminal.waitFor(/\*{20}/);
    terminal.press('enter');
    await terminal.waitFor('Store it for next time?');
    terminal.type('y');
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(keychain.entries()).toEqual({ acme: sandbox.token });
    expect(terminal.stderrText + terminal.stdoutText).not.toContain(sandbox.token);
  });

  it('is used once, and not stored, without a yes', async () => {
    const keychain = fakeKeychain();
    const { terminal, sandbox, ended, folder } = await sit(['list'], { env: empty(keychain) });
    await terminal.waitFor('PagerDuty API token:');
    terminal.type(sandbox.token);
    await terminal.waitFor(/\*{20}/);
    terminal.press('enter');
    await terminal.waitFor('Store it for next time?');
    terminal.press('enter');
    expect(await ended).toBe(0);
    expect(keychain.entries()).toEqual({});
    expect(existsSync(join(folder, '.config'))).toBe(false);
  });
});

describe.each(['linux', 'darwin'] as const)('the keychain of %s', (platform) => {
  const open = (fake: { readonly env: Readonly<Record<string, string>> }): Keychain => {
    const interrupted = new AbortController().signal;
    const keychain = systemKeychain({ platform, env: fake.env, interrupted });
    if (!keychain) throw new Error('there is none');
    return keychain;
  };

  it('saves, replaces, reads and removes, and shows no secret to other users', async () => {
    const fake = fakeKeychain();
    const keychain = open(fake);
    expect(await keychain.read('acme')).toBeUndefined();
    await keychain.save('acme', 'pdus+_canary.one/two=');
    await keychain.save('acme', 'pdus+_canary.three');
    expect(await keychain.read('acme')).toBe('pdus+_canary.three');
    await keychain.remove('acme');
    await keychain.remove('acme');
    expect(await keychain.read('acme')).toBeUndefined();
    expect(fake.calls()).not.toContain('canary');
  });

  it('distinguishes locked and missing', async () => {
    const fake = fakeKeychain();
    fake.lock();
    await expect(open(fake).read('acme')).rejects.toThrow(/^is locked \(/);
    await expect(open({ env: noKeychain() }).read('acme')).rejects.toThrow(KeychainError);
    await expect(open({ env: noKeychain() }).save('acme', 'x')).rejects.toThrow(/^is missing: /);
  });
});
