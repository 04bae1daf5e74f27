import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../helpers/in-process.ts';
import { call, list, sandboxFor } from './client.ts';

/** Unchanged files of earlier versions. */
const FILES = join(import.meta.dirname, 'data-files');

function copyOf(name: string): string {
  const file = join(temporaryFolder(), name);
  copyFileSync(join(FILES, name), file);
  return file;
}

describe('a data file of an earlier version', () => {
  it('opens with every record as it was', async () => {
    const { settings, ...account } = JSON.parse(readFileSync(join(FILES, '0.1.json'), 'utf8'));
    const sandbox = await sandboxFor({ dataFile: copyOf('0.1.json') });
    const state = sandbox.state();
    const later = Object.fromEntries(Object.keys(state).map((list) => [list, []]));
    expect(state).toEqual({ ...later, ...account });
    const { headers, json } = await call(sandbox, 'GET', '/extensions');
    expect(headers.get('ratelimit-limit')).toBe(String(settings.rateLimit.limit));
    expect(list(json.extensions).map(({ name }) => name)).toEqual(['Restart', 'Feed', 'Both', null]);
  });

  it('opens without later kinds of records and members', async () => {
    const sandbox = await sandboxFor({ dataFile: copyOf('first.json') });
    const nothing = { source: null, component: null, group: null, class: null, severity: null };
    expect(sandbox.state()).toMatchObject({
      apps: [],
      schemas: [],
      priorities: [],
      extensions: [{ id: 'PEXT001', headers: null, schema: 'custom_webhook' }],
      incidents: [
        {
          id: 'PINC001',
          statusChangedAt: '2026-01-01T00:00:00.000Z',
          statusChangedBy: null,
          priorityId: null,
          trigger: { ...nothing, details: { p99: '4.2 s' } },
          alerts: [],
          log: [],
        },
      ],
    });
    const { json } = await call(sandbox, 'GET', '/incidents/PINC001/log_entries');
    expect(json.log_entries).toMatchObject([{ type: 'trigger_log_entry' }]);
    expect((await call(sandbox, 'GET', '/priorities')).json.priorities).toEqual([]);
  });
});
