import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '../examples/free-port.ts';
import { pressIn } from '../examples/world.ts';
import { pointedAt, testSandbox } from '../helpers/in-process.ts';
import { spawnCli } from '../helpers/spawned.ts';
import { folderWith, type Listening, listen } from './built.ts';

const OLD = '8jWe-former-staple-11';
const NEW = 'k7Qz-correct-horse-99';

describe('the walk of docs/listen.md: a secret is rotated', () => {
  it('loses no press, proves each step, and the log shows when the old secret is no longer used', async () => {
    const sandbox = await testSandbox({ deliver: undefined });
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/hooks/restart`;
    const command = [process.execPath, '-e', `require('fs').appendFileSync('runs', 'x')`];
    const cwd = folderWith({ command }, { url });
    const listening = (env: object, args: readonly string[]): Promise<Listening> =>
      listen(cwd, ['--port', String(port), '--state', 'state.jsonl', ...args], {
        ...pointedAt(sandbox),
        ...env,
      });
    const end = async ({ child, ended }: Listening): Promise<string> => {
      child.kill('SIGTERM');
      return (await ended).stdout;
    };
    const run = async (secret: string, ...argv: readonly string[]): Promise<void> => {
      const env = { ...pointedAt(sandbox), LISTEN_SECRET: secret };
      const { code, stdout, stderr } = await spawnCli([...argv, '--yes'], { cwd, env });
      expect(code, stdout + stderr).toBe(0);
    };
    const prove = (secret: string): Promise<void> =>
      run(secret, 'prove', 'Restart Server', '--service', 'Checkout API');

    await run(OLD, 'sync');
    const before = await listening({ LISTEN_SECRET: OLD }, []);
    await prove(OLD);
    expect(await end(before)).not.toContain('old-secret');

    // No receiver answers this press, so it is delivered again later.
    await pressIn(sandbox, 'Restart Server', 'PINC001');
    await sandbox.settled();
    const accept = ['--also-accept', 'LISTEN_SECRET=LISTEN_SECRET_OLD'];
    const both = await listening({ LISTEN_SECRET: NEW, LISTEN_SECRET_OLD: OLD }, accept);
    await sandbox.advance(3_600_000);
    await both.told('succeeded', 'restart', 1);
    await prove(OLD);
    await run(NEW, 'sync', '--rotate-secrets');
    await prove(NEW);
    const log = await end(both);
    const count = (event: string): number => log.split(`"event": "${event}"`).length - 1;
    expect([count('old-secret'), count('succeeded')]).toEqual([2, 3]);

    const after = await listening({ LISTEN_SECRET: NEW }, []);
    await prove(NEW);
    expect(await end(after)).not.toMatch(/refused|old-secret/);
    expect(readFileSync(join(cwd, 'runs'), 'utf8')).toBe('x'.repeat(5));
    expect(sandbox.deliveries().map(({ status }) => status)).toEqual(Array(5).fill('delivered'));
  });
});
