/** A success that shows the requested id is believed; any other is verified by reading the id (F19). */
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/pagerduty/http/fetch.ts';
import { createStore } from '../../src/pagerduty/stores/api-store.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';
import { json, scripted } from './answers.ts';

const BODY = { label: 'Restart', url: 'https://run.example.com/restart' };
const SCHEMAS = json(200, {
  extension_schemas: [{ id: 'PSCHEMA', key: 'custom_webhook', label: 'Custom Incident Action' }],
  more: false,
  total: 1,
});

const shown = (fields: object = {}): object => ({
  id: 'PACT',
  name: BODY.label,
  endpoint_url: BODY.url,
  extension_schema: { id: 'PSCHEMA' },
  extension_objects: [{ id: 'PSVC', summary: 'Checkout' }],
  ...fields,
});
const answer = (status: number, fields?: object): Answer => json(status, { extension: shown(fields) });

function storeAnswering(...answers: readonly Answer[]) {
  const { transport, sent } = scripted(...answers);
  const store = createStore({
    baseUrl: 'http://127.0.0.1:1',
    token: 'x',
    tokenType: 'token',
    userAgent: 'test',
    timeoutMs: 1000,
    runTimeoutMs: 600_000,
    concurrency: 1,
    clock: createVirtualClock(),
    random: () => 0.5,
    transport,
  });
  return { store, calls: () => sent.map(({ method, path }) => `${method} ${path}`) };
}

const OTHERS: [string, object, object][] = [
  ['name', { name: 'Old' }, { label: 'Old' }],
  ['endpoint_url', { endpoint_url: 'https://old.example.com/' }, { url: 'https://old.example.com/' }],
];

describe('an update', () => {
  it.each(OTHERS)(
    'answered with another %s is done, and gives the answered values',
    async (_, fields, shows) => {
      const { store, calls } = storeAnswering(SCHEMAS, answer(200, fields));
      await expect(store.update('PACT', 'PSVC', BODY)).resolves.toMatchObject({ ...BODY, ...shows });
      expect(calls().slice(1)).toEqual(['PUT /extensions/PACT']);
    },
  );

  it('F19: answered with another action is looked up, and unknown if that shows another, too', async () => {
    const { store, calls } = storeAnswering(SCHEMAS, answer(200, { id: 'POTHER' }));
    await expect(store.update('PACT', 'PSVC', BODY)).rejects.toMatchObject({
      reason: 'contract',
      aftermath: 'verify',
    });
    expect(calls().slice(1)).toEqual(['PUT /extensions/PACT', 'GET /extensions/PACT']);
  });

  it('answered with a redacted URL, or none, is done', async () => {
    for (const endpoint_url of ['--redacted--', null]) {
      const { store, calls } = storeAnswering(SCHEMAS, answer(200, { endpoint_url }));
      await store.update('PACT', 'PSVC', BODY);
      expect(calls()).toHaveLength(2);
    }
  });
});

describe('a create', () => {
  it.each(OTHERS)(
    'answered with another %s is done, and gives the answered values',
    async (_, fields, shows) => {
      const { store } = storeAnswering(SCHEMAS, answer(201, fields));
      await expect(store.create('PSVC', BODY)).resolves.toMatchObject({ ...BODY, ...shows });
    },
  );

  it.each([
    ['no name', { name: null }],
    ['no service', { extension_objects: null }],
    ['no schema', { extension_schema: null }],
  ])('answered with an id and %s is done: the id ends it', async (_, fields) => {
    const { store } = storeAnswering(SCHEMAS, answer(201, fields));
    await expect(store.create('PSVC', BODY)).resolves.toMatchObject({ id: 'PACT', services: [] });
  });

  it('F19: answered without an id is looked for', async () => {
    const { store } = storeAnswering(SCHEMAS, answer(201, { id: null }));
    await expect(store.create('PSVC', BODY)).rejects.toMatchObject({
      reason: 'contract',
      aftermath: 'verify',
    });
  });
});

describe('an enable', () => {
  const still = answer(200, { temporarily_disabled: true });

  it('F19: answered with a disabled action is looked up, and unknown if it is disabled', async () => {
    const { store, calls } = storeAnswering(still);
    await expect(store.enable('PACT')).rejects.toMatchObject({ reason: 'contract', aftermath: 'verify' });
    expect(calls()).toEqual(['POST /extensions/PACT/enable', 'GET /extensions/PACT']);
  });

  it('F19: answered with an older state is done if the read shows the new one', async () => {
    const { store } = storeAnswering(still, answer(200, { temporarily_disabled: false }));
    await expect(store.enable('PACT')).resolves.toMatchObject({ disabled: false });
  });
});

describe('a delete', () => {
  const NOT_FOUND = json(404, { error: { message: 'Not Found', code: 2100 } });

  it('F23: of an action unknown from the first answer is `gone`', async () => {
    await expect(storeAnswering(NOT_FOUND).store.delete('PACT')).resolves.toBe('gone');
  });

  it('F13: of a missing action after a lost answer is `deleted`', async () => {
    const { store } = storeAnswering(json(500, {}), NOT_FOUND);
    await expect(store.delete('PACT')).resolves.toBe('deleted');
  });
});

describe('a read by id', () => {
  it('F19: answered with another action is not believed, because that one would be deleted in its place', async () => {
    const { store } = storeAnswering(SCHEMAS, answer(200, { id: 'POTHER' }));
    await expect(store.action('PACT')).rejects.toMatchObject({ reason: 'contract' });
  });

  it('F19: answered with another service is not believed', async () => {
    const { store } = storeAnswering(json(200, { service: { id: 'POTHER', name: 'Checkout' } }));
    const selector = { kind: 'id', id: 'PSVC', text: 'id:PSVC' } as const;
    await expect(store.catalogue([selector])).rejects.toMatchObject({ reason: 'contract' });
  });
});

describe('a list', () => {
  it.each([
    ['more', { more: 'true', total: 0 }],
    ['total', { more: false, total: '7' }],
    ['total', { more: false, total: -1 }],
  ])('F19: with a `%s` of another type does not count as complete', async (name, paging) => {
    const { store, calls } = storeAnswering(SCHEMAS, json(200, { extensions: [], ...paging }));
    await expect(store.actions('all')).rejects.toMatchObject({
      reason: 'contract',
      message: expect.stringContaining(name),
    });
    expect(calls()).toHaveLength(2);
  });
});
