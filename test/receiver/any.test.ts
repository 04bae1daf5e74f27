import { expect, it, onTestFinished } from 'vitest';
import { type Arrival, startAny } from '../../src/receiver/any.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { runCli } from '../helpers/in-process.ts';

async function listening() {
  const arrivals: Arrival[] = [];
  const receiver = await startAny(0, (arrival) => arrivals.push(arrival));
  onTestFinished(() => receiver.close());
  return { arrivals, url: receiver.url };
}

it('shows a press of the sandbox, of an unknown action', async () => {
  const { arrivals, url } = await listening();
  const sandbox = await startSandbox({
    seed: {
      account: 'acme',
      services: [{ id: 'PCHKOUT', name: 'Checkout API' }],
      incidents: [{ id: 'PINC001', service: 'PCHKOUT', title: 'Slow' }],
      extensions: [
        {
          id: 'PRESTAR',
          service: 'PCHKOUT',
          name: 'Restart',
          url: `${url}/x?key=v`,
          headers: [{ name: 'X-Key', value: 'v' }],
        },
      ],
    } as never,
  });
  onTestFinished(() => sandbox.close());
  const env = { PAGERDUTY_API_URL: sandbox.url, PAGERDUTY_TOKEN: sandbox.token };
  expect((await runCli(['run', 'PRESTAR', '--incident', '1', '--yes'], { env })).code).toBe(0);
  await sandbox.settled();
  expect(sandbox.deliveries()).toMatchObject([
    { status: 'delivered', attempts: [{ answer: { status: 202 } }] },
  ]);
  expect(arrivals).toMatchObject([
    {
      path: '/x?key=v',
      headerNames: expect.arrayContaining(['x-key', 'x-webhook-id']),
      presses: [
        { button: { label: 'Restart' }, incident: { title: 'Slow' }, service: { name: 'Checkout API' } },
      ],
      why: null,
    },
  ]);
});

it.each([
  ['{', 'the body is not JSON'],
  ['{"messages": []}', '`messages` is empty'],
  [`"${'x'.repeat(300_000)}"`, 'too-large'],
])('answers 202 to other messages, with the reason', async (body, why) => {
  const { arrivals, url } = await listening();
  expect((await fetch(url, { method: 'POST', body })).status).toBe(202);
  expect(arrivals).toMatchObject([{ presses: [], why }]);
});

it('needs no config; other options and addresses are refused', async () => {
  for (const flags of [
    ['--forward', 'http://127.0.0.1:1'],
    ['--host', '0.0.0.0', '--allow-remote'],
  ]) {
    const { code, stderr } = await runCli(['listen', '--any', '--port', '0', ...flags]);
    expect(stderr).toContain('from this machine only and runs nothing');
    expect(code).toBe(3);
  }
  const stop = new AbortController();
  stop.abort();
  const { code, stderr } = await runCli(['listen', '--any', '--port', '0'], { interrupted: stop.signal });
  expect(stderr).toMatch(/Listening on http:\/\/127\.0\.0\.1:\d+ for any press/);
  expect([0, 130]).toContain(code);
});
