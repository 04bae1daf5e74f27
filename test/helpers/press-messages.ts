/** The press message of the sandbox and of `pdactions test`, which share no code. */
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { messageOf } from '../../src/tester/payload.ts';
import { call, create, type Json, sandboxFor } from '../sandbox/client.ts';
import { endpoint } from '../sandbox/endpoint.ts';

/** `messages[0]` of a press of an action without headers, on an incident without alerts. */
export async function sandboxMessage(): Promise<unknown> {
  return (await sandboxBody()).messages?.[0];
}

/** The whole body of that press. */
export async function sandboxBody(switches: SandboxOptions['switches'] = {}): Promise<Json> {
  const target = await endpoint();
  const sandbox = await sandboxFor({
    switches,
    seed: {
      account: 'acme',
      services: [{ id: 'PS1', name: 'Checkout API' }],
      incidents: [{ id: 'PI1', service: 'PS1', title: 'Checkout is slow' }],
    },
  });
  const id = await create(sandbox, 'PS1', 'Restart Server', { endpoint_url: target.url });
  await call(sandbox, 'POST', '/incidents/PI1/custom_action', {
    body: { custom_action: { webhook: { id, type: 'webhook_reference' } } },
  });
  await target.arrived(1);
  return JSON.parse(target.received[0]?.body ?? '');
}

/** The message of a check. */
export function testerMessage(): unknown {
  return messageOf({
    label: 'Restart Server',
    url: 'https://automation.example.com/restart',
    headers: [],
    webhookId: 'f1d2',
    at: '2026-11-24T04:00:00.123Z',
  });
}
