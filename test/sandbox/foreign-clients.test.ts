/** Requests in the form of other clients; each was tried with the client itself. */
import { describe, expect, it } from 'vitest';
import { call, type Json, list, sandboxFor } from './client.ts';
import { endpoint } from './endpoint.ts';

const FROM = { from: 'sam@acme.example' };

interface Client {
  /** The form of a body: in its wrapping key, or bare. */
  readonly wrap: (key: string, body: object) => object;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: string;
}

const wrapped = (key: string, body: object) => ({ [key]: body });
const CLIENTS: readonly (readonly [string, Client])[] = [
  [
    'pagerduty-cli',
    { wrap: wrapped, headers: { ...FROM, 'content-type': 'application/json' }, query: '?limit=100' },
  ],
  [
    'pdjs',
    { wrap: wrapped, headers: { ...FROM, 'content-type': 'application/json; charset=utf-8' }, query: '' },
  ],
  ['node-pagerduty', { wrap: wrapped, headers: FROM, query: '?limit=500&include[]=whatever' }],
  [
    'one that sends bare bodies, as go-pagerduty',
    { wrap: (_, body) => body, headers: FROM, query: '?total=true' },
  ],
];

describe('a foreign client', () => {
  it.each(CLIENTS)('%s works for a day', async (_, { wrap, headers, query }) => {
    const target = await endpoint();
    const sandbox = await sandboxFor();
    const send = async (method: string, path: string, body?: object): Promise<Json> => {
      const { status, text, json } = await call(sandbox, method, path, { ...(body && { body }), headers });
      expect(status, `${method} ${path}: ${text}`).toBeLessThan(300);
      return json;
    };
    expect(list((await send('GET', `/extensions${query}`)).extensions)).toHaveLength(3);
    const extension = {
      type: 'extension',
      name: 'Restart Server',
      endpoint_url: target.url,
      extension_schema: { id: 'PCUSTOM', type: 'extension_schema_reference' },
      extension_objects: [{ id: 'PCHKOUT', type: 'service_reference' }],
    };
    const made = await send('POST', '/extensions', wrap('extension', extension));
    const id = String(made.extension?.id);
    await send('PUT', `/extensions/${id}`, wrap('extension', { ...extension, name: 'Restart' }));
    // pagerduty-cli cannot post without a body.
    await send('POST', `/extensions/${id}/enable`, {});
    const webhook = { id, type: 'webhook_reference' };
    await send('POST', '/incidents/PINC001/custom_action', wrap('custom_action', { webhook }));
    await target.arrived(1);
    await send('POST', '/incidents/PINC001/notes', wrap('note', { content: 'Looking into it' }));
    const reference = { id: 'PINC001', type: 'incident_reference' };
    await send('PUT', '/incidents', { incidents: [{ ...reference, status: 'acknowledged' }] });
    await send('PUT', '/incidents/PINC001', wrap('incident', { ...reference, status: 'resolved' }));
    const { log_entries: entries } = await send('GET', '/incidents/PINC001/log_entries?include[]=channels');
    expect(list(entries).map(({ type }) => type)).toEqual([
      'resolve_log_entry',
      'acknowledge_log_entry',
      'annotate_log_entry',
      'custom_log_entry',
      'trigger_log_entry',
    ]);
    expect(list((await send('GET', '/log_entries')).log_entries)).toHaveLength(5);
    const [alert] = list((await send('GET', '/incidents/1/alerts')).alerts);
    expect((await send('GET', `/incidents/1/alerts/${alert?.id}`)).alert).toEqual(alert);
    await send('DELETE', `/extensions/${id}`);
  });
});
