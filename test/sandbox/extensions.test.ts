import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { call, create, extension, names, sandboxFor } from './client.ts';

const get = (sandbox: Sandbox, path: string) => call(sandbox, 'GET', path);

describe('an extension', () => {
  it('has the real shape, not the described one (fact 7)', async () => {
    const sandbox = await sandboxFor();
    const { json } = await get(sandbox, '/extensions/PVENDOR');
    expect(json).toEqual({
      extension: {
        id: 'PVENDOR',
        type: 'webhook',
        summary: 'Page the vendor',
        self: 'https://api.pagerduty.com/webhooks/PVENDOR',
        html_url: null,
        name: 'Page the vendor',
        endpoint_url: 'https://vendor.example.com/page',
        extension_schema: {
          id: 'PCUSTOM',
          type: 'extension_schema_reference',
          summary: 'Custom Incident Action',
          self: 'https://api.pagerduty.com/extension_schemas/PCUSTOM',
          html_url: null,
        },
        extension_objects: [
          {
            id: 'PWEBADM',
            type: 'service_reference',
            summary: 'web-admin',
            self: 'https://api.pagerduty.com/services/PWEBADM',
            html_url: 'https://acme.pagerduty.com/service-directory/PWEBADM',
          },
        ],
        config: {
          headers: [{ name: 'X-Vendor-Key', value: '--redacted--' }],
          referer: 'https://acme.pagerduty.com/extensions',
        },
      },
    });
  });

  it.each([
    ['no config', {}, {}],
    ['an empty config', { config: {} }, {}],
    ['headers of null', { config: { headers: null } }, { headers: null }],
    ['no header', { config: { headers: [] } }, { headers: [] }],
    [
      'a key of its own',
      { config: { referer: 'https://other.example.com' } },
      { referer: 'https://other.example.com' },
    ],
  ])('stores config verbatim, with %s (fact 14)', async (_, more, config) => {
    const sandbox = await sandboxFor();
    const id = await create(sandbox, 'PCHKOUT', 'Restart', more);
    const { json } = await get(sandbox, `/extensions/${id}`);
    expect(json.extension?.config).toEqual(config);
  });

  it('made in the web UI has a referer, and null instead of missing headers (fact 14)', async () => {
    const one = { service: 'PS', name: 'Restart', url: 'https://a.example.com' };
    const extensions = [
      { ...one, id: 'PHAND', madeIn: 'web' as const },
      { ...one, id: 'PAPI' },
    ];
    const sandbox = await sandboxFor({
      seed: { account: 'acme', services: [{ id: 'PS', name: 'S' }], extensions },
    });
    const configs = await Promise.all(
      ['PHAND', 'PAPI'].map(async (id) => (await get(sandbox, `/extensions/${id}`)).json.extension?.config),
    );
    expect(configs).toEqual([{ headers: null, referer: 'https://acme.pagerduty.com/extensions' }, {}]);
  });

  it('shows if it is disabled only on request (fact 9)', async () => {
    const sandbox = await sandboxFor();
    const plain = await get(sandbox, '/extensions/PDISABL');
    const asked = await get(sandbox, '/extensions/PDISABL?include[]=temporarily_disabled');
    expect(plain.json.extension).not.toHaveProperty('temporarily_disabled');
    expect(asked.json.extension?.temporarily_disabled).toBe(true);
  });

  it('shows its schema and its service whole on request (fact 8)', async () => {
    const sandbox = await sandboxFor();
    const { json } = await get(
      sandbox,
      '/extensions/PVENDOR?include[]=extension_schemas&include[]=extension_objects',
    );
    expect(json.extension?.extension_schema?.key).toBe('custom_webhook');
    expect(json.extension?.extension_objects?.[0]).toMatchObject({ type: 'service', name: 'web-admin' });
  });

  it('is 404 with code 2100 for an unknown id (fact 27)', async () => {
    const sandbox = await sandboxFor();
    const { status, json } = await get(sandbox, '/extensions/PNOBODY');
    expect(status).toBe(404);
    expect(json).toEqual({ error: { message: 'Not Found', code: 2100 } });
  });
});

describe('the list of extensions', () => {
  it.each([
    ['', ['Page the vendor', 'Add Diagnostics', 'Incident feed']],
    ['?extension_schema_id=PCUSTOM', ['Page the vendor', 'Add Diagnostics']],
    ['?extension_object_id=PCHKOUT', ['Incident feed']],
    ['?extension_object_id=PCHKOUT&extension_schema_id=PCUSTOM', []],
    ['?query=DIAG', ['Add Diagnostics']],
    ['?query=DIAG&extension_object_id=PWEBADM', []],
    ['?limit=1&offset=1', ['Add Diagnostics']],
  ])('%s', async (query, expected) => {
    const sandbox = await sandboxFor();
    expect(await names(sandbox, `/extensions${query}`, 'extensions')).toEqual(expected);
  });

  it('echoes the query and gives the total on request (facts 7 and 25)', async () => {
    const sandbox = await sandboxFor();
    const { json } = await get(sandbox, '/extensions?query=page&total=true&limit=1');
    expect(json).toMatchObject({ query: 'page', limit: 1, offset: 0, total: 1, more: false });
  });
});

describe('creating', () => {
  it('answers 201, redacted, and stores the real value (facts 2, 14, 15)', async () => {
    const sandbox = await sandboxFor();
    const headers = [{ name: 'Authorization', value: 'Bearer hush' }];
    const { status, json, text } = await call(sandbox, 'POST', '/extensions', {
      body: extension('PCHKOUT', 'Restart', { config: { headers } }),
    });
    expect(status).toBe(201);
    expect(json.extension?.config?.headers).toEqual([{ name: 'Authorization', value: '--redacted--' }]);
    expect(text).not.toContain('hush');
    const stored = sandbox.state().extensions.find(({ name }) => name === 'Restart');
    expect(stored).toMatchObject({ serviceIds: ['PCHKOUT'], headers, schema: 'custom_webhook' });
  });

  it('gives unique ids', async () => {
    const sandbox = await sandboxFor({ switches: { limitMode: 'off' } });
    const ids = new Set<string>();
    for (let count = 0; count < 50; count += 1) ids.add(await create(sandbox, 'PCHKOUT', `Action ${count}`));
    expect(ids.size).toBe(50);
    for (const id of ids) expect(id).toMatch(/^P[0-9A-Z]{6}$/);
  });

  const schema = { id: 'PCUSTOM', type: 'extension_schema_reference' };
  const objects = [{ id: 'PCHKOUT', type: 'service_reference' }];
  it.each([
    ['invalid JSON', '{', 'The body must be a JSON object'],
    ['a list', [], 'The body must be a JSON object'],
    ['no URL (fact 55)', extension('PCHKOUT', 'x', { endpoint_url: undefined }), "Url can't be empty"],
    ['an empty URL', extension('PCHKOUT', 'x', { endpoint_url: '' }), "Url can't be empty"],
    [
      'no name',
      { extension: { extension_schema: schema, extension_objects: objects } },
      "Name can't be blank",
    ],
    ['a name that is a number', extension('PCHKOUT', 'x', { name: 7 }), 'Name must be a string'],
    ['an empty name', extension('PCHKOUT', ' '), "Name can't be blank"],
    ['a long name', extension('PCHKOUT', 'x'.repeat(256)), 'Name is too long (maximum is 255 characters)'],
    [
      'no schema',
      { extension: { name: 'x', extension_objects: objects } },
      "Extension schema can't be blank",
    ],
    [
      'a schema without a type (fact 5)',
      extension('PCHKOUT', 'x', { extension_schema: { id: 'PCUSTOM' } }),
      'Extension schema must be a reference with id and type',
    ],
    [
      'an unknown schema',
      extension('PCHKOUT', 'x', { extension_schema: { ...schema, id: 'PNOBODY' } }),
      'Extension schema not found',
    ],
    [
      'no service',
      { extension: { name: 'x', extension_schema: schema } },
      "Extension objects can't be blank",
    ],
    [
      'an empty list of services',
      extension('PCHKOUT', 'x', { extension_objects: [] }),
      "Extension objects can't be blank",
    ],
    ['an unknown service', extension('PNOBODY', 'x'), 'Extension object not found'],
    [
      'two services (fact 12)',
      extension('PCHKOUT', 'x', { extension_objects: [...objects, { ...objects[0], id: 'PWEBADM' }] }),
      'Only one extension object allowed',
    ],
    [
      'a bad URL',
      extension('PCHKOUT', 'x', { endpoint_url: 'example.com' }),
      'Endpoint url is not a valid URL',
    ],
    [
      'another scheme',
      extension('PCHKOUT', 'x', { endpoint_url: 'ftp://a.b/' }),
      'Endpoint url is not a valid URL',
    ],
    ['a config that is a string', extension('PCHKOUT', 'x', { config: 'no' }), 'Config must be an object'],
    [
      'headers that are an object (fact 6)',
      extension('PCHKOUT', 'x', { config: { headers: { A: 'b' } } }),
      'Config headers must be a list of objects with name and value',
    ],
    [
      'one header twice (U8)',
      extension('PCHKOUT', 'x', {
        config: {
          headers: [
            { name: 'A', value: '1' },
            { name: 'a', value: '2' },
          ],
        },
      }),
      'Config headers must have unique names',
    ],
    ['another type', extension('PCHKOUT', 'x', { type: 'service' }), 'Type is not valid'],
  ])('refuses %s with 400 code 2001 and changes nothing', async (_title, body, sentence) => {
    const sandbox = await sandboxFor();
    const before = sandbox.state();
    const { status, json } = await call(sandbox, 'POST', '/extensions', { body });
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ message: 'Invalid Input Provided', code: 2001 });
    expect(json.error?.errors).toContain(sentence);
    expect(sandbox.state()).toEqual(before);
    expect(sandbox.log().commits).toEqual([]);
  });

  it('reports every mistake at once', async () => {
    const sandbox = await sandboxFor();
    const { json } = await call(sandbox, 'POST', '/extensions', {
      body: { extension: { endpoint_url: 'x' } },
    });
    expect(json.error?.errors).toHaveLength(4);
  });

  it('requires Content-Type: application/json (fact 16)', async () => {
    const sandbox = await sandboxFor();
    const { status } = await call(sandbox, 'POST', '/extensions', {
      body: extension('PCHKOUT', 'x'),
      headers: { 'content-type': 'text/plain' },
    });
    expect(status).toBe(400);
  });

  it('accepts three on a service and refuses the fourth (fact 13, U2)', async () => {
    const sandbox = await sandboxFor();
    for (const name of ['one', 'two', 'three']) await create(sandbox, 'PCHKOUT', name);
    const { status, json } = await call(sandbox, 'POST', '/extensions', {
      body: extension('PCHKOUT', 'four'),
    });
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ code: 2019, message: 'Product Limit Reached' });
    expect((await call(sandbox, 'POST', '/extensions', { body: extension('PWEBFRO', 'four') })).status).toBe(
      201,
    );
  });

  it('does not count webhooks of other schemas', async () => {
    const sandbox = await sandboxFor();
    const generic = { extension_schema: { id: 'PJFWPEP', type: 'extension_schema_reference' } };
    for (const name of ['a', 'b', 'c', 'd']) await create(sandbox, 'PCHKOUT', name, generic);
    await create(sandbox, 'PCHKOUT', 'a button');
  });
});

describe('updating', () => {
  const put = (sandbox: Sandbox, id: string, body: unknown) =>
    call(sandbox, 'PUT', `/extensions/${id}`, { body });

  it('changes only the fields in the body (fact 11)', async () => {
    const sandbox = await sandboxFor();
    const before = sandbox.state().extensions.find(({ id }) => id === 'PVENDOR');
    const { status, json } = await put(sandbox, 'PVENDOR', { extension: { name: 'Call the vendor' } });
    expect(status).toBe(200);
    expect(json.extension?.name).toBe('Call the vendor');
    const after = sandbox.state().extensions.find(({ id }) => id === 'PVENDOR');
    expect(after).toEqual({ ...before, name: 'Call the vendor' });
  });

  it('ignores unknown and read-only fields (fact 11)', async () => {
    const sandbox = await sandboxFor();
    const body = { extension: { id: 'PX', temporarily_disabled: false, summary: 'x', nonsense: 1 } };
    expect((await put(sandbox, 'PDISABL', body)).status).toBe(200);
    expect(sandbox.state().extensions.find(({ id }) => id === 'PDISABL')?.disabled).toBe(true);
  });

  it('stores the redacted text when a client writes back a read (U4): the trap', async () => {
    const sandbox = await sandboxFor();
    const { json } = await get(sandbox, '/extensions/PVENDOR');
    expect((await put(sandbox, 'PVENDOR', json)).status).toBe(200);
    const stored = sandbox.state().extensions.find(({ id }) => id === 'PVENDOR');
    expect(stored?.headers).toEqual([{ name: 'X-Vendor-Key', value: '--redacted--' }]);
  });

  it.each([
    [
      'another service (U6)',
      { extension: { extension_objects: [{ id: 'PCHKOUT', type: 'service_reference' }] } },
    ],
    ['an empty name', { extension: { name: '' } }],
    ['an empty list of services', { extension: { extension_objects: [] } }],
  ])('refuses %s', async (_title, body) => {
    const sandbox = await sandboxFor();
    expect((await put(sandbox, 'PVENDOR', body)).status).toBe(400);
    expect(sandbox.log().commits).toEqual([]);
  });

  it('is 404 for an unknown id', async () => {
    const sandbox = await sandboxFor();
    expect((await put(sandbox, 'PNOBODY', { extension: {} })).status).toBe(404);
  });
});

describe('deleting and enabling', () => {
  it('deletes with 204 and no body, once (fact 2)', async () => {
    const sandbox = await sandboxFor();
    const first = await call(sandbox, 'DELETE', '/extensions/PVENDOR');
    expect([first.status, first.text]).toEqual([204, '']);
    expect((await call(sandbox, 'DELETE', '/extensions/PVENDOR')).status).toBe(404);
  });

  it('frees the slot', async () => {
    const sandbox = await sandboxFor();
    const ids = [];
    for (const name of ['one', 'two', 'three']) ids.push(await create(sandbox, 'PCHKOUT', name));
    await call(sandbox, 'DELETE', `/extensions/${ids[1]}`);
    await create(sandbox, 'PCHKOUT', 'four');
  });

  it('enables, without a body, and again without effect (fact 1)', async () => {
    const sandbox = await sandboxFor();
    for (let count = 0; count < 2; count += 1) {
      const { status } = await call(sandbox, 'POST', '/extensions/PDISABL/enable');
      expect(status).toBe(200);
      const { json } = await get(sandbox, '/extensions/PDISABL?include[]=temporarily_disabled');
      expect(json.extension?.temporarily_disabled).toBe(false);
    }
    expect((await call(sandbox, 'POST', '/extensions/PNOBODY/enable')).status).toBe(404);
  });
});

describe('the commit log', () => {
  it('shows every change with its source, in order, with both sides', async () => {
    const sandbox = await sandboxFor();
    const id = await create(sandbox, 'PCHKOUT', 'Restart');
    await call(sandbox, 'PUT', `/extensions/${id}`, { body: { extension: { name: 'Reboot' } } });
    await call(sandbox, 'DELETE', `/extensions/${id}`);
    await sandbox.edit({ remove: ['PVENDOR'] });
    const { commits } = sandbox.log();
    expect(
      commits.map(({ seq, by, request, verb, before, after }) => [
        seq,
        by,
        request,
        verb,
        before && 'name' in before ? before.name : null,
        after && 'name' in after ? after.name : null,
      ]),
    ).toEqual([
      [1, 'api', 1, 'create', null, 'Restart'],
      [2, 'api', 2, 'update', 'Restart', 'Reboot'],
      [3, 'api', 3, 'delete', 'Reboot', null],
      [4, 'edit', null, 'delete', 'Page the vendor', null],
    ]);
  });
});
