import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExportOptions } from '../../src/config/export/action.ts';
import { exportConfig } from '../../src/config/export/export.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { LiveAction, Service, Team } from '../../src/core/action.ts';
import { fillText, fillUrl } from '../../src/core/filling/template.ts';
import { liveByService } from '../../src/core/live.ts';
import { desiredServices } from '../../src/core/normalize.ts';
import { changesOf, computePlan } from '../../src/core/plan.ts';
import { matchSelectors } from '../../src/core/selector.ts';
import { anyCharacter } from '../helpers/characters.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { runs } from '../helpers/runs.ts';

const HOST = 'https://hooks.example.com';
const service = (id: string, name: string, ...teamIds: string[]): Service => ({
  id,
  name,
  teamIds,
  htmlUrl: null,
});

let count = 0;
const action = (on: Service, label: string, url: string, more: Partial<LiveAction> = {}): LiveAction => ({
  id: `PACT${count++}`,
  label,
  url,
  services: [{ id: on.id, name: on.name }],
  headerNames: [],
  disabled: false,
  htmlUrl: null,
  ...more,
});

function exported(
  services: readonly Service[],
  make: (service: Service, index: number) => LiveAction[],
  options: ExportOptions = {},
) {
  return exportConfig('acme', services, services, services.flatMap(make), options);
}

const WEB = ['web-a', 'web-b', 'web-c'].map((name, index) => service(`PWEB${index}`, name));

describe('export folds', () => {
  it('URLs and labels that differ only by the service', () => {
    const { document, patterns } = exported(WEB, (on) => [
      action(on, `Restart ${on.name}`, `${HOST}/restart/${on.id}?name=${on.name}`),
      action(on, 'Diagnose', `${HOST}/diagnose/${on.id}`),
    ]);
    expect(document.actions).toEqual({
      restart: {
        label: 'Restart ${service.name}',
        url: `${HOST}/restart/\${service.id}?name=\${service.name}`,
      },
      diagnose: { label: 'Diagnose', url: `${HOST}/diagnose/\${service.id}` },
    });
    expect(document.services).toEqual({ 'web-*': ['diagnose', 'restart'] });
    expect(patterns).toEqual([
      { key: 'diagnose', actions: 3 },
      { key: 'restart', actions: 3 },
    ]);
  });

  it('names that are percent-encoded in the URL, but not a text that only looks encoded', () => {
    const services = [service('P1', 'Checkout API'), service('P2', 'Größe/1'), service('P3', 'plain')];
    const { document } = exported(services, (on) => [
      action(on, 'Go', `${HOST}/${encodeURIComponent(on.name)}`),
    ]);
    expect(Object.values(document.actions)).toEqual([{ label: 'Go', url: `${HOST}/\${service.name}` }]);
    const form = exported(services, (on) => [action(on, 'Go', `${HOST}/?n=${on.name.replace(' ', '+')}`)]);
    expect(form.patterns).toEqual([]);
  });

  it('a name that occurs in the fixed part by chance', () => {
    const services = [service('P1', 'web'), service('P2', 'db'), service('P3', 'api')];
    const { document } = exported(services, (on) => [action(on, 'Go', `${HOST}/web/x?on=${on.name}`)]);
    expect(Object.values(document.actions)).toEqual([
      { label: 'Go', url: `${HOST}/web/x?on=\${service.name}` },
    ]);
  });

  it('nothing that differs otherwise, has other headers, or is alone', () => {
    const { document, patterns } = exported(WEB, (on, index) => [
      action(on, 'A', `${HOST}/${index}/${on.id}`),
      action(on, 'B', `${HOST}/${on.id}`, { headerNames: [`X-${index}`] }),
    ]);
    expect(Object.keys(document.actions)).toHaveLength(6);
    expect(patterns).toEqual([]);
  });

  it('no name in the origin of a URL', () => {
    const { patterns } = exported(WEB, (on) => [action(on, 'Go', `https://${on.name}.example.com/x`)]);
    expect(patterns).toEqual([]);
  });

  it('the secrets of each into one variable, but no secret into a pattern', () => {
    const { document, variables } = exported(WEB, (on) => [
      action(on, 'Go', `${HOST}/${on.id}?token=abcdef`, { headerNames: ['X-Key'] }),
    ]);
    expect(Object.values(document.actions)).toEqual([
      { label: 'Go', url: `${HOST}/\${service.id}?token=\${GO_TOKEN}`, headers: { 'X-Key': '${GO_X_KEY}' } },
    ]);
    expect(variables.map(({ name, values }) => [name, values])).toEqual([
      ['GO_TOKEN', 3],
      ['GO_X_KEY', 3],
    ]);
    const hidden = exported(WEB, (on) => [action(on, 'Go', `${HOST}/x?token=secret-${on.id}`)]);
    expect([hidden.patterns, hidden.variables.length]).toEqual([[], 3]);
  });

  it('no labels that would then look the same as written', () => {
    const spellings = ['Restart ', 'Restart ', 'Restart\u00a0', 'Restart\u00a0'];
    const services = spellings.map((_, index) => service(`P${index}`, `s${index}`));
    const { document } = exported(services, (on, index) => [
      action(on, `${spellings[index]}${on.name}`, `${HOST}/x`),
    ]);
    const labels = Object.values(document.actions).map(({ label }) => label);
    expect(labels).toContain('Restart ${service.name}');
    expect(labels).not.toContain('Restart\u00a0${service.name}');
    expect(labels).toHaveLength(3);
  });

  it('nothing with `--detail`, and then it names each service', () => {
    const make = (on: Service) => [action(on, 'Go', `${HOST}/${on.id}`)];
    const { document, patterns, wide } = exported(WEB, make, { detail: true });
    expect(Object.keys(document.services)).toEqual(['web-a', 'web-b', 'web-c']);
    expect([Object.keys(document.actions).length, patterns, wide]).toEqual([3, [], []]);
  });

  it('a text that only looks like a reference into nothing', () => {
    const { document } = exported(WEB.slice(0, 1), (on) => [
      action(on, 'Go ${service.name} $${service.x}', `${HOST}/\${service.id}`),
    ]);
    expect(Object.values(document.actions)).toEqual([
      { label: 'Go $${service.name} $$${service.x}', url: `${HOST}/$\${service.id}` },
    ]);
  });
});

describe('export selects', () => {
  const make = (on: Service) => [action(on, 'Go', `${HOST}/x`)];
  const TEAMS: Team[] = [
    { id: 'PT1', name: 'Payments' },
    { id: 'PT2', name: 'Twin' },
    { id: 'PT3', name: 'Twin' },
  ];
  const some = (names: readonly string[], ...teamIds: string[]): Service[] =>
    names.map((name) => service(`P${name.toUpperCase().replace(/\W/g, '')}`, name, ...teamIds));

  it('by a team that has exactly these services', () => {
    const services = [...some(['a', 'b'], 'PT1'), ...some(['c'])];
    const { document, wide } = exported(services, make, { teams: TEAMS });
    expect(document.services).toEqual({ 'team:Payments': ['go'], c: ['go'] });
    expect(wide).toEqual([{ selector: 'team:Payments', services: 2 }]);
  });

  it.each<[string, readonly Service[], readonly string[]]>([
    ['two teams have the same name', some(['a', 'b'], 'PT2'), ['a', 'b']],
    ['the team also has another service', [...some(['a', 'b'], 'PT1'), ...some(['none'], 'PT1')], ['a', 'b']],
    ['the team has only one service', some(['a'], 'PT1'), ['a']],
    [
      'a glob also matches another service',
      some(['web-a', 'web-b', 'web-c', 'web-none']),
      ['web-a', 'web-b', 'web-c'],
    ],
    ['a glob matches only two services', some(['web-a', 'web-b']), ['web-a', 'web-b']],
    ['a glob would contain no whole word', some(['aa1', 'aa2', 'aa3']), ['aa1', 'aa2', 'aa3']],
    ['a glob would be too short', some(['x-1', 'x-2', 'x-3']), ['x-1', 'x-2', 'x-3']],
    ['a name contains a star', some(['web-a*', 'web-b', 'web-c']), ['id:PWEBA', 'web-b', 'web-c']],
    ['a glob would be parsed as an id', some(['id: 1', 'id: 2', 'id: 3']), ['id:PID1', 'id:PID2', 'id:PID3']],
  ])('by name if %s', (_, services, selectors) => {
    const { document } = exported(services, (on) => (on.name.includes('none') ? [] : make(on)), {
      teams: TEAMS,
    });
    expect(Object.keys(document.services)).toEqual(selectors);
  });

  it('by the widest, whatever else they carry, and the rest by name', () => {
    const services = some(['web-eu-a', 'web-eu-b', 'web-us-a', 'a-batch', 'b-batch', 'c-batch', 'other']);
    const { document } = exported(services, make);
    expect(Object.keys(document.services)).toEqual(['*-batch', 'other', 'web-*']);
    const apart = exported(services, (on) => (on.name === 'web-us-a' ? [action(on, 'X', HOST)] : make(on)));
    expect(Object.keys(apart.document.services)).toEqual([
      '*-batch',
      'other',
      'web-eu-a',
      'web-eu-b',
      'web-us-a',
    ]);
  });

  it('only the requested services, whatever else the account has', () => {
    const all = some(['web-a', 'web-b', 'web-c', 'web-d']);
    const actions = all.flatMap(make);
    const { document } = exportConfig('acme', all.slice(0, 3), all, actions.slice(0, 3));
    expect(Object.keys(document.services)).toEqual(['web-a', 'web-b', 'web-c']);
  });
});

describe('property: export, load, plan, of accounts with similar actions', () => {
  const name = fc.oneof(
    fc.constantFrom(
      'web-1',
      'web-2',
      'web-3',
      'web-eu-4',
      'a',
      'P1',
      'x',
      '..',
      '',
      ' ',
      "it's",
      'Checkout API',
      'id:P1',
      'team:x',
    ),
    fc.constantFrom(
      '${service.id}',
      '${X}',
      '%2f',
      'ü/ß',
      'pdactionsservicename',
      '-- redacted --',
      'web-*',
      '\u202e',
      'A\u00a0B',
      'A B',
    ),
    fc.string({ unit: anyCharacter, maxLength: 6 }),
  );
  const piece = fc.constantFrom<string | { readonly service: 'name' | 'id' }>(
    { service: 'name' },
    { service: 'id' },
    'Restart ',
    'web',
    'P',
    '-',
    ' ',
    '${service.id}',
    '$',
  );
  const inUrl = fc.constantFrom<string | { readonly service: 'name' | 'id' }>(
    { service: 'name' },
    { service: 'id' },
    '/',
    'web',
    '?a=',
    '&token=',
    '#',
    '..',
    '.',
    '${service.name}',
    '%2e',
  );
  const shape = fc.record({
    label: fc.array(piece, { minLength: 1, maxLength: 3 }),
    url: fc.array(inUrl, { maxLength: 5 }),
    headerNames: fc.constantFrom<string[]>([], ['X-Key']),
    /** The services that carry it: one bit each. */
    on: fc.nat({ max: 255 }),
    odd: fc.nat({ max: 20 }),
  });
  const accounts = fc.record({
    names: fc.array(name, { minLength: 1, maxLength: 8 }),
    teams: fc.array(fc.nat({ max: 3 }), { minLength: 8, maxLength: 8 }),
    shapes: fc.array(shape, { minLength: 1, maxLength: 4 }),
    detail: fc.boolean(),
  });
  const TEAMS = ['Payments', 'Web', 'Web'].map((team, index) => ({ id: `PT${index}`, name: team }));

  it('is valid, selects no other service, and plans no change and no refusal', async () => {
    const cwd = temporaryFolder();
    await fc.assert(
      fc.asyncProperty(accounts, async ({ names, teams, shapes, detail }) => {
        const services = names.map((text, index) => {
          const team = TEAMS[teams[index] ?? 0];
          return service(`P${index}`, text, ...(team ? [team.id] : []));
        });
        const actions = services.flatMap((on, index) =>
          shapes.flatMap(({ label, url, headerNames, on: bits, odd }) =>
            (bits >> index) % 2 === 0
              ? []
              : [
                  action(
                    on,
                    fillText(label, on),
                    fillUrl([`${HOST}/`, ...url, odd === index ? 'odd' : ''], on),
                    { headerNames },
                  ),
                ],
          ),
        );
        const { document, variables } = exportConfig('acme', services, services, actions, {
          teams: TEAMS,
          detail,
        });
        if (Object.keys(document.actions).length === 0) return;
        const file = join(cwd, 'config.json');
        writeFileSync(file, JSON.stringify(document));
        const env = Object.fromEntries(variables.map(({ name: variable }) => [variable, 'v']));
        // The secret in a query cannot be read back; any value will do, and counts as a change.
        const hides = variables.some(({ inUrl: hidden }) => hidden);
        const result = await loadConfig({ cwd, env, explicit: file });
        expect(result?.ok === false ? result.problems : []).toEqual([]);
        if (!result?.ok) return;
        const matches = matchSelectors(
          result.config.selections.map(({ selector }) => selector),
          services,
          TEAMS,
        );
        expect(matches.filter((match) => 'problem' in match)).toEqual([]);
        const desired = desiredServices(result.config, matches);
        const plan = computePlan(desired, liveByService(actions), { enable: false, rotate: null });
        expect(plan.refusals).toEqual([]);
        const changes = changesOf(plan);
        expect(hides ? changes.filter(({ kind }) => kind !== 'update') : changes).toEqual([]);
      }),
      { numRuns: runs(300) },
    );
  });
});
