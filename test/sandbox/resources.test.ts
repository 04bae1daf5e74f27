import { describe, expect, it } from 'vitest';
import { call, list, names, sandboxFor } from './client.ts';

describe('extension schemas', () => {
  it('have the custom incident action under its key (fact 4)', async () => {
    const sandbox = await sandboxFor();
    const { json } = await call(sandbox, 'GET', '/extension_schemas');
    const custom = list(json.extension_schemas).filter(({ key }) => String(key) === 'custom_webhook');
    expect(custom).toMatchObject([{ label: 'Custom Incident Action', send_types: ['custom'] }]);
    const { status } = await call(sandbox, 'GET', `/extension_schemas/${custom[0]?.id}`);
    expect(status).toBe(200);
    expect((await call(sandbox, 'GET', '/extension_schemas/PNOBODY')).status).toBe(404);
  });
});

describe('services', () => {
  it.each([
    ['', ['Checkout API', 'payments-api', 'payments-worker', 'Search API', 'web-admin', 'web-frontend']],
    ['?sort_by=name:desc&limit=2', ['web-frontend', 'web-admin']],
    ['?query=API', ['Checkout API', 'payments-api', 'Search API']],
    ['?name=Checkout%20API', ['Checkout API']],
    ['?name=Checkout', []],
    ['?team_ids[]=PTEAM01', ['payments-api', 'payments-worker']],
    ['?team_ids[]=PTEAM01&query=worker', ['payments-worker']],
    ['?limit=1&offset=3', ['Search API']],
  ])('%s', async (query, expected) => {
    const sandbox = await sandboxFor();
    expect(await names(sandbox, `/services${query}`, 'services')).toEqual(expected);
  });

  it('have their URL in the web app and their teams', async () => {
    const sandbox = await sandboxFor();
    const { json } = await call(sandbox, 'GET', '/services/PPAYAPI');
    expect(json.service).toMatchObject({
      html_url: 'https://acme.pagerduty.com/service-directory/PPAYAPI',
      teams: [{ id: 'PTEAM01', type: 'team_reference', summary: 'Payments' }],
    });
    const whole = await call(sandbox, 'GET', '/services/PPAYAPI?include[]=teams');
    expect(whole.json.service?.teams).toMatchObject([{ type: 'team', name: 'Payments' }]);
    expect((await call(sandbox, 'GET', '/services/PNOBODY')).status).toBe(404);
  });
});

describe('teams', () => {
  it('are listed, searched and read', async () => {
    const sandbox = await sandboxFor();
    expect(await names(sandbox, '/teams?query=pay', 'teams')).toEqual(['Payments']);
    expect(await names(sandbox, '/teams?query=x', 'teams')).toEqual([]);
    expect((await call(sandbox, 'GET', '/teams/PTEAM01')).json.team).toMatchObject({ type: 'team' });
    expect((await call(sandbox, 'GET', '/teams/PNOBODY')).status).toBe(404);
  });
});

describe('users and abilities', () => {
  it('have a current user for a user token (fact 18)', async () => {
    const sandbox = await sandboxFor();
    const { json } = await call(sandbox, 'GET', '/users/me');
    expect(json.user).toMatchObject({ html_url: 'https://acme.pagerduty.com/users/PUSER01' });
  });

  it('have none for an account key, which falls back to the list (fact 18)', async () => {
    const sandbox = await sandboxFor({ switches: { tokenKind: 'account' } });
    expect(await call(sandbox, 'GET', '/users/me')).toMatchObject({
      status: 400,
      json: { error: expect.any(String) },
    });
    const { json } = await call(sandbox, 'GET', '/users?limit=1');
    expect(json.users?.[0]?.html_url).toContain('https://acme.pagerduty.com/');
  });

  it('find a user by id and by text', async () => {
    const sandbox = await sandboxFor();
    expect((await call(sandbox, 'GET', '/users/PUSER01')).status).toBe(200);
    expect((await call(sandbox, 'GET', '/users/PNOBODY')).status).toBe(404);
    expect(await names(sandbox, '/users?query=nobody', 'users')).toEqual([]);
  });

  it('list abilities by name', async () => {
    const sandbox = await sandboxFor();
    expect((await call(sandbox, 'GET', '/abilities')).json.abilities).toContain('teams');
  });
});

describe('incidents', () => {
  const body = (more: Record<string, unknown> = {}) => ({
    incident: {
      type: 'incident',
      title: 'Search is down',
      service: { id: 'PIJ90N7', type: 'service_reference' },
      ...more,
    },
  });

  it('are created, read and listed', async () => {
    const sandbox = await sandboxFor();
    const created = await call(sandbox, 'POST', '/incidents', { body: body({ urgency: 'low' }) });
    expect(created.status).toBe(201);
    expect(created.json.incident).toMatchObject({ incident_number: 2, status: 'triggered', urgency: 'low' });
    const id = created.json.incident?.id;
    expect((await call(sandbox, 'GET', `/incidents/${id}`)).json.incident?.title).toBe('Search is down');
    expect((await call(sandbox, 'GET', '/incidents/PNOBODY')).status).toBe(404);
  });

  it.each([
    ['?statuses[]=triggered', 2],
    ['?statuses[]=resolved', 0],
    ['?service_ids[]=PIJ90N7', 1],
    ['?urgencies[]=low', 0],
    ['?team_ids[]=PTEAM01', 0],
    ['?incident_key=PINC001', 1],
    ['?sort_by=created_at:desc', 2],
  ])('filters %s', async (query, count) => {
    const sandbox = await sandboxFor();
    await call(sandbox, 'POST', '/incidents', { body: body() });
    expect((await call(sandbox, 'GET', `/incidents${query}`)).json.incidents).toHaveLength(count);
  });

  it.each([
    ['no title', body({ title: '' })],
    ['another type', body({ type: 'alert' })],
    ['another urgency', body({ urgency: 'huge' })],
    ['an unknown service', body({ service: { id: 'PNOBODY', type: 'service_reference' } })],
    ['the key of an open incident', body({ service: { id: 'PCHKOUT' }, incident_key: 'PINC001' })],
  ])('refuses %s', async (_title, refused) => {
    const sandbox = await sandboxFor();
    expect((await call(sandbox, 'POST', '/incidents', { body: refused })).status).toBe(400);
  });

  it('are refused if their details are nested too deeply to be stored', async () => {
    const sandbox = await sandboxFor();
    const incident = (levels: number): string =>
      `{"incident":{"type":"incident","title":"Deep","service":{"id":"PCHKOUT","type":"service_reference"},` +
      `"body":{"type":"incident_body","details":${'['.repeat(levels)}${']'.repeat(levels)}}}}`;
    expect((await call(sandbox, 'POST', '/incidents', { body: incident(20_000) })).status).toBe(400);
    // The refused incident left nothing behind, so the next one can be stored.
    expect((await call(sandbox, 'POST', '/incidents', { body: incident(50) })).status).toBe(201);
  });

  it('require a user: From, unless the token has one (fact 16)', async () => {
    const sandbox = await sandboxFor({ switches: { tokenKind: 'account' } });
    const refused = await call(sandbox, 'POST', '/incidents', { body: body() });
    expect([refused.status, refused.json.error?.code]).toEqual([400, 1008]);
    const headers = { from: 'sam@acme.example' };
    expect((await call(sandbox, 'POST', '/incidents', { body: body(), headers })).status).toBe(201);
    const stranger = { from: 'nobody@acme.example' };
    expect((await call(sandbox, 'POST', '/incidents', { body: body(), headers: stranger })).status).toBe(400);
  });

  it('take notes, newest first', async () => {
    const sandbox = await sandboxFor();
    for (const content of ['first', 'second']) {
      const { status } = await call(sandbox, 'POST', '/incidents/PINC001/notes', {
        body: { note: { content } },
      });
      expect(status).toBe(200);
    }
    const { json } = await call(sandbox, 'GET', '/incidents/PINC001/notes');
    expect(list(json.notes).map(({ content }) => content)).toEqual(['second', 'first']);
    expect((await call(sandbox, 'GET', '/incidents/PNOBODY/notes')).status).toBe(404);
    const empty = await call(sandbox, 'POST', '/incidents/PINC001/notes', {
      body: { note: { content: '' } },
    });
    expect(empty.status).toBe(400);
  });
});
