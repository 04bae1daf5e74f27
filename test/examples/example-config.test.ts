import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pointedAt, temporaryFolder, testSandbox } from '../helpers/in-process.ts';
import { spawnCli, start } from '../helpers/spawned.ts';
import { call, list } from '../sandbox/client.ts';
import { freePort } from './free-port.ts';
import { pressIn, SECRET } from './world.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const hasGit = spawnSync('git', ['--version'], { stdio: 'ignore' }).error === undefined;

describe.runIf(hasGit)('pdactions.config.example.json', () => {
  it('has four buttons that work, each of which ends in a note', async () => {
    const cwd = temporaryFolder();
    cpSync(join(ROOT, 'pdactions.config.example.json'), join(cwd, 'pdactions.config.json'));
    cpSync(join(ROOT, 'examples'), join(cwd, 'examples'), { recursive: true });
    const home = { env: { PATH: process.env.PATH, HOME: cwd } };
    execFileSync(join(cwd, 'examples/revert-last-commit/demo/setup.sh'), home);

    const port = String(await freePort());
    const server = (command: string): string[] => [
      'examples/restart-server/demo/server.mjs',
      command,
      port,
      'pid',
    ];
    onTestFinished(() => void execFileSync('node', server('stop'), { cwd }));
    const inventory = {
      'checkout-1': { restart: ['node', ...server('restart')], health: `http://127.0.0.1:${port}/` },
    };
    writeFileSync(join(cwd, 'servers.json'), JSON.stringify(inventory));

    const sandbox = await testSandbox({ deliver: undefined });
    const env = {
      ...pointedAt(sandbox),
      RESTART_INVENTORY: join(cwd, 'servers.json'),
      AUTOMATION_TOKEN: SECRET,
    };
    const listening = start(['listen', '--port', '0', '--json'], { cwd, env });
    const AUTOMATION_URL = /http:\/\/[\d.:]+/.exec(await listening.seen('"listening"'))?.[0] ?? '';
    const synced = await spawnCli(['sync', '--yes'], { cwd, env: { ...env, AUTOMATION_URL } });
    expect(synced.code, synced.stderr).toBe(0);

    const open = async (service: string, title: string): Promise<string> => {
      const incident = { type: 'incident', title, service: { id: service, type: 'service_reference' } };
      const { json } = await call(sandbox, 'POST', '/incidents', { body: { incident } });
      return String(json.incident?.id);
    };
    const checkout = await open('PCHKOUT', 'checkout-1 answers 503');
    const search = await open('PIJ90N7', 'Search finds nothing');
    await pressIn(sandbox, 'Restart Server', checkout);
    await pressIn(sandbox, 'Add Diagnostics', checkout);
    await pressIn(sandbox, 'Update Status Page', checkout);
    await pressIn(sandbox, 'Revert Last Commit', search);

    await listening.seen('"noted"', 4);
    const notesOn = async (incident: string): Promise<readonly string[]> => {
      const { json } = await call(sandbox, 'GET', `/incidents/${incident}/notes`);
      return list(json.notes)
        .map(({ content }) => String(content))
        .sort();
    };
    expect(await notesOn(checkout)).toEqual([
      expect.stringMatching(/"Add Diagnostics" succeeded .*Host: checkout-1\n-- load/s),
      expect.stringMatching(/"Restart Server" succeeded .*checkout-1 answers: HTTP 200/s),
      expect.stringMatching(/"Update Status Page" succeeded .*Checkout is partial_outage/s),
    ]);
    expect(await notesOn(search)).toEqual([
      expect.stringMatching(
        /"Revert Last Commit" succeeded .*Reverted [0-9a-f]{7} "Time out sooner" by Robin/s,
      ),
    ]);
  });
});
