/** The monitors of every end-to-end test detect violations: requests of a program that breaks each promise. */
import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { testSandbox } from '../helpers/in-process.ts';
import { expectMonitors } from '../helpers/monitors.ts';

const URL_OF = 'https://run.example.com/';

async function account(): Promise<Sandbox> {
  const hook = {
    id: 'PHOOK',
    service: 'PA',
    name: 'Hook',
    url: URL_OF,
    schema: 'generic_v2_webhook' as const,
  };
  const services = ['A', 'B'].map((name) => ({ id: `P${name}`, name }));
  const seed = { account: 'acme', services, extensions: [hook], switches: { limitMode: 'off' as const } };
  return testSandbox({ seed });
}

/** A request as the program sends it. */
async function send(
  { url, token }: Sandbox,
  method: string,
  path: string,
  extension?: object,
): Promise<string> {
  const headers = {
    authorization: `Token token=${token}`,
    'user-agent': 'pdactions/0',
    'content-type': 'application/json',
  };
  const answer = await fetch(url + path, {
    method,
    headers,
    ...(extension && { body: JSON.stringify({ extension }) }),
  });
  const text = await answer.text();
  return text === '' ? '' : ((JSON.parse(text) as { extension?: { id: string } }).extension?.id ?? '');
}

const create = (sandbox: Sandbox, name: string, service = 'PA') =>
  send(sandbox, 'POST', '/extensions', {
    type: 'extension',
    name,
    endpoint_url: URL_OF,
    extension_schema: { id: 'PCUSTOM', type: 'extension_schema_reference' },
    extension_objects: [{ id: service, type: 'service_reference' }],
  });

describe('a monitor', () => {
  it('I10: detects a second create of an existing action', async () => {
    const sandbox = await account();
    await create(sandbox, 'Restart');
    await create(sandbox, 'Restart', 'PB');
    expectMonitors(sandbox);
    await create(sandbox, 'Restart');
    expect(() => expectMonitors(sandbox)).toThrow('I10');
  });

  it('I10: allows a new create after another client removed the action', async () => {
    const sandbox = await account();
    const id = await create(sandbox, 'Restart');
    await sandbox.edit({ remove: [id] });
    await create(sandbox, 'Restart');
    expectMonitors(sandbox);
  });

  it('I11: detects a fourth action, unless another client added one unseen', async () => {
    const sandbox = await account();
    for (const name of ['a', 'b']) await create(sandbox, name);
    await send(sandbox, 'GET', '/extensions');
    await sandbox.edit({
      insert: { extensions: [{ id: 'PTHEIRS', service: 'PA', name: 'x', url: URL_OF }] },
    });
    await create(sandbox, 'c');
    expectMonitors(sandbox);
    await create(sandbox, 'd');
    expect(() => expectMonitors(sandbox)).toThrow('I11');
  });

  it('I12: detects a write to another object, on another service, or of an unknown kind', async () => {
    const other = await account();
    await create(other, 'Restart', 'PB');
    expectMonitors(other, { scope: new Set(['PB']) });
    expect(() => expectMonitors(other, { scope: new Set(['PA']) })).toThrow('I12');
    const foreign = await account();
    await send(foreign, 'DELETE', '/extensions/PHOOK');
    expect(() => expectMonitors(foreign)).toThrow('I12');
    const unknown = await account();
    await send(unknown, 'DELETE', '/services/PA');
    expect(() => expectMonitors(unknown)).toThrow('I12');
  });
});
