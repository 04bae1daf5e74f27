import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from '../examples/free-port.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { spawnCli, start } from '../helpers/spawned.ts';
import { folderWith, SECRET } from './built.ts';

it('prove joins a running sandbox, and uses the port of the endpoint, because that sandbox delivers to this machine only', async () => {
  const account = join(temporaryFolder(), 'account.json');
  const sandbox = start(['sandbox', 'start', '--data', account]);
  await sandbox.seen('CONTROL_TOKEN');
  const proven = async (url: string) => {
    const cwd = folderWith({ command: ['true'] }, { url });
    const run = (...argv: readonly string[]) =>
      spawnCli([...argv, `--sandbox=${account}`, '--yes'], { cwd, env: { LISTEN_SECRET: SECRET } });
    expect((await run('sync')).code).toBe(0);
    return run('prove', 'Restart Server', '--service', 'Checkout API', '--wait', '5');
  };
  const here = await proven(`http://127.0.0.1:${await freePort()}/hooks/restart`);
  expect(here).toMatchObject({ code: 0, stderr: expect.stringContaining('this command runs the handlers') });
  const elsewhere = await proven('https://hooks.example.com/hooks/restart');
  expect(elsewhere).toMatchObject({
    code: 2,
    stdout: expect.stringContaining('the endpoint is not on this machine'),
  });
  sandbox.child.kill('SIGINT');
  await sandbox.ended;
});
