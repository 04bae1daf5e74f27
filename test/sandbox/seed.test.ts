import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { demoSeed } from '../../src/sandbox/seed/demo-seed.ts';
import { parseSeed } from '../../src/sandbox/seed/seed.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { call, names, sandboxFor } from './client.ts';

describe('a seed', () => {
  it('takes the documented example', async () => {
    const text = JSON.stringify({
      account: 'acme',
      teams: [{ id: 'PT1', name: 'Payments' }],
      services: [{ id: 'PS1', name: 'Checkout API', teams: ['PT1'] }],
      extensions: [
        { id: 'PE1', service: 'PS1', name: 'Restart', url: 'https://a.example/', headers: { 'X-Key': 'v' } },
        {
          id: 'PE2',
          service: 'PS1',
          name: 'Feed',
          url: 'https://b.example/',
          schema: 'generic_v2_webhook',
          disabled: true,
        },
      ],
      incidents: [{ id: 'PI1', service: 'PS1', title: 'Slow', urgency: 'low' }],
      switches: { limitMode: 'off' },
      rateLimit: { limit: 100, windowSeconds: 6 },
      latencyMs: 0,
    });
    const sandbox = await sandboxFor({ seed: parseSeed(text) });
    const state = sandbox.state();
    expect(state.extensions).toMatchObject([
      { headers: [{ name: 'X-Key', value: 'v' }], schema: 'custom_webhook', disabled: false },
      { config: {}, schema: 'generic_v2_webhook', disabled: true },
    ]);
    expect(state.incidents).toMatchObject([{ title: 'Slow', urgency: 'low' }]);
    const { headers } = await call(sandbox, 'GET', '/abilities');
    expect(headers.get('ratelimit-limit')).toBe('100');
  });

  it('needs only an account', async () => {
    const sandbox = await sandboxFor({ seed: { account: 'acme' } });
    expect(await names(sandbox, '/services', 'services')).toEqual([]);
  });

  it('may be a state that the API refuses: two services on one action (U1), four actions on a service (U2)', async () => {
    const extensions = ['1', '2', '3', '4'].map((at) => ({
      id: `PE${at}`,
      service: 'PS1',
      name: at,
      url: 'https://a.example/',
    }));
    const services = [
      { id: 'PS1', name: 'One' },
      { id: 'PS2', name: 'Two' },
    ];
    const both = { id: 'PE5', services: ['PS1', 'PS2'], name: 'Both', url: null };
    const sandbox = await sandboxFor({
      seed: { account: 'acme', services, extensions: [...extensions, both] },
    });
    expect(await names(sandbox, '/extensions?extension_object_id=PS1', 'extensions')).toHaveLength(5);
    expect(await names(sandbox, '/extensions?extension_object_id=PS2', 'extensions')).toEqual(['Both']);
  });

  const odd = { url: 'https://a.example.com/', odd: true };
  const ODD = {
    account: 'acme',
    teams: [{ id: 'PT1', name: null, odd: true }],
    services: [{ id: 'PS1', name: 'One', teams: ['PT1', null], odd: true }],
    schemas: [{ id: 'PVNDR01', key: null, label: null }],
    extensions: [
      { id: 'PE1', service: 'PS1', name: null, ...odd },
      { id: 'PE2', services: [], name: 'On none', ...odd },
      { id: 'PE3', service: 'PGONE', name: 'On what is gone', ...odd },
      { id: 'PE4', service: 'PS1', name: 'Map', config: { headers: { 'X-Key': 'of-the-seed' } }, ...odd },
    ],
  };

  it('may contain records that the API would not make (fact 58), even over a restart', async () => {
    const data = join(temporaryFolder(), 'account.json');
    for (const options of [{ seed: ODD }, { switches: { schemaId: 'account' } as const }]) {
      const sandbox = await sandboxFor({ ...options, dataFile: data });
      const { json } = await call(sandbox, 'GET', '/extensions?limit=100');
      expect(json.extensions).toMatchObject([
        { id: 'PE1', name: null, summary: null },
        { id: 'PE2', extension_objects: [] },
        { id: 'PE3', extension_objects: [{ id: 'PGONE' }] },
        { id: 'PE4', config: { headers: { 'X-Key': '--redacted--' } } },
      ]);
      const services = (await call(sandbox, 'GET', '/services')).json.services;
      expect(services).toMatchObject([{ id: 'PS1', teams: [{ id: 'PT1' }, null] }]);
      expect((await call(sandbox, 'GET', '/teams')).json.teams).toMatchObject([{ id: 'PT1', name: null }]);
      const schemas = (await call(sandbox, 'GET', '/extension_schemas')).json.extension_schemas;
      expect(schemas).toContainEqual(expect.objectContaining({ id: 'PVNDR01', key: null, label: null }));
      await sandbox.close();
    }
  });

  it.each([
    ['text that is not JSON', '{"account": "acme", secret', ['is not valid JSON']],
    ['no account', {}, ['account']],
    ['a name for an account', { account: 'Acme Inc.' }, ['account: must be a subdomain']],
    ['an unknown member', { account: 'acme', servces: [] }, ['servces']],
    ['an unknown switch', { account: 'acme', switches: { nonsense: 'x' } }, ['nonsense']],
    [
      'an unknown team',
      { account: 'acme', services: [{ id: 'A', name: 'a', teams: ['T'] }] },
      ['services.0.teams: unknown team T'],
    ],
    [
      'a member of a team that is not a user, and an alert with the id of another record',
      {
        account: 'acme',
        teams: [{ id: 'T', name: 't', members: ['PUSER01', 'U'] }],
        services: [{ id: 'A', name: 'a' }],
        incidents: [
          { id: 'I', service: 'A', title: 't', priority: 'P1', alerts: [{ id: 'A', summary: 's' }] },
        ],
      },
      [
        'teams.0.members: unknown user U',
        'incidents.0.priority: unknown priority P1',
        'incidents.0.alerts.0.id: duplicate id A',
      ],
    ],
    [
      'odd records that are not marked',
      {
        account: 'acme',
        teams: [{ id: 'T', name: null }],
        services: [{ id: 'A', name: null, teams: [null] }],
        extensions: [
          { id: 'E', service: 'A', name: null, url: null },
          { id: 'F', services: [], name: 'x', url: null },
          { id: 'G', service: 'A', name: 'x', url: null, config: { headers: { A: 'b' } } },
        ],
      },
      [
        'teams.0.name: can be null only in a record with `"odd": true`',
        'services.0.name: can be null only',
        'services.0.teams: can be null only',
        'extensions.0.name: can be null only',
        'extensions.1.service: must have a service',
        'extensions.2.config.headers: must be in `headers`',
      ],
    ],
    [
      'several mistakes',
      {
        account: 'acme',
        services: [
          { id: 'A', name: 'a' },
          { id: 'A', name: 'b' },
        ],
        extensions: [
          { id: 'E', service: 'B', name: 'x', url: null },
          { id: 'F', name: 'x', url: null },
        ],
        incidents: [{ id: 'I', service: 'C', title: 't' }],
      },
      [
        'services.1.id: duplicate id A',
        'extensions.0.service: unknown service B',
        'extensions.1.service: must have a service',
        'incidents.0.service: unknown service C',
      ],
    ],
  ])('with %s is refused with its problems', (_title, input, sentences) => {
    const error = failure(() => parseSeed(input, 'my-seed.json'));
    expect(error.message).toBe('my-seed.json is not a valid sandbox seed');
    const told = error.problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
    for (const sentence of sentences) expect(told.join('\n')).toContain(sentence);
    // Each problem is listed once, with its position.
    expect(error.details).toEqual([]);
    expect(error.problems[0]?.file).toBe('my-seed.json');
    expect(JSON.stringify([error.message, error.problems])).not.toContain('secret');
  });
});

function failure(run: () => unknown): ConfigError {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  throw new Error('no ConfigError');
}

describe('the demo seed', () => {
  it('has one of everything', () => {
    const seed = demoSeed();
    expect(seed.account).toBe('acme');
    expect(seed.services.map(({ name }) => name)).toEqual([
      'Checkout API',
      'Search API',
      'payments-api',
      'payments-worker',
      'web-frontend',
      'web-admin',
    ]);
    expect(seed.services[1]?.id).toBe('PIJ90N7');
    expect(seed.extensions.map(({ name, schema, disabled }) => [name, schema, disabled])).toEqual([
      ['Page the vendor', 'custom_webhook', false],
      ['Add Diagnostics', 'custom_webhook', true],
      ['Incident feed', 'generic_v2_webhook', false],
    ]);
    expect(seed.incidents).toMatchObject([{ service: 'PCHKOUT', status: 'triggered' }]);
  });
});
