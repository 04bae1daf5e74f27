import { describe, expect, it } from 'vitest';
import {
  defaultSwitches,
  parseSwitches,
  SWITCHES,
  type SwitchName,
} from '../../src/sandbox/account/switches.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { type Answer, call, control, create, extension, list, names, sandboxFor } from './client.ts';
import { endpoint } from './endpoint.ts';
import { manualClock } from './manual-clock.ts';

const header = (name: string, value = 'v') => ({ name, value });
const config = (...headers: readonly unknown[]) => ({ config: { headers } });
const service = (id: string) => ({ id, type: 'service_reference' });

const post = (sandbox: Sandbox, name: string, more: Record<string, unknown> = {}) =>
  call(sandbox, 'POST', '/extensions', { body: extension('PCHKOUT', name, more) });
const put = (sandbox: Sandbox, id: string, fields: unknown) =>
  call(sandbox, 'PUT', `/extensions/${id}`, { body: { extension: fields } });
const read = async (sandbox: Sandbox, id: string) =>
  (await call(sandbox, 'GET', `/extensions/${id}?include[]=temporarily_disabled`)).json.extension;
const stored = (sandbox: Sandbox, id: string) => sandbox.state().extensions.find((one) => one.id === id);

async function press(sandbox: Sandbox, url: string, more: Record<string, unknown> = {}) {
  const id = await create(sandbox, 'PCHKOUT', 'Press me', { endpoint_url: url, ...more });
  const body = { custom_action: { webhook: { id, type: 'webhook_reference' } } };
  const answer = await call(sandbox, 'POST', '/incidents/PINC001/custom_action', { body });
  await sandbox.settled();
  return answer;
}

/** For each switch, a result visible to clients that differs with every value. */
const OBSERVED: Readonly<Record<SwitchName, (sandbox: Sandbox) => Promise<unknown>>> = {
  multipleObjects: async (sandbox) =>
    (await post(sandbox, 'x', { extension_objects: [service('PCHKOUT'), service('PWEBFRO')] })).status,
  limitMode: async (sandbox) => {
    for (const name of ['a', 'b', 'c']) await create(sandbox, 'PCHKOUT', name);
    return (await post(sandbox, 'd')).json.error?.code;
  },
  description: async (sandbox) => {
    const id = await create(sandbox, 'PCHKOUT', 'x', { description: 'D', config: { description: 'C' } });
    const seen = await read(sandbox, id);
    return [seen?.description, seen?.config?.description];
  },
  putWithoutConfig: async (sandbox) => {
    await put(sandbox, 'PVENDOR', { name: 'x' });
    return stored(sandbox, 'PVENDOR')?.headers;
  },
  putConfig: async (sandbox) => {
    await put(sandbox, 'PVENDOR', config(header('X-Other')));
    return stored(sandbox, 'PVENDOR')?.headers?.map(({ name }) => name);
  },
  headerNames: async (sandbox) => (await read(sandbox, 'PVENDOR'))?.config?.headers,
  moves: async (sandbox) => {
    const { status } = await put(sandbox, 'PVENDOR', { extension_objects: [service('PCHKOUT')] });
    return [status, stored(sandbox, 'PVENDOR')?.serviceIds];
  },
  duplicateNames: async (sandbox) => {
    await create(sandbox, 'PCHKOUT', 'twice');
    return (await post(sandbox, 'twice')).status;
  },
  accountLock: async (sandbox) => {
    const answers = [
      await put(sandbox, 'PVENDOR', { name: 'x' }),
      await put(sandbox, 'PVENDOR', { name: 'x' }),
    ];
    const updates = sandbox.log().commits.filter(({ id }) => id === 'PVENDOR');
    return [answers.map(({ status, json }) => [status, json.error?.message]), updates.length];
  },
  gone: async (sandbox) => [
    (await call(sandbox, 'GET', '/extensions/PNONE')).status,
    (await call(sandbox, 'DELETE', '/extensions/PNONE')).status,
  ],
  emptyName: async (sandbox) => (await post(sandbox, '')).status,
  nameLimit: async (sandbox) => [
    (await post(sandbox, 'x'.repeat(41))).status,
    (await post(sandbox, 'x'.repeat(256))).status,
  ],
  headerRules: async (sandbox) => [
    (await post(sandbox, 'x', config(header('A'), header('a')))).status,
    (await post(sandbox, 'y', config(header('Content-Length')))).status,
  ],
  redirects: async (sandbox) => {
    const target = await endpoint();
    const first = await endpoint(() => target.url);
    await press(sandbox, first.url);
    return [sandbox.deliveries()[0]?.status, target.received.length];
  },
  pressBody: async (sandbox) => {
    const { status, text } = await press(sandbox, 'https://a.example.com/');
    return [status, text];
  },
  pressFrom: async (sandbox) => (await press(sandbox, 'https://a.example.com/')).status,
  pressPlan: async (sandbox) => (await press(sandbox, 'https://a.example.com/')).status,
  payload: async (sandbox) => {
    const target = await endpoint();
    await press(sandbox, target.url);
    return Object.keys(JSON.parse(target.received[0]?.body ?? ''));
  },
  clientCertificate: async (sandbox) => {
    await press(sandbox, 'https://a.example.com/');
    return sandbox.deliveries()[0]?.certificate;
  },
  retrySpacing: async (sandbox) => {
    const target = await endpoint(() => 500);
    await press(sandbox, target.url);
    await sandbox.advance(5 * 60_000);
    return target.received.length;
  },
  orphans: async (sandbox) => {
    await sandbox.edit({ remove: ['PWEBADM'] });
    return stored(sandbox, 'PVENDOR')?.name;
  },
  schemaId: async (sandbox) => {
    const { json } = await call(sandbox, 'GET', '/extension_schemas');
    return list(json.extension_schemas).find(({ key }) => String(key) === 'custom_webhook')?.id;
  },
  configKeys: async (sandbox) => {
    const id = await create(sandbox, 'PCHKOUT', 'x', { config: { marker: 'ours' } });
    return (await read(sandbox, id))?.config?.marker;
  },
  redacted: async (sandbox) => {
    const seen = await read(sandbox, 'PVENDOR');
    return [seen?.endpoint_url, seen?.config?.headers];
  },
  redactedText: async (sandbox) => (await read(sandbox, 'PVENDOR'))?.config?.headers,
  storedName: async (sandbox) => {
    const id = await create(sandbox, 'PCHKOUT', 'drain  & restart e\u0301 \u00e9 \u{1f680} every server');
    return (await read(sandbox, id))?.name;
  },
  storedUrl: async (sandbox) => {
    const endpoint_url = 'https://A.example.com:443/Run%2fx#top';
    return (await read(sandbox, await create(sandbox, 'PCHKOUT', 'x', { endpoint_url })))?.endpoint_url;
  },
  writes: async (sandbox) => {
    const before = JSON.stringify(sandbox.state().extensions);
    const made = await post(sandbox, 'x');
    const changed = await put(sandbox, 'PVENDOR', { name: 'y' });
    await call(sandbox, 'POST', '/extensions/PDISABL/enable');
    const gone = await call(sandbox, 'DELETE', '/extensions/PVENDOR');
    const shown = [made.json.extension?.name, changed.json.extension?.name];
    expect([shown, made.status, gone.status]).toEqual([['x', 'y'], 201, 204]);
    return JSON.stringify(sandbox.state().extensions) === before;
  },
  putEnables: async (sandbox) => {
    await put(sandbox, 'PDISABL', { name: 'x' });
    return (await read(sandbox, 'PDISABL'))?.temporarily_disabled;
  },
  listOrder: async (sandbox) => {
    await create(sandbox, 'PCHKOUT', 'Zebra');
    return names(sandbox, '/extensions', 'extensions');
  },
  disabledOnList: async (sandbox) => {
    const { json } = await call(sandbox, 'GET', '/extensions?include[]=temporarily_disabled');
    return list(json.extensions).map((one) => one.temporarily_disabled);
  },
  bodies: async (sandbox) => {
    const { extension: bare } = extension('PCHKOUT', 'x') as { extension: unknown };
    return (await call(sandbox, 'POST', '/extensions', { body: bare })).status;
  },
  tokenKind: async (sandbox) => {
    const me = await call(sandbox, 'GET', '/users/me');
    const write = await call(sandbox, 'DELETE', '/extensions/PVENDOR');
    return [me.status, write.status, write.json?.error?.message];
  },
  appLogin: async (sandbox) => (await appToken(sandbox)).status,
  appScopes: async (sandbox) => (await appToken(sandbox)).json.scope,
  appTokenLife: async (sandbox) => {
    const headers = { authorization: `Bearer ${(await appToken(sandbox)).json.access_token}` };
    await sandbox.advance(60_000);
    return (await call(sandbox, 'GET', '/extensions', { headers })).status;
  },
  rateHeaders: async (sandbox) => {
    const fine = await call(sandbox, 'GET', '/abilities');
    let last = fine;
    while (last.status === 200) last = await call(sandbox, 'GET', '/abilities');
    return [fine, last].map(({ headers, text }) => [headers.get('ratelimit-limit'), text !== '']);
  },
  duplicates: async (sandbox) => {
    const target = await endpoint();
    await press(sandbox, target.url);
    const ids = target.received.map(({ headers }) => headers['x-webhook-id']);
    expect(new Set(ids).size).toBe(1);
    return ids.length;
  },
  readLag: async (sandbox) => {
    const id = await create(sandbox, 'PCHKOUT', 'x');
    const seen = [];
    for (let count = 0; count < 4; count += 1) {
      const path = count % 2 === 0 ? `/extensions/${id}` : '/extensions?extension_object_id=PCHKOUT';
      const { status, json } = await call(sandbox, 'GET', path);
      seen.push(
        count % 2 === 0 ? status === 200 : list(json.extensions).some((one) => String(one.id) === id),
      );
    }
    return seen;
  },
  query: async (sandbox) =>
    (
      await Promise.all(
        ['checkout', 'Checkout API'].map((text) => names(sandbox, `/services?query=${text}`, 'services')),
      )
    ).map(({ length }) => length),
  ignoreFilters: async (sandbox) => names(sandbox, '/extensions?extension_object_id=PCHKOUT', 'extensions'),
};

/** A token for an app that may read and write. */
async function appToken(sandbox: Sandbox): Promise<Answer> {
  const scopes = ['extensions.read', 'extensions.write'];
  await sandbox.reset({ account: 'acme', apps: [{ id: 'app', secret: 'secret', scopes }] });
  const form = { grant_type: 'client_credentials', client_id: 'app', client_secret: 'secret' };
  const scope = ['as_account-us.acme', ...scopes].join(' ');
  return call(sandbox, 'POST', '/oauth/token', {
    body: new URLSearchParams({ ...form, scope }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
}

describe.each(SWITCHES.map((one) => ({ ...one })))(
  'the switch $name',
  ({ name, values, default: fallback }) => {
    it('is visible in every position', async () => {
      const seen = new Map<string, string>();
      for (const value of values) {
        const rateLimit = name === 'rateHeaders' ? { limit: 2, windowSeconds: 60 } : false;
        const sandbox = await sandboxFor({ clock: manualClock(), switches: { [name]: value }, rateLimit });
        const observed = JSON.stringify([await OBSERVED[name](sandbox)]);
        expect(seen.get(observed), `${value} looks the same as another`).toBeUndefined();
        seen.set(observed, value);
      }
      expect(seen.size).toBe(values.length);
    });

    it('can be put into every position while the sandbox runs', async () => {
      const sandbox = await sandboxFor();
      for (const value of [...values, fallback]) {
        const { json } = await control(sandbox, 'POST', 'switches', { [name]: value });
        expect(json.switches?.[name]).toBe(value);
      }
    });
  },
);

describe('the switches', () => {
  it('cover every unknown and every open point', () => {
    const covered = SWITCHES.flatMap(({ about }) => about.split(', '));
    const unknowns = Array.from({ length: 14 }, (_, at) => `U${at + 1}`);
    const points = [...'abcdef'].map((letter) => `point ${letter}`);
    expect(covered).toEqual(expect.arrayContaining([...unknowns, ...points]));
  });

  it('each start in a valid position', () => {
    for (const { name, values, default: fallback } of SWITCHES) {
      expect(values, name).toContain(fallback);
      expect(values.length, name).toBeGreaterThan(1);
    }
    expect(Object.keys(defaultSwitches())).toHaveLength(SWITCHES.length);
  });

  it.each([
    [{ limitMode: '2001' }, []],
    [{ limitMode: 'maybe' }, ['switch `limitMode` must be one of 2019, 2001, off']],
    [{ nonsense: 'x' }, ['unknown switch `nonsense`']],
    ['off', ['switches must be an object']],
  ])('read from outside: %j', (input, problems) => {
    expect(parseSwitches(input).problems).toEqual(problems);
  });

  it('of the seed give way to those of the start', async () => {
    const seed = { account: 'acme', switches: { limitMode: 'off', moves: 'move' } } as const;
    const sandbox = await sandboxFor({ seed, switches: { limitMode: '2001' } });
    const { json } = await control(sandbox, 'GET', 'switches');
    expect(json.switches).toMatchObject({ limitMode: '2001', moves: 'move' });
  });
});
