import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { type Answer, call, control, list, sandboxFor } from './client.ts';
import { manualClock } from './manual-clock.ts';

const APP = {
  id: 'client-1',
  secret: 'canary-client-secret',
  scopes: ['extensions.read', 'services.read', 'extensions.write', 'incidents.write'],
};
const FORM = {
  grant_type: 'client_credentials',
  client_id: APP.id,
  client_secret: APP.secret,
  scope: 'as_account-us.acme extensions.read extensions.write users.read',
};

const withApp = (options: SandboxOptions = {}): Promise<Sandbox> =>
  sandboxFor({ seed: { account: 'acme', apps: [APP] }, ...options });

/** Requests a token, without authentication. */
function ask(sandbox: Sandbox, change: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const body = new URLSearchParams({ ...FORM, ...change }).toString();
  return call(sandbox, 'POST', '/oauth/token', {
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: '' },
  });
}

async function bearer(sandbox: Sandbox): Promise<Record<string, string>> {
  return { authorization: `Bearer ${(await ask(sandbox)).json.access_token}` };
}

describe('the identity endpoint (fact 20)', () => {
  it('gives a token for the scopes of the app, and omits the others', async () => {
    const sandbox = await withApp();
    const { status, json } = await ask(sandbox);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      scope: 'as_account-us.acme extensions.read extensions.write',
      token_type: 'bearer',
      expires_in: 86_400,
    });
    expect(String(json.access_token)).toMatch(/^pdus\+_/);
  });

  it('limits a token to its scopes, even for reading', async () => {
    const sandbox = await withApp();
    const headers = await bearer(sandbox);
    expect((await call(sandbox, 'GET', '/extensions', { headers })).status).toBe(200);
    const other = await call(sandbox, 'GET', '/services', { headers });
    expect(other.status).toBe(403);
    expect(other.json.error).toMatchObject({ required_scopes: ['services.read'] });
  });

  it('knows no user behind a token', async () => {
    const sandbox = await withApp();
    const headers = await bearer(sandbox);
    expect((await call(sandbox, 'GET', '/users/me', { headers })).status).toBe(400);
  });

  it.each([
    ['an unknown app', { client_id: 'client-2' }, 401, 'invalid_client'],
    ['a wrong secret', { client_secret: 'x' }, 401, 'invalid_client'],
    ['another account', { scope: 'as_account-us.other extensions.read' }, 400, 'invalid_scope'],
    ['no account', { scope: 'extensions.read' }, 400, 'invalid_scope'],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
  ])('refuses %s', async (_, change, status, error) => {
    const answer = await ask(await withApp(), change);
    expect([answer.status, answer.json]).toEqual([status, { error }]);
  });

  it('refuses a token that has expired, was changed, or is of another start', async () => {
    const sandbox = await withApp({ clock: manualClock(), switches: { appTokenLife: 'minute' } });
    const headers = await bearer(sandbox);
    const status = async (token: string, where = sandbox): Promise<number> =>
      (await call(where, 'GET', '/extensions', { headers: { authorization: token } })).status;
    const { authorization = '' } = headers;
    expect(await status(`${authorization}x`)).toBe(401);
    expect(await status(authorization, await withApp())).toBe(401);
    await sandbox.advance(59_999);
    expect(await status(authorization)).toBe(200);
    await sandbox.advance(1);
    expect(await status(authorization)).toBe(401);
  });

  it('keeps apps in the data file, and credentials out of the logs', async () => {
    const folder = temporaryFolder();
    const files = { dataFile: join(folder, 'account.json'), logFile: join(folder, 'log.jsonl') };
    const first = await withApp(files);
    const headers = await bearer(first);
    await call(first, 'GET', '/extensions', { headers });
    const seen = JSON.stringify((await control(first, 'GET', 'log')).json);
    expect(list(first.log().requests as never).length).toBe(2);
    await first.close();
    for (const text of [seen, readFileSync(files.logFile, 'utf8')]) {
      expect(text).toContain('/oauth/token');
      expect(text).not.toContain(APP.secret);
      expect(text).not.toContain('pdus+_');
    }
    const again = await withApp({ seed: { account: 'other' }, dataFile: files.dataFile });
    expect((await ask(again)).status).toBe(200);
  });

  it('refuses a seed with an unknown scope', async () => {
    const apps = [{ ...APP, scopes: ['extensions'] }];
    await expect(withApp({ seed: { account: 'acme', apps } })).rejects.toMatchObject({
      problems: [{ path: 'apps.0.scopes.0', message: 'must be a scope such as extensions.read' }],
    });
  });
});
