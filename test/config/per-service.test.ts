import { describe, expect, it } from 'vitest';
import { desiredServices } from '../../src/core/normalize.ts';
import { matchSelectors } from '../../src/core/selector.ts';
import { service } from '../helpers/actions.ts';
import { CANARY, configOf, load, loadYaml, problemsOf, warningsOf, withAction } from './world.ts';

const HOST = 'https://hooks.example.com';
const env = { BASE: `${HOST}/base`, TRICK: '${service.id}', KEY: CANARY };

/** The action of a config on a service with this name. */
async function on(name: string, action: object, rest: object = {}) {
  const config = await configOf(withAction(action, { services: { '*': ['a'] }, ...rest }), { env });
  const services = [service(name, 'PSVC1')];
  const matches = matchSelectors(
    config.selections.map(({ selector }) => selector),
    services,
    [],
  );
  const [desired] = desiredServices(config, matches);
  if (!desired) throw new Error('nothing is declared');
  return desired;
}

describe('${service.…}', () => {
  it('is filled in for each service, percent-encoded in the URL', async () => {
    const { actions, unfit } = await on('Checkout API', {
      label: 'Restart ${service.name}',
      renamedFrom: ['Reboot ${service.name}', 'Old'],
      url: '${BASE}/${service.id}?name=${service.name}&key=${KEY}',
    });
    expect(unfit).toBeUndefined();
    expect(actions).toMatchObject([
      {
        label: 'Restart Checkout API',
        renamedFrom: ['Reboot Checkout API', 'Old'],
        url: `${HOST}/base/PSVC1?name=Checkout%20API&key=${CANARY}`,
        urlSource: '${BASE}/PSVC1?name=Checkout%20API&key=${KEY}',
        written: {
          label: 'Restart ${service.name}',
          url: '${BASE}/${service.id}?name=${service.name}&key=${KEY}',
        },
      },
    ]);
    expect(actions[0]?.perService).toBeUndefined();
  });

  it('is literal after another dollar, and never comes from a variable (T24)', async () => {
    const { actions } = await on('Checkout', {
      label: '$${service.name}',
      url: `${HOST}/\${TRICK}/$\${service.id}`,
    });
    expect(actions).toMatchObject([
      { label: '${service.name}', url: `${HOST}/\${service.id}/\${service.id}` },
    ]);
  });

  it('causes no warning where it is literal on purpose, but a variable in a label does', async () => {
    expect(warningsOf(await load(withAction({ label: '$${service.name}' })))).toEqual([]);
    expect(warningsOf(await load(withAction({ label: '${service.name} ${NAME}' })))).toEqual([
      expect.stringContaining('is not expanded in a label'),
    ]);
  });

  it('is not a variable: nothing must be set or allowed for it', async () => {
    const config = withAction({ url: `${HOST}/\${service.id}` });
    const result = await load(config, { env: { CI: '1' }, allowEnv: [] });
    expect([problemsOf(result), warningsOf(result), result.variables]).toEqual([[], [], []]);
  });

  it.each([
    ['label', 'Restart ${service.nmae}', 'Did you mean `${service.name}`?'],
    ['url', `${HOST}/\${service.identifier}`, 'Available: `${service.name}` and `${service.id}`.'],
    ['url', `${HOST}/\${service.id:-P1}`, 'without a default'],
    ['renamedFrom', 'Old ${service.}', 'Available:'],
  ])('that is unknown in %s is a problem with a fix', async (field, text, fix) => {
    const result = await load(withAction({ [field]: text }));
    if (result.ok) throw new Error('it was taken');
    expect(result.problems).toMatchObject([
      { path: `actions.a.${field}`, fix: expect.stringContaining(fix) },
    ]);
  });

  it('is refused in a header', async () => {
    const result = await load(withAction({ headers: { 'X-Service': '${service.id}' } }));
    expect(problemsOf(result)).toEqual([
      expect.stringContaining('works only in `label`, `renamedFrom` and `url`'),
    ]);
  });

  it.each([
    '${service.name}',
    '${service.name}://hooks.example.com/',
    'https://${service.name}/a',
    'https://hooks.example.com${service.name}/a',
    'https://hooks.example.com:${service.id}/a',
    'https://user:${service.id}@hooks.example.com/a',
    'https://${service.id}.example.com/a',
    '${BASE_HOST}${service.id}/a',
    'https:/${service.id}/a',
  ])('is not allowed in the origin: %s', async (url) => {
    const result = await load(withAction({ url }), { env: { BASE_HOST: HOST } });
    expect(problemsOf(result)).toEqual([
      expect.stringContaining('is not allowed in the scheme, login, host or port'),
    ]);
  });

  it('is checked with a sample if no service is known', async () => {
    const url = 'http://hooks.example.com/${service.id}';
    expect(problemsOf(await load(withAction({ url })))).toEqual([expect.stringContaining('http://')]);
    expect(problemsOf(await load(withAction({ label: ' ${service.name}' })))).toEqual([
      expect.stringContaining('begins or ends with a space'),
    ]);
  });

  it('hides no word that is only a sample', async () => {
    const { secrets } = await configOf(
      withAction({ url: `${HOST}/x?token=\${service.name}&code=\${service.id}` }),
    );
    expect(secrets).toEqual([]);
  });

  it('is not checked by tools other than plans, which read labels only', async () => {
    const config = await configOf(
      withAction({ label: 'Go ${service.name}', url: '${UNSET}/${service.id}' }),
      {
        labelsOnly: true,
      },
    );
    expect(config.actions.get('a')).toMatchObject({ label: 'Go ${service.name}', url: '' });
  });
});

describe('an action that is filled in', () => {
  it.each([
    ['x'.repeat(250), 'Restart ${service.name}', `${HOST}/a`, 'label', 'longer than 255 characters'],
    ['a\u202eb', 'Restart ${service.name}', `${HOST}/a`, 'label', 'invisible character'],
    ['x ', '${service.name}', `${HOST}/a`, 'label', 'begins or ends with a space'],
    ['x\ny', 'Go ${service.name}', `${HOST}/a`, 'label', 'a line break'],
    ['ü'.repeat(400), 'Go', `${HOST}/\${service.name}`, 'url', 'longer than 2048'],
    ['..', 'Go', `${HOST}/a/\${service.name}/b`, 'url', 'leads to another path'],
    ['.', 'Go', `${HOST}/a/.\${service.name}`, 'url', 'leads to another path'],
    ['', 'Go', `${HOST}/\${service.name}`, 'url', 'no usable name'],
    ['-- redacted --', 'Go', `${HOST}/\${service.name}`, 'url', 'for a hidden value'],
  ])('on %j as %s, %s has an unfit %s', async (name, label, url, field, why) => {
    const { unfit } = await on(name, { label, url });
    expect(unfit).toMatchObject([
      {
        spec: { key: 'a' },
        objection: { field, message: expect.stringContaining(why), place: { line: 1 } },
      },
    ]);
    expect(unfit?.[0]?.objection.place.column).toBeGreaterThan(10);
  });

  it('must not look like another one of its service (T02)', async () => {
    const two = {
      services: { '*': ['a', 'b'] },
      actions: {
        a: { label: 'Restart ${service.name}', url: `${HOST}/a` },
        b: { label: 'Restart Web API', url: `${HOST}/b` },
      },
    };
    expect((await on('Web API', {}, two)).unfit).toBeUndefined();
    const { unfit } = await on('Web\u00a0API', {}, two);
    expect(unfit).toMatchObject([{ objection: { message: expect.stringContaining('looks the same') } }]);
  });

  it('is in the order of its labels', async () => {
    const { actions } = await on(
      'A',
      {},
      {
        services: { '*': ['a', 'b'] },
        actions: {
          a: { label: 'Z ${service.name}', url: `${HOST}/a` },
          b: { label: '${service.name} first', url: `${HOST}/b` },
        },
      },
    );
    expect(actions.map(({ label }) => label)).toEqual(['A first', 'Z A']);
  });

  it('has its place in YAML, too', async () => {
    const result = await loadYaml(
      'actions:\n  a: {label: x, url: "https://${service.id}/"}\nservices: {x: [a]}\n',
    );
    expect(problemsOf(result)[0]).toMatch(/^2:22 actions\.a\.url:/);
  });
});
