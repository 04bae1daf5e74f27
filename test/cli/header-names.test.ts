/** Missing and unknown headers differ: headers shown to be missing are sent, and removed ones are noticed (fact 14). */
import { describe, expect, it } from 'vitest';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { CONFIG, project } from './project.ts';

const ACTION = {
  id: 'PACT1',
  service: 'PCHKOUT',
  name: 'Restart Server',
  url: 'https://automation.example.com/restart',
};

function checkout(more: object, switches: SandboxOptions['switches'] = {}) {
  const services = [{ id: 'PCHKOUT', name: 'Checkout API' }];
  const seed = { account: 'acme', services, extensions: [{ ...ACTION, ...more }] };
  return project({ ...CONFIG, services: { 'Checkout API': ['restart-server'] } }, { seed, switches });
}

describe('an action without headers', () => {
  it.each([
    ['by an API client', {}],
    ['in the web UI', { madeIn: 'web' as const }],
  ])('made %s gets the headers of the config, once', async (_, more) => {
    const { run } = await checkout(more);
    const pending = await run(['plan', '--exit-code']);
    expect(pending.stdout).toMatch(/headers.*Authorization/);
    expect(pending.code).toBe(2);
    expect((await run(['sync', '--yes'])).code).toBe(0);
    expect((await run(['plan', '--exit-code'])).code).toBe(0);
  });

  it('has an empty list of names for programs', async () => {
    const { run } = await checkout({});
    const { services } = JSON.parse((await run(['list', '--json'])).stdout);
    expect(services[0].actions[0].headers).toEqual([]);
  });

  it('gets back headers that were removed by hand', async () => {
    const { run, sandbox } = await checkout({});
    await run(['sync', '--yes']);
    await sandbox.edit({ insert: { extensions: [{ ...ACTION, madeIn: 'web' }] } });
    expect((await run(['plan', '--exit-code'])).code).toBe(2);
  });
});

describe('an answer without `config`', () => {
  it('leaves the names unknown: null for programs, and nothing to compare', async () => {
    const { run } = await checkout({}, { headerNames: 'hidden' });
    const { services } = JSON.parse((await run(['list', '--json'])).stdout);
    expect(services[0].actions[0].headers).toBeNull();
    expect((await run(['plan', '--exit-code'])).code).toBe(0);
  });
});
