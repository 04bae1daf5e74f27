import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { type Answer, call, create, type Json, list, sandboxFor } from './client.ts';
import { manualClock } from './manual-clock.ts';

const FROM = { from: 'sam@acme.example' };

const put = (sandbox: Sandbox, path: string, body: unknown, headers: Record<string, string> = FROM) =>
  call(sandbox, 'PUT', path, { body, headers });

const acknowledge = (id: string) => ({ id, type: 'incident_reference', status: 'acknowledged' });

async function logOf(sandbox: Sandbox, id = 'PINC001'): Promise<readonly Json[]> {
  return list((await call(sandbox, 'GET', `/incidents/${id}/log_entries`)).json.log_entries);
}

describe('alerts and the trigger', () => {
  it('follow the seed; a message has no details (fact 33)', async () => {
    const sandbox = await sandboxFor();
    const { json } = await call(sandbox, 'GET', '/incidents/PINC001/alerts?total=true');
    expect(json).toMatchObject({
      total: 1,
      alerts: [
        {
          id: 'PALERT1',
          type: 'alert',
          alert_key: 'checkout/latency',
          status: 'triggered',
          severity: 'critical',
          incident: { id: 'PINC001', type: 'incident_reference' },
          body: {
            details: { region: 'eu-west-1' },
            cef_details: {
              source_origin: 'checkout-1',
              source_component: 'checkout',
              event_class: 'latency',
            },
          },
        },
      ],
    });
    const { incident } = (await call(sandbox, 'GET', '/incidents/PINC001')).json;
    expect(incident?.alert_counts).toEqual({ all: 1, triggered: 1, resolved: 0 });
  });

  it('show the channel with include[]=channels, as receivers request it', async () => {
    const sandbox = await sandboxFor();
    const { incident } = (await call(sandbox, 'GET', '/incidents/PINC001')).json;
    const { pathname } = new URL(String(incident?.first_trigger_log_entry?.self));
    const plain = (await call(sandbox, 'GET', pathname)).json.log_entry;
    expect([plain?.type, plain?.channel]).toEqual(['trigger_log_entry', { type: 'api' }]);
    const whole = (await call(sandbox, 'GET', `${pathname}?include[]=channels`)).json.log_entry;
    expect(whole?.channel).toMatchObject({
      details: { p99: '4.2 s' },
      cef_details: { source_component: 'checkout', source_origin: 'checkout-1' },
    });
    const all = await call(sandbox, 'GET', '/incidents/PINC001/log_entries?include[]=channels');
    expect(all.json.log_entries?.[0]).toEqual(whole);
    expect((await call(sandbox, 'GET', '/log_entries/RNOBODY')).status).toBe(404);
  });

  it('filter by status and key; those of a resolved incident are resolved', async () => {
    const sandbox = await sandboxFor();
    const count = async (query: string) =>
      list((await call(sandbox, 'GET', `/incidents/1/alerts?${query}`)).json.alerts).length;
    expect(await count('alert_key=checkout/latency&statuses[]=triggered')).toBe(1);
    expect([await count('alert_key=x'), await count('statuses[]=resolved')]).toEqual([0, 0]);
    await put(sandbox, '/incidents/1', { incident: { type: 'incident_reference', status: 'resolved' } });
    expect(await count('statuses[]=resolved')).toBe(1);
    const { incident } = (await call(sandbox, 'GET', '/incidents/1')).json;
    expect(incident?.alert_counts).toEqual({ all: 1, triggered: 0, resolved: 1 });
  });

  it('of an incident made by the API have the details of its body', async () => {
    const sandbox = await sandboxFor();
    const service = { id: 'PCHKOUT', type: 'service_reference' };
    const body = { type: 'incident_body', details: 'Look at db-7' };
    const made = await call(sandbox, 'POST', '/incidents', {
      body: { type: 'incident', title: 'By hand', service, body, priority: { id: 'PPRIOR1' } },
      headers: FROM,
    });
    expect(made.json.incident?.priority).toMatchObject({ id: 'PPRIOR1', name: 'P1', type: 'priority' });
    const path = `/incidents/${made.json.incident?.incident_number}/log_entries?include[]=channels`;
    const [trigger] = list((await call(sandbox, 'GET', path)).json.log_entries);
    expect(trigger?.channel).toMatchObject({ details: 'Look at db-7' });
  });
});

describe('acknowledging and resolving', () => {
  it('changes one incident, by id or number (fact 62), and its log records user and time', async () => {
    const clock = manualClock();
    const sandbox = await sandboxFor({ clock });
    clock.move(60_000);
    const { status, json } = await put(sandbox, '/incidents/1', { incident: acknowledge('PINC001') });
    expect(status).toBe(200);
    expect(json.incident).toMatchObject({
      id: 'PINC001',
      status: 'acknowledged',
      last_status_change_at: '2026-01-01T00:01:00Z',
      last_status_change_by: { id: 'PUSER01', type: 'user_reference' },
      acknowledgements: [{ at: '2026-01-01T00:01:00Z', acknowledger: { id: 'PUSER01' } }],
      assignments: [{ assignee: { id: 'PUSER01' } }],
    });
    await put(sandbox, '/incidents/PINC001', { incident: { type: 'incident', status: 'resolved' } });
    const { incident } = (await call(sandbox, 'GET', '/incidents/PINC001')).json;
    expect(incident).toMatchObject({ status: 'resolved', assignments: [], acknowledgements: [] });
    expect((await logOf(sandbox)).map(({ type, summary }) => [type, summary])).toEqual([
      ['resolve_log_entry', 'Resolved by Sam Sandbox.'],
      ['acknowledge_log_entry', 'Acknowledged by Sam Sandbox.'],
      ['trigger_log_entry', 'Triggered through the API.'],
    ]);
  });

  it('changes several at once, or none', async () => {
    const sandbox = await sandboxFor();
    const second = { id: 'PINC002', service: 'PWEBFRO', title: 'Second' };
    await sandbox.edit({ insert: { incidents: [second] } });
    const before = sandbox.state();
    const bad = { incidents: [acknowledge('PINC001'), acknowledge('PNOBODY')] };
    expect((await put(sandbox, '/incidents', bad)).status).toBe(404);
    expect(sandbox.state()).toEqual(before);
    const good = { incidents: [acknowledge('PINC001'), acknowledge('PINC002')] };
    const { json } = await put(sandbox, '/incidents', good);
    expect(list(json.incidents).map(({ status }) => status)).toEqual(['acknowledged', 'acknowledged']);
    const ids = [...(await logOf(sandbox)), ...(await logOf(sandbox, 'PINC002'))].map(({ id }) => String(id));
    expect(new Set(ids).size).toBe(4);
    const twice = { incidents: [acknowledge('PINC001'), acknowledge('PINC001')] };
    expect((await put(sandbox, '/incidents', twice)).status).toBe(400);
  });

  it.each([
    ['another status', { type: 'incident', status: 'triggered' }, 'Status must be acknowledged or resolved'],
    ['no type', { status: 'resolved' }, 'Type must be incident'],
    ['an empty title', { type: 'incident', title: '' }, "Title can't be blank"],
    ['an unknown priority', { type: 'incident', priority: { id: 'PNONE' } }, 'Priority not found'],
  ])('refuses %s', async (_, incident, sentence) => {
    const sandbox = await sandboxFor();
    const before = sandbox.state();
    const { status, json } = await put(sandbox, '/incidents/PINC001', { incident });
    expect([status, json.error?.code]).toEqual([400, 2001]);
    expect(json.error?.errors).toEqual([sentence]);
    expect(sandbox.state()).toEqual(before);
  });

  it('requires a user, and an open incident', async () => {
    const account = await sandboxFor({ switches: { tokenKind: 'account' } });
    const body = { incident: acknowledge('PINC001') };
    expect((await put(account, '/incidents/PINC001', body, {})).status).toBe(400);
    expect((await put(account, '/incidents/PINC001', body)).status).toBe(200);
    await put(account, '/incidents/PINC001', { incident: { type: 'incident', status: 'resolved' } });
    const { json } = await put(account, '/incidents/PINC001', body);
    expect(json.error?.errors).toEqual(['Incident Already Resolved']);
  });

  it('sets and removes the other changeable fields', async () => {
    const sandbox = await sandboxFor();
    const change = (fields: object) =>
      put(sandbox, '/incidents/1', { incident: { type: 'incident', ...fields } });
    const priority = { id: 'PPRIOR2', type: 'priority_reference' };
    const { json } = await change({ title: 'Slower', urgency: 'low', priority });
    expect(json.incident).toMatchObject({ title: 'Slower', urgency: 'low', priority: { name: 'P2' } });
    expect((await change({ priority: null })).json.incident?.priority).toBeNull();
    expect(await logOf(sandbox)).toHaveLength(1);
  });
});

describe('the log of an incident', () => {
  it('contains its notes and presses, and the message carries the entry of its press', async () => {
    const sandbox = await sandboxFor({ deliver: async () => ({ status: 202, headers: {}, body: '' }) });
    const id = await create(sandbox, 'PCHKOUT', 'Restart Server', { endpoint_url: 'http://127.0.0.1:9/' });
    await call(sandbox, 'POST', '/incidents/1/notes', { body: { note: { content: 'Looking' } } });
    await call(sandbox, 'POST', '/incidents/1/custom_action', {
      body: { custom_action: { webhook: { id, type: 'webhook_reference' } } },
    });
    await sandbox.settled();
    const [press, note] = await logOf(sandbox);
    expect(press?.summary).toBe("Custom action 'Restart Server' triggered by Sam Sandbox");
    expect([press?.type, note?.type]).toEqual(['custom_log_entry', 'annotate_log_entry']);
    const body = sandbox.deliveries()[0]?.attempts[0]?.request.body ?? '';
    expect(JSON.parse(body).messages[0].log_entries[0]).toEqual(press);
    const one = await call(sandbox, 'GET', `/log_entries/${press?.id}`);
    expect(one.json.log_entry).toEqual(press);
  });
});

describe('priorities', () => {
  it('are listed in their order', async () => {
    const { json } = await call(await sandboxFor(), 'GET', '/priorities');
    expect(list(json.priorities).map(({ name, order }) => [name, order])).toEqual([
      ['P1', 0],
      ['P2', 1],
      ['P3', 2],
    ]);
  });
});

describe('seeds and data files', () => {
  it('refuse an unknown priority and a duplicate alert', async () => {
    const alert = { id: 'PA1', summary: 'x' };
    const incident = { id: 'PI1', service: 'PS1', title: 'x', priority: 'PNONE', alerts: [alert, alert] };
    const services = [{ id: 'PS1', name: 'One' }];
    await expect(
      sandboxFor({ seed: { account: 'a', services, incidents: [incident] } }),
    ).rejects.toMatchObject({
      problems: [
        { path: 'incidents.0.alerts.1.id', message: 'duplicate id PA1' },
        { path: 'incidents.0.priority', message: 'unknown priority PNONE' },
      ],
    });
  });

  it('keep everything over a restart, and open files of an earlier version', async () => {
    const dataFile = join(temporaryFolder(), 'account.json');
    const first = await sandboxFor({ dataFile });
    await put(first, '/incidents/1', { incident: acknowledge('PINC001') });
    const seen = async (sandbox: Sandbox): Promise<readonly Answer['text'][]> =>
      Promise.all(
        ['/incidents/1', '/incidents/1/alerts', '/incidents/1/log_entries', '/priorities'].map(
          async (path) => (await call(sandbox, 'GET', path)).text,
        ),
      );
    const before = await seen(first);
    await first.close();
    const again = await sandboxFor({ dataFile });
    expect(await seen(again)).toEqual(before);
    const { priorities: _none, ...old } = again.state();
    await again.close();
    const [{ trigger: _t, alerts: _a, log: _l, priorityId: _p, statusChangedAt: _c, ...bare } = {} as never] =
      old.incidents;
    const written = {
      ...old,
      incidents: [{ ...bare, details: 'of before' }],
      settings: { switches: {}, rateLimit: null, latencyMs: null },
    };
    writeFileSync(dataFile, JSON.stringify(written));
    const opened = await sandboxFor({ dataFile });
    const [trigger] = list(
      (await call(opened, 'GET', '/incidents/1/log_entries?include[]=channels')).json.log_entries,
    );
    expect(trigger?.channel).toMatchObject({ details: 'of before' });
  });
});
