import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seedDataFile } from '../../src/sandbox/keeping/data-file.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { demoSeed } from '../../src/sandbox/seed/demo-seed.ts';
import { parseSeed } from '../../src/sandbox/seed/seed.ts';
import { call, control, create, sandboxFor } from './client.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  file = join(folder, 'deep', 'account.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a data file', () => {
  it('is made at the first start, and keeps everything, including incidents and secrets', async () => {
    const first = await sandboxFor({ dataFile: file });
    const headers = [{ name: 'X-Key', value: 'hush' }];
    const id = await create(first, 'PCHKOUT', 'Restart', { config: { headers } });
    await call(first, 'POST', '/incidents/PINC001/notes', { body: { note: { content: 'noted' } } });
    const before = first.state();
    await first.close();
    const second = await sandboxFor({ dataFile: file, seed: { account: 'umbrella' } });
    expect(second.state()).toEqual(before);
    expect(second.state().extensions.find((one) => one.id === id)?.headers).toEqual(headers);
    expect(await create(second, 'PCHKOUT', 'Another')).not.toBe(id);
  });

  it('is written before an answer goes out, so that no answered change is ever lost', async () => {
    const sandbox = await sandboxFor({ dataFile: file });
    const writes = Array.from({ length: 20 }, async (_, at) => {
      const serviceId = ['PCHKOUT', 'PIJ90N7', 'PPAYAPI', 'PPAYWRK', 'PWEBFRO'][at % 5] ?? '';
      const { status } = await call(sandbox, 'POST', '/extensions', {
        body: {
          extension: {
            name: `Action ${at}`,
            endpoint_url: 'https://automation.example.com/run',
            extension_schema: { id: 'PJFWPEP', type: 'extension_schema_reference' },
            extension_objects: [{ id: serviceId, type: 'service_reference' }],
          },
        },
      });
      expect(status).toBe(201);
      expect(readFileSync(file, 'utf8')).toContain(`"Action ${at}"`);
    });
    await Promise.all(writes);
  });

  it('is whole at any time, for its owner only, and leaves nothing beside it', async () => {
    const sandbox = await sandboxFor({ dataFile: file });
    await create(sandbox, 'PCHKOUT', 'Restart');
    expect(() => JSON.parse(readFileSync(file, 'utf8'))).not.toThrow();
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'deep'))).toEqual(['account.json']);
  });

  it('is not touched by reads', async () => {
    const sandbox = await sandboxFor({ dataFile: file });
    const { mtimeMs } = statSync(file);
    await call(sandbox, 'GET', '/extensions');
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
  });

  it('survives another position of the schema switch (U14)', async () => {
    await (await startSandbox({ dataFile: file })).close();
    const sandbox = await sandboxFor({ dataFile: file, switches: { schemaId: 'account' } });
    const { json } = await call(sandbox, 'GET', '/extensions/PVENDOR');
    expect(json.extension?.extension_schema?.summary).toBe('Custom Incident Action');
    expect(json.extension?.extension_schema?.id).not.toBe('PCUSTOM');
  });

  it.each([
    ['invalid JSON', '{"version":1'],
    ['a list', '[]'],
    ['another version', '{"version":2}'],
    [
      'no settings',
      '{"version":1,"account":"acme","sequence":0,"teams":[],"services":[],"extensions":[],"incidents":[]}',
    ],
    [
      'invalid records',
      '{"version":1,"account":"acme","sequence":0,"teams":[],"services":[7],"extensions":[],"incidents":[]}',
    ],
  ])('that is damaged (%s) is named and left alone', async (_title, text) => {
    const damaged = join(folder, 'damaged.json');
    writeFileSync(damaged, text);
    await expect(startSandbox({ dataFile: damaged })).rejects.toMatchObject({
      kind: 'local-io',
      message: expect.stringContaining(`${damaged} is damaged`),
      hint: expect.stringContaining('pdactions sandbox reset'),
    });
    expect(readFileSync(damaged, 'utf8')).toBe(text);
  });

  it('that is damaged names the position, and no content', async () => {
    const damaged = join(folder, 'damaged.json');
    await (await startSandbox({ dataFile: damaged })).close();
    const kept = JSON.parse(readFileSync(damaged, 'utf8'));
    const reasonFor = async (change: object) => {
      writeFileSync(damaged, JSON.stringify({ ...kept, ...change }));
      const error: unknown = await startSandbox({ dataFile: damaged }).catch((reason: unknown) => reason);
      return String(error).replace(/.* is damaged: /, '');
    };
    const apps = [{ id: 'app', secret: 7, scopes: ['hush'] }];
    expect(await reasonFor({ services: [{ id: 'PS1' }] })).toMatch(/^services\.0\.name is invalid: /);
    expect(await reasonFor({ apps })).toMatch(/^apps\.0\.secret is invalid: /);
    expect(await reasonFor({ settings: { ...kept.settings, switches: { nonsense: 'x' } } })).toMatch(
      /^settings\.switches is invalid: .*nonsense/,
    );
  });

  it('that cannot be written is named', async () => {
    writeFileSync(join(folder, 'deep'), 'a file where a folder should be');
    await expect(startSandbox({ dataFile: file })).rejects.toMatchObject({
      kind: 'local-io',
      message: expect.stringContaining(file),
    });
  });

  it('keeps the settings of a seeded account; options of the start win and are not kept', async () => {
    const rateLimit = { limit: 100, windowSeconds: 6 };
    await seedDataFile(file, parseSeed({ account: 'acme', switches: { moves: 'move' }, rateLimit }));
    const start = async (switches: object) => {
      const sandbox = await startSandbox({ dataFile: file, switches });
      const { headers } = await call(sandbox, 'GET', '/abilities');
      const { json } = await control(sandbox, 'GET', 'switches');
      await sandbox.close();
      return [headers.get('ratelimit-limit'), json.switches?.moves];
    };
    expect(await start({})).toEqual(['100', 'move']);
    expect(await start({ moves: 'ignore' })).toEqual(['100', 'ignore']);
    expect(await start({})).toEqual(['100', 'move']);
  });

  it('can be reset and seeded without a running server', async () => {
    await seedDataFile(file, parseSeed({ account: 'umbrella', services: [{ id: 'PONE', name: 'One' }] }));
    const first = await startSandbox({ dataFile: file });
    expect(first.state()).toMatchObject({ account: 'umbrella', services: [{ name: 'One' }] });
    await first.close();
    await seedDataFile(file, demoSeed());
    const second = await sandboxFor({ dataFile: file });
    expect(second.state().account).toBe('acme');
  });
});

describe('a log file', () => {
  it('that cannot be written stops the start', async () => {
    const logFile = join(folder, 'no-such-folder', 'log.jsonl');
    await expect(startSandbox({ logFile })).rejects.toMatchObject({
      kind: 'local-io',
      message: expect.stringContaining(logFile),
    });
  });

  it('T01: and the data file are ASCII, whatever a name holds', async () => {
    const logFile = join(folder, 'log.jsonl');
    const sandbox = await sandboxFor({ dataFile: file, logFile });
    const name = 'a\x1b[2J\x9b\u202e\ud83d\ude00é';
    await create(sandbox, 'PCHKOUT', name);
    const data = readFileSync(file, 'utf8');
    for (const text of [data, readFileSync(logFile, 'utf8')]) expect(text).toMatch(/^[ -~\n]+$/);
    await sandbox.close();
    const again = await sandboxFor({ dataFile: file });
    expect(again.state().extensions.some((one) => one.name === name)).toBe(true);
  });

  it('gets a line for each request and commit, without secrets and bodies', async () => {
    const logFile = join(folder, 'log.jsonl');
    const sandbox = await sandboxFor({ logFile });
    await create(sandbox, 'PCHKOUT', 'Restart', { config: { headers: [{ name: 'X-Key', value: 'hush' }] } });
    await call(sandbox, 'GET', '/services?query=canary');
    const text = readFileSync(logFile, 'utf8');
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { type: 'commit', seq: 1, by: 'api', request: 1, verb: 'create', what: 'extension' },
      { type: 'request', index: 1, method: 'POST', path: '/extensions', status: 201, end: 'answered' },
      { type: 'request', index: 2, method: 'GET', path: '/services', status: 200, end: 'answered' },
    ]);
    for (const secret of ['hush', 'canary', sandbox.token]) expect(text).not.toContain(secret);
  });
});
