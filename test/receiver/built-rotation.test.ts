import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '../examples/free-port.ts';
import { pressIn } from '../examples/world.ts';
import { pointedAt, testSandbox } from '../helpers/in-process.ts';
import { spawnCli, start } from '../helpers/spawned.ts';
import { folderWith } from './built.ts';

const OLD = '8jWe-former-staple-11';
const NEW = 'k7Qz-correct-horse-99';

describe('the walk of docs/listen.md: a secret is rotated', () => {
  it('loses no press, and the log says from when on the old secret is no longer used', async () => {
    const sandbox = await testSandbox({ deliver: undefined });
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/hooks/restart`;
    const command = [process.execPath, '-e', `require('fs').appendFileSync('runs', 'x')`];
    const cwd = folderWith({ command }, { url });
    const pressed = async (env: object, args: readonly string[]): Promise<string> => {
      const listening = start(
        ['listen', '--port', String(port), '--json', '--no-notes', '--state', 'state.jsonl', ...args],
        { cwd, env: { ...pointedAt(sandbox), ...env } },
      );
      await listening.seen('"listening"');
      await pressIn(sandbox, 'Restart Server', 'PINC001');
      await listening.seen('"succeeded"');
      listening.child.kill('SIGTERM');
      return (await listening.ended).stdout;
    };
    const sync = async (secret: string, ...args: readonly string[]): Promise<void> => {
      const env = { ...pointedAt(sandbox), LISTEN_SECRET: secret };
      const { code, stderr } = await spawnCli(['sync', '--yes', ...args], { cwd, env });
      expect(code, stderr).toBe(0);
    };
    await sync(OLD);
    expect(await pressed({ LISTEN_SECRET: OLD }, [])).not.toContain('old-secret');
    const both = { LISTEN_SECRET: NEW, LISTEN_SECRET_OLD: OLD };
    const accept = ['--also-accept', 'LISTEN_SECRET=LISTEN_SECRET_OLD'];
    expect(await pressed(both, accept)).toContain('"old-secret"');
    await sync(NEW, '--rotate-secrets');
    expect(await pressed(both, accept)).not.toContain('old-secret');
    expect(await pressed({ LISTEN_SECRET: NEW }, [])).not.toContain('refused');
    expect(readFileSync(join(cwd, 'runs'), 'utf8')).toBe('xxxx');
  });
});
