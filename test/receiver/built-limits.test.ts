import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '../examples/free-port.ts';
import { pressIn } from '../examples/world.ts';
import { pointedAt, testSandbox } from '../helpers/in-process.ts';
import { spawnCli } from '../helpers/spawned.ts';
import { call, list } from '../sandbox/client.ts';
import { AUTH, folderWith, listen, SECRET } from './built.ts';
import { message, PATH, send } from './world.ts';

const WAIT = `console.log('begun'); setInterval(() => require('fs').existsSync('go') && process.exit(), 5)`;

describe('limits as flags', () => {
  it('bound running and waiting presses, and let other incidents pass', async () => {
    const cwd = folderWith({ command: [process.execPath, '-e', WAIT], concurrency: 2 });
    const flags = ['--running', '3', '--waiting', '1', '--connections', '10', '--idle', '75'];
    const { url, told, child, ended } = await listen(cwd, ['--no-notes', '--output-dir', 'out', ...flags]);
    const press = (id: string, incident: string) => send(url, { headers: AUTH, id, incident });
    expect((await press('m-1', 'PINC1')).status).toBe(202);
    expect((await press('m-2', 'PINC1')).status).toBe(202);
    expect((await press('m-3', 'PINC1')).status).toBe(503);
    writeFileSync(join(cwd, 'go'), '');
    await told('succeeded', undefined, 2);
    child.kill('SIGTERM');
    await ended;
    const names = readdirSync(join(cwd, 'out'));
    expect(names).toHaveLength(2);
    expect(readFileSync(join(cwd, 'out', names[0] ?? ''), 'utf8')).toBe('begun\n');
  });

  it('hold connections for the time of --idle', async () => {
    const { url, child, ended } = await listen(folderWith({ command: ['true'] }), [
      '--no-notes',
      '--idle',
      '75',
    ]);
    const headers = { ...AUTH, 'content-type': 'application/json' };
    const answer = await fetch(url + PATH, { method: 'POST', headers, body: message() });
    expect(answer.headers.get('keep-alive')).toBe('timeout=75');
    child.kill('SIGTERM');
    await ended;
  });
});

describe('handler.allow', () => {
  it.each([
    [['PUSER01'], undefined, /succeeded/],
    [['team:SRE'], ['PUSER01'], /succeeded/],
    [['team:SRE'], undefined, /was not run .*this user is not allowed to press it/],
  ])('%j with the members %j', async (allow, members, note) => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/hooks/restart`;
    const cwd = folderWith({ command: ['true'], allow }, { url });
    const sandbox = await testSandbox({
      deliver: undefined,
      seed: {
        account: 'acme',
        teams: [{ id: 'PT1', name: 'SRE', ...(members && { members }) }],
        services: [{ id: 'PCHKOUT', name: 'Checkout API' }],
        incidents: [{ id: 'PINC001', service: 'PCHKOUT', title: 'It is broken' }],
      },
    });
    const listening = await listen(cwd, ['--port', String(port)], pointedAt(sandbox));
    const env = { ...pointedAt(sandbox), LISTEN_SECRET: SECRET };
    expect((await spawnCli(['sync', '--yes'], { cwd, env })).code).toBe(0);
    await pressIn(sandbox, 'Restart Server', 'PINC001');
    await listening.told('noted');
    const { json } = await call(sandbox, 'GET', '/incidents/PINC001/notes');
    expect(list(json.notes).map(({ content }) => String(content))).toEqual([expect.stringMatching(note)]);
    listening.child.kill('SIGTERM');
    await listening.ended;
  });
});
