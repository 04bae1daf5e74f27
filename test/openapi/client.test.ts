import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pointedAt, runCli, temporaryFolder, testSandbox } from '../helpers/in-process.ts';
import { type Finding, loadDescription } from './description.ts';

const description = loadDescription();

/** The parts of a request. Answers come from the sandbox, and its own test checks them. */
const ASKED: ReadonlySet<Finding['what']> = new Set(['operation', 'parameter', 'header', 'request body']);

/** A departure: PagerDuty's own script requests lists with `temporarily_disabled`, which the description omits (fact 9). */
function isFact9({ what, at, message }: Finding, path: string): boolean {
  return (
    what === 'parameter' &&
    at === 'include[]' &&
    message.includes('temporarily_disabled') &&
    path === '/extensions'
  );
}

/** The description has no presses (fact 31). */
function isFact31({ what }: Finding, path: string): boolean {
  return what === 'operation' && /^\/incidents\/\w+\/custom_action$/.test(path);
}

it('every request of every command is as PagerDuty describes it', async () => {
  const sandbox = await testSandbox();
  const cwd = temporaryFolder();
  const config = {
    actions: {
      a: {
        label: 'A',
        url: 'https://automation.example.com/a',
        headers: { Authorization: 'Bearer secret-value' },
      },
      b: { label: 'B', url: 'https://automation.example.com/b' },
    },
    services: {
      'Checkout API': ['a'],
      'id:PIJ90N7': ['b'],
      'team:Payments': ['a'],
      'web-*': { actions: ['b'], prune: true },
    },
  };
  writeFileSync(join(cwd, 'pdactions.config.json'), JSON.stringify(config));
  const sessions = [
    ['list'],
    ['list', '--disabled', '--service', 'Checkout API', '--service', 'team:Payments'],
    ['list', '--service', 'id:PIJ90N7'],
    ['show', 'PVENDOR'],
    ['sync', '--yes'],
    ['sync', '--yes', '--rotate-secrets', '--enable'],
    ['create', '-s', 'web-admin', '-l', 'C', '-u', 'https://automation.example.com/c', '-H', 'X-Key: v'],
    ['update', 'C', '--url', 'https://automation.example.com/d'],
    ['update', 'C', '--remove-header', 'X-Key'],
    ['enable', '--all-disabled', '--yes'],
    ['enable', 'PDISABL'],
    ['run', 'A', '--incident', 'PINC001', '--yes'],
    ['delete', 'C', '--yes'],
  ];
  for (const argv of sessions)
    expect(await runCli(argv, { env: pointedAt(sandbox), cwd })).toMatchObject({ code: 0 });

  const operations = new Set<string>();
  let departures = 0;
  const strange = sandbox.log().requests.flatMap(({ method, path, query, headers, body, status }) => {
    operations.add(description.operationOf(method, path) ?? `${method} ${path}`);
    const findings = description.check({
      method,
      path: query === '' ? path : `${path}?${query}`,
      requestHeaders: headers,
      ...(body === null ? {} : { requestBody: body }),
      status: status ?? 0,
      contentType: null,
    });
    return findings.filter((finding) => {
      if (!ASKED.has(finding.what) || isFact31(finding, path)) return false;
      if (!isFact9(finding, path)) return true;
      departures += 1;
      return false;
    });
  });
  expect(strange).toEqual([]);
  expect(departures).toBeGreaterThan(0);
  expect([...operations].sort()).toEqual([
    'DELETE /extensions/{id}',
    'GET /extension_schemas',
    'GET /extensions',
    'GET /extensions/{id}',
    'GET /incidents/{id}',
    'GET /services',
    'GET /services/{id}',
    'GET /teams',
    'POST /extensions',
    'POST /extensions/{id}/enable',
    'POST /incidents/PINC001/custom_action',
    'PUT /extensions/{id}',
  ]);
});
