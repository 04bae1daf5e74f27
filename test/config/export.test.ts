import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExportOptions } from '../../src/config/export/action.ts';
import { exportConfig } from '../../src/config/export/export.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { LiveAction, Service } from '../../src/core/action.ts';
import { liveByService } from '../../src/core/live.ts';
import { desiredServices } from '../../src/core/normalize.ts';
import { changesOf, computePlan } from '../../src/core/plan.ts';
import { matchSelectors } from '../../src/core/selector.ts';
import { anyCharacter, webAddress } from '../helpers/characters.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { runs } from '../helpers/runs.ts';

const service = (id: string, name = id): Service => ({ id, name, teamIds: [], htmlUrl: null });

let count = 0;
const action = (on: string, label: string, more: Partial<LiveAction> = {}): LiveAction => ({
  id: `PACT${count++}`,
  label,
  url: 'https://automation.example.com/x',
  services: [{ id: on, name: null }],
  headerNames: [],
  disabled: false,
  htmlUrl: null,
  ...more,
});

const exported = (services: Service[], actions: LiveAction[], options: ExportOptions = {}) =>
  exportConfig('acme', services, services, actions, options);

describe('export', () => {
  it('folds equal actions into one definition, with readable keys', () => {
    const services = [service('P1', 'Checkout'), service('P2', 'Search')];
    const { document, variables, left } = exported(services, [
      action('P1', 'Restart Server', { headerNames: ['Authorization'] }),
      action('P2', 'Restart Server', { headerNames: ['authorization'] }),
      action('P2', 'Ünïcode & Co.'),
      action('P1', 'Ünïcode & Co.', { url: 'https://elsewhere.example.com' }),
    ]);
    expect(left).toEqual([]);
    expect(document).toEqual({
      account: 'acme',
      actions: {
        'restart-server': {
          label: 'Restart Server',
          url: 'https://automation.example.com/x',
          headers: { Authorization: '${RESTART_SERVER_AUTHORIZATION}' },
        },
        'unicode-co-checkout': { label: 'Ünïcode & Co.', url: 'https://elsewhere.example.com' },
        'unicode-co-search': { label: 'Ünïcode & Co.', url: 'https://automation.example.com/x' },
      },
      services: {
        Checkout: ['restart-server', 'unicode-co-checkout'],
        Search: ['restart-server', 'unicode-co-search'],
      },
      prune: false,
    });
    expect(variables).toEqual([
      {
        name: 'RESTART_SERVER_AUTHORIZATION',
        label: 'Restart Server',
        part: 'Authorization',
        values: 2,
        inUrl: false,
      },
    ]);
  });

  it('gives the plain key to the most common of several, and numbers the others in natural order', () => {
    const services = Array.from({ length: 29 }, (_, index) =>
      service(`P${index}`, `S${String(index).padStart(2, '0')}`),
    );
    const url = (index: number): string => `https://automation.example.com/${Math.floor(index / 2)}`;
    const { document } = exported(services, [
      ...services.slice(0, 24).map(({ id }, index) => action(id, 'Go', { url: url(index) })),
      ...services.slice(24, 28).map(({ id }) => action(id, 'Go')),
      action('P28', 'go', { url: 'https://elsewhere.example.com' }),
    ]);
    expect(Object.keys(document.actions)).toEqual([
      'go',
      ...Array.from({ length: 12 }, (_, index) => `go-${index + 2}`),
      'go-s28',
    ]);
    expect(document.actions.go?.url).toBe('https://automation.example.com/x');
  });

  it('omits headers on request, and folds actions that differ in headers alone', () => {
    const services = [service('P1'), service('P2')];
    const actions = [action('P1', 'A', { headerNames: ['X-Key'] }), action('P2', 'A')];
    const { document, variables } = exported(services, actions, { headers: false });
    expect(Object.values(document.actions)).toEqual([
      { label: 'A', url: 'https://automation.example.com/x' },
    ]);
    expect(variables).toEqual([]);
  });

  it('takes one variable for all headers of a name on request', () => {
    const services = [service('P1'), service('P2')];
    const actions = [
      action('P1', 'A', { headerNames: ['Authorization', 'X-Key'] }),
      action('P2', 'B', { headerNames: ['authorization'] }),
    ];
    const headerVariables = new Map([['authorization', 'AUTOMATION_AUTH']]);
    const { document, variables } = exported(services, actions, { headerVariables });
    expect(document.actions.a?.headers).toEqual({
      Authorization: '${AUTOMATION_AUTH}',
      'X-Key': '${A_X_KEY}',
    });
    expect(document.actions.b?.headers).toEqual({ authorization: '${AUTOMATION_AUTH}' });
    expect(variables.map(({ name, values }) => [name, values])).toEqual([
      ['AUTOMATION_AUTH', 2],
      ['A_X_KEY', 1],
    ]);
  });

  it('defines nothing unused: neither the surplus action nor its variables', () => {
    const actions = ['A', 'B', 'C', 'D'].map((label) => action('P1', label, { headerNames: ['X-Key'] }));
    const { document, variables, left } = exported([service('P1')], actions);
    expect(Object.keys(document.actions)).toEqual(['a', 'b', 'c']);
    expect(variables.map(({ name }) => name)).toEqual(['A_X_KEY', 'B_X_KEY', 'C_X_KEY']);
    expect(left.map(({ why }) => why)).toEqual(['P1 has more than three actions']);
  });

  it('of labels that look the same, declares the one that most actions have', () => {
    const services = ['P1', 'P2', 'P3'].map((id) => service(id));
    const { document, left } = exported(services, [
      action('P1', 'Cafe\u0301'),
      action('P2', 'Café'),
      action('P3', 'Café'),
    ]);
    expect(document.services).toEqual({ P2: ['cafe'], P3: ['cafe'] });
    expect(left.map(({ action: { label } }) => label)).toEqual(['Cafe\u0301']);
  });

  it('uses ids if names are ambiguous', () => {
    const services = [
      service('P1', 'Twin'),
      service('P2', 'Twin'),
      service('P3', 'id:P9'),
      service('P4', 'web-*'),
    ];
    const { document } = exported(
      services,
      services.map(({ id }) => action(id, 'A')),
    );
    expect(Object.keys(document.services).sort()).toEqual(['id:P1', 'id:P2', 'id:P3', 'id:P4']);
  });

  it.each<[string, Partial<LiveAction>, string | undefined, string]>([
    ['a login', { url: 'https://u:--redacted--@a.example.com/x' }, 'https://${A_LOGIN}@a.example.com/x', ''],
    ['a hidden URL', { url: '--redacted--' }, '${A_URL}', ''],
    ['an empty login', { url: 'https://@a.example.com/x' }, 'https://a.example.com/x', ''],
    ['a login of a colon alone', { url: 'https://:@a.example.com/x' }, 'https://a.example.com/x', ''],
    [
      'a variable that no config may read',
      { label: 'PagerDuty', url: 'https://a.example.com/?token=abc123' },
      'https://a.example.com/?token=${BUTTON_PAGERDUTY_TOKEN}',
      '',
    ],
    [
      'a hidden query',
      { url: 'https://a.example.com/?t=--redacted--' },
      'https://a.example.com/?t=${A_T}',
      '',
    ],
    [
      'credentials in the query, and the rest of it',
      { url: 'https://a.example.com/x?svc=web&token=abc123&key=on&code=x%2Fyz4567&token=another1#top' },
      'https://a.example.com/x?svc=web&token=${A_TOKEN}&key=on&code=${A_CODE}&token=${A_TOKEN_2}#top',
      '',
    ],
    ['a dollar', { url: 'https://a.example.com/$%7BX}' }, 'https://a.example.com/$%7BX}', ''],
    ['no URL', { url: null }, undefined, 'no URL'],
    ['a space', { url: 'https://a.example.com/a b' }, undefined, 'contains'],
    ['a login over http', { url: 'http://u:p@a.example.com/' }, undefined, 'its login is sent over http://'],
    [
      'a credential over http',
      { url: 'http://a.example.com/?x=1&token=abc123' },
      undefined,
      'its token is sent over http://',
    ],
    [
      'a credential for this machine',
      { url: 'http://127.0.0.1/?token=abc123' },
      'http://127.0.0.1/?token=${A_TOKEN}',
      '',
    ],
    [
      'several services',
      {
        services: [
          { id: 'P1', name: null },
          { id: 'P2', name: null },
        ],
      },
      undefined,
      'several',
    ],
    ['a control character', { label: 'A\u0007' }, undefined, 'label'],
  ])('%s', (_, more, url, why) => {
    const { document, left } = exported([service('P1')], [action('P1', 'A', more)]);
    expect(Object.values(document.actions)[0]?.url).toBe(url);
    if (why === '') expect(left).toEqual([]);
    else expect(left[0]?.why).toContain(why);
  });

  /** A URL in pieces: those in brackets look secret. */
  it.each<[string, string, readonly string[], string]>([
    [
      'a Slack path',
      'https://hooks.slack.com/services/T0AB12CD3/B0AB12CD3/[aB3dE6gH9jK2mN5pQ8sT1vW4]',
      ['path, part 4'],
      '${A_PATH_4}',
    ],
    [
      'a Slack path of words',
      'https://hooks.slack.com/services/T1/B1/[abc]',
      ['path, part 4'],
      '${A_PATH_4}',
    ],
    [
      'a Logic App',
      'https://prod-1.westeurope.logic.azure.com:443/workflows/[0123456789abcdef0123456789abcdef]/triggers/manual/paths/invoke?sp=%2Ftriggers',
      ['path, part 2'],
      '${A_PATH_2}',
    ],
    ['a Zapier hook', 'https://hooks.zapier.com/hooks/catch/123/[abc12d]/', ['path, part 4'], '${A_PATH_4}'],
    [
      'small letters and digits',
      'https://a.example.com/h/[k3jd8s0fj2l4m6n8p0q2]',
      ['path, part 2'],
      '${A_PATH_2}',
    ],
    [
      'a path segment after a telling one',
      'https://a.example.com/token/[letters]/run',
      ['path, part 2'],
      '${A_PATH_2}',
    ],
    [
      'a random value in the query',
      'https://a.example.com/x?id=[aB3dE6gH9jK2]&y=1',
      ['query, id'],
      '${A_ID}',
    ],
    ['a query of one value', 'https://a.example.com/x?[aB3dE6gH9jK2]', ['query'], '${A_QUERY}'],
    ['a fragment', 'https://a.example.com/x#[top]', ['fragment'], '${A_FRAGMENT}'],
    [
      'two of them',
      'https://a.example.com/[aB3dE6gH9jK2]/[aB3dE6gH9jK3]',
      ['path, part 1', 'path, part 2'],
      '${A_PATH_1} ${A_PATH_2}',
    ],
    [
      'words, numbers and versions',
      'https://a.example.com/v2/RestartServerV2/add-diagnostics-2024-v3/1234567890',
      [],
      '',
    ],
    ['words in the query', 'https://a.example.com/x?service=CheckoutApi2&team=payments', [], ''],
  ])('finds a likely secret: %s', (_, marked, places, references) => {
    const url = marked.replace(/[[\]]/g, '');
    const written = exported([service('P1')], [action('P1', 'A', { url })]);
    expect(written.document.actions.a?.url).toBe(url);
    expect(written.literals).toEqual(places.map((place) => ({ key: 'a', place })));
    const values = [...marked.matchAll(/\[(.*?)\]/g)].map(([, value = '']) => value);
    const names = references === '' ? [] : references.split(' ');
    const redacted = exported([service('P1')], [action('P1', 'A', { url })], { redact: true });
    expect(redacted.document.actions.a?.url).toBe(
      values.reduce((text, value, index) => text.replace(`[${value}]`, () => names[index] ?? ''), marked),
    );
    expect(redacted.literals).toEqual([]);
    expect(redacted.variables.map(({ name, inUrl }) => ({ name, inUrl }))).toEqual(
      names.map((name) => ({ name: name.slice(2, -1), inUrl: true })),
    );
    expect(exported([service('P1')], [action('P1', 'A', { url })], { redact: true })).toEqual(redacted);
  });

  it('omits a likely secret that is sent over http://, if a variable was requested', () => {
    const actions = [action('P1', 'A', { url: 'http://a.example.com/aB3dE6gH9jK2' })];
    expect(exported([service('P1')], actions).left).toEqual([]);
    expect(exported([service('P1')], actions, { redact: true }).left[0]?.why).toContain(
      'its path 1 is sent over http://',
    );
  });

  it('leaves twins and look-alikes to the user', () => {
    const { document, left } = exported(
      [service('P1'), service('P2')],
      [action('P1', 'A'), action('P1', 'A'), action('P2', 'Café'), action('P2', 'Cafe\u0301')],
    );
    expect(Object.keys(document.actions)).toHaveLength(1);
    expect(left.map(({ why }) => why)).toEqual([
      expect.stringContaining('2 actions with this label'),
      expect.stringContaining('2 actions with this label'),
      expect.stringContaining('looks the same'),
    ]);
  });

  it('names the headers that it cannot declare, with the reason', () => {
    const { document, notes } = exported(
      [service('P1'), service('P2')],
      [
        action('P1', 'A', { headerNames: ['Content-Type'] }),
        action('P1', 'B', { url: 'http://a.example.com', headerNames: ['X-Key'] }),
        action('P2', 'C', { headerNames: ['X-Key', 'x-key'] }),
        action('P2', 'D', { headerNames: ['__proto__'] }),
      ],
    );
    expect(Object.values(document.actions).map(({ headers }) => headers)).toEqual(Array(4).fill(undefined));
    expect(notes.map(({ note }) => note.replace(/^its headers .*?: /, ''))).toEqual([
      expect.stringContaining('Content-Type is reserved'),
      expect.stringContaining('http://'),
      'x-key occurs twice',
      '__proto__ cannot be a key',
    ]);
  });
});

describe('property: export, load, plan', () => {
  const label = fc.oneof(
    fc.constantFrom(
      'Restart Server',
      'Add Diagnostics',
      'A',
      'a',
      'Ünïcode',
      'x${Y}',
      '__proto__',
      'constructor',
      '-',
      '🚀',
    ),
    fc.string({ unit: anyCharacter, minLength: 1, maxLength: 12 }),
  );
  const url = fc.oneof(
    fc.constantFrom(
      null,
      '--redacted--',
      'https://u:p@a.example.com/',
      'https://--redacted--@a.example.com/x?y=${Z}',
      'http://a.example.com/',
      'http://127.0.0.1/',
      'https://xn--pple-43d.com/',
      'https://аpple.com/',
      'not a url',
      'https://@a.example.com/',
      'https://a.example.com/x?token=abc123&b=${Z}',
      'http://a.example.com/x?token=abc123',
      'https://a.example.com/x?sig=--redacted--#top',
    ),
    webAddress,
  );
  const SECRETS: Record<string, string> = {
    url: 'https://hidden.example.com/',
    login: 'u:p',
    token: 'abc123',
  };
  const header = fc.constantFrom(
    'Authorization',
    'X-Key',
    'x-key',
    'Host',
    'Content-Type',
    'bad name',
    '__proto__',
    '',
  );
  const accounts = fc.array(
    fc.record({
      name: fc.constantFrom('Checkout', 'Search', 'Twin', 'team:x', 'id:P1', 'web-*', 'Ünïcode', ' spaced '),
      actions: fc.array(
        fc.record({
          label,
          url,
          headerNames: fc.option(fc.array(header, { maxLength: 3 })),
          shared: fc.boolean(),
        }),
        { maxLength: 5 },
      ),
    }),
    { maxLength: 5 },
  );

  it('the exported config is valid and plans no change, whatever the account', async () => {
    const cwd = temporaryFolder();
    await fc.assert(
      fc.asyncProperty(accounts, async (account) => {
        const services = account.map(({ name }, index) => service(`PSVC${index}`, name));
        const actions = account.flatMap(({ actions: own }, index) =>
          own.map(({ shared, ...one }) =>
            action(
              `PSVC${index}`,
              one.label,
              shared && index > 0
                ? {
                    ...one,
                    services: [
                      { id: 'PSVC0', name: null },
                      { id: `PSVC${index}`, name: null },
                    ],
                  }
                : one,
            ),
          ),
        );
        const { document, variables } = exportConfig('acme', services, services, actions);
        const file = join(cwd, 'config.json');
        writeFileSync(file, JSON.stringify(document));
        const env = Object.fromEntries(variables.map(({ name, part }) => [name, SECRETS[part] ?? 'v']));
        const result = await loadConfig({ cwd, env, explicit: file });
        if (Object.keys(document.actions).length === 0 && result?.ok !== true) return;
        expect(result?.ok === false ? result.problems : []).toEqual([]);
        if (!result?.ok) return;
        expect(result.warnings.filter(({ message }) => message.includes('no service'))).toEqual([]);
        const matches = matchSelectors(
          result.config.selections.map(({ selector }) => selector),
          services,
          [],
        );
        const desired = desiredServices(result.config, matches);
        const plan = computePlan(desired, liveByService(actions), { enable: false, rotate: null });
        expect(
          changesOf(plan).filter((change) => !(change.kind === 'update' && change.before.url === null)),
        ).toEqual([]);
      }),
      { numRuns: runs(300) },
    );
  });
});
