import { expect, it, onTestFinished } from 'vitest';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { folderWith, listen } from './built.ts';

const SECRET_OF_APP = 'canary-client-secret-7Qz';

it('listen names the scope that its OAuth app lacks at the start, and accepts presses meanwhile', async () => {
  const apps = [{ id: 'client-1', secret: SECRET_OF_APP, scopes: ['incidents.read'] }];
  const sandbox = await startSandbox({ seed: { account: 'acme', apps } });
  onTestFinished(() => sandbox.close());
  const running = await listen(folderWith({ command: ['true'] }), [], {
    PAGERDUTY_API_URL: sandbox.url,
    PAGERDUTY_CLIENT_ID: 'client-1',
    PAGERDUTY_CLIENT_SECRET: SECRET_OF_APP,
    PAGERDUTY_SUBDOMAIN: 'acme',
  });
  const warning = 'the OAuth app lacks the scope incidents.write: presses run, but no notes are written';
  let text = '';
  await new Promise<void>((resolve) => {
    running.child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk;
      if (text.includes(warning)) resolve();
    });
  });
  expect((await fetch(`${running.url}/readyz`)).status).toBe(200);
  running.child.kill('SIGTERM');
  const { code, stderr } = await running.ended;
  expect(code).toBe(0);
  expect(stderr).toContain('`pdactions listen` needs incidents.read, incidents.write.');
});
