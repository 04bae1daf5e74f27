import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli, temporaryFolder } from '../helpers/in-process.ts';
import { otherServer } from './other-server.ts';

const CONFIG = {
  actions: {
    restart: { label: 'Restart', url: 'https://hooks.example.com/restart' },
    other: { label: 'Other', url: 'https://hooks.example.com/other' },
  },
  services: { 'Search API': ['restart', 'other'] },
};

const recorded = (id: string, action = 'restart'): string =>
  JSON.stringify({ at: 'now', action, id, body: { messages: [{ id }] } });

const captured = (webhook: object): object => ({
  messages: [{ event: 'incident.custom', id: 'm-9', webhook }],
});

async function replay(content: string, ...args: string[]) {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'pdactions.config.json'), JSON.stringify(CONFIG));
  writeFileSync(join(cwd, 'presses'), content);
  const { url, asked } = await otherServer(() => ({ status: 202 }));
  const result = await runCli(['replay', 'presses', '--to', url, ...args], { cwd });
  return { ...result, paths: asked.map(({ path }) => path) };
}

it('asks first, even on this machine', async () => {
  const { code, stderr, paths } = await replay(recorded('m-1'));
  expect(stderr).toContain(
    'Sends 1 recorded message of restart with the headers of the config to http://127.0.0.1',
  );
  expect(stderr).toContain('`--yes`');
  expect(code).toBe(3);
  expect(paths).toEqual([]);
});

it('sends only the presses that --id names', async () => {
  const file = `${recorded('m-1')}\n${recorded('m-2', 'other')}\n${recorded('m-3')}\n`;
  const { stdout, paths } = await replay(file, '--yes', '--same-ids', '--id', 'm-2');
  expect(stdout).toBe('1/1 other (m-2) → 202\n');
  expect(paths).toEqual(['/other']);
  const missing = await replay(file, '--yes', '--id', 'm-4');
  expect(missing).toMatchObject({ code: 3, paths: [] });
  expect(missing.stderr).toContain('contains no press with the id m-4\n  → It contains m-1, m-2, m-3.');
});

it.each([
  ['one line', (body: object) => JSON.stringify(body)],
  ['several lines', (body: object) => JSON.stringify(body, null, 2)],
  ['a byte order mark', (body: object) => `\uFEFF${JSON.stringify(body)}`],
])('takes a captured body: %s', async (_, text) => {
  const byUrl = await replay(
    text(captured({ name: 'Renamed', endpoint_url: 'https://hooks.example.com/other' })),
    '--yes',
    '--same-ids',
  );
  expect(byUrl).toMatchObject({ code: 0, stdout: '1/1 other (m-9) → 202\n', paths: ['/other'] });
  const byLabel = await replay(
    text(captured({ name: 'Restart', endpoint_url: 'https://old.example.com' })),
    '--yes',
  );
  expect(byLabel).toMatchObject({ code: 0, paths: ['/restart'] });
});

it.each([
  ['', 'no presses to replay'],
  ['{"messages": []}', 'line 1 of presses is not a press'],
  ['hello', 'line 1 of presses is not a press'],
  [JSON.stringify(captured({ name: 'Unknown' })), 'is a press of `Unknown`, which is not in the config'],
  [JSON.stringify({ messages: [null] }), 'is a press of an unnamed action'],
])('refuses %s, and sends nothing', async (content, message) => {
  const { code, stderr, paths } = await replay(content, '--yes');
  expect(stderr).toContain(message);
  expect(code).toBe(3);
  expect(paths).toEqual([]);
});
