import { describe, expect, it } from 'vitest';
import type { ActionSpec, LiveAction } from '../../src/core/action.ts';
import { liveByService } from '../../src/core/live.ts';
import type { DesiredService } from '../../src/core/normalize.ts';
import { type Change, changesOf, computePlan, type PlanPolicy } from '../../src/core/plan.ts';
import { desired, header, live, service, spec } from '../helpers/actions.ts';

const checkout = service('Checkout API');
const NO_POLICY: PlanPolicy = { enable: false, rotate: null };

function planFor(
  wanted: readonly ActionSpec[],
  there: readonly LiveAction[],
  policy: Partial<PlanPolicy> = {},
  fields: Partial<DesiredService> = {},
) {
  return computePlan([desired(checkout, wanted, fields)], liveByService(there), { ...NO_POLICY, ...policy });
}

function brief(change: Change): string {
  if (change.kind === 'create') return `create ${change.after.label}`;
  if (change.kind === 'update')
    return `update ${change.id} (${change.fields.map(({ field }) => field).join(', ')})`;
  return `${change.kind} ${change.id}`;
}

const kinds = (plan: ReturnType<typeof planFor>): string[] => changesOf(plan).map(brief);

const restart = spec('Restart');
const auth = header('Authorization');

describe('a live action that only resembles a declared one', () => {
  const OTHER = 'https://other.example.com/';
  const twin = (label: string, fields: Partial<LiveAction> = {}) =>
    live(label, checkout, { id: 'PTWIN', url: restart.url, ...fields });

  it.each(['Restart\u00a0', ' restart', 'RESTART', 'Re\u200bstart'])('%j, same URL: refused', (stored) => {
    const plan = planFor([restart], [twin(stored)]);
    expect(plan.refusals).toEqual([
      {
        code: 'look-alike',
        service: { id: checkout.id, name: checkout.name },
        label: 'Restart',
        key: 'restart',
        id: 'PTWIN',
        stored,
      },
    ]);
    expect(kinds(plan)).toEqual([]);
  });

  it('is refused with prune too: its stored headers would be lost', () => {
    expect(planFor([restart], [twin('RESTART')], {}, { prune: true }).refusals).toHaveLength(1);
  });

  it('with another URL: create, and a warning with its id', () => {
    const plan = planFor([restart], [twin('RESTART', { url: OTHER })]);
    expect(kinds(plan)).toEqual(['create Restart']);
    expect(plan.refusals).toEqual([]);
    expect(plan.services[0]?.twins).toEqual([{ id: 'PTWIN', stored: 'RESTART', label: 'Restart' }]);
  });

  it('with another URL and prune: deleted, so there is no warning', () => {
    const plan = planFor([restart], [twin('RESTART', { url: OTHER })], {}, { prune: true });
    expect(kinds(plan)).toEqual(['create Restart', 'delete PTWIN']);
    expect(plan.services[0]?.twins).toEqual([]);
  });

  it('that is declared itself is not a twin', () => {
    const both = [restart, spec('RESTART', { key: 'loud', url: restart.url })];
    expect(planFor(both, [twin('RESTART')]).refusals).toEqual([]);
  });

  it('is adopted by `renamedFrom`', () => {
    const plan = planFor([{ ...restart, renamedFrom: ['Restart\u00a0'] }], [twin('Restart\u00a0')]);
    expect([kinds(plan), plan.refusals]).toEqual([['update PTWIN (label)'], []]);
  });

  it('that is never written causes a warning', () => {
    const shared = twin('Restart', { foreign: true });
    const [service] = planFor([restart], [shared]).services;
    expect(service?.twins).toEqual([{ id: 'PTWIN', stored: 'Restart', label: 'Restart' }]);
  });
});

describe('the table of the planner', () => {
  const rows: [string, readonly ActionSpec[], readonly LiveAction[], readonly string[]][] = [
    ['declared, one with the same URL and headers: nothing', [restart], [live('Restart', checkout)], []],
    [
      'header values are never compared',
      [spec('Restart', { headers: [auth] })],
      [live('Restart', checkout, { headerNames: ['authorization'] })],
      [],
    ],
    [
      'declared, one with another URL: update',
      [restart],
      [live('Restart', checkout, { url: 'https://old.example.com/' })],
      ['update PRESTART (url)'],
    ],
    [
      'declared, one without the header: update',
      [spec('Restart', { headers: [auth] })],
      [live('Restart', checkout)],
      ['update PRESTART (headers)'],
    ],
    [
      'declared without any header, one with a header: update',
      [spec('Restart', { headers: [] })],
      [live('Restart', checkout, { headerNames: ['X-Old'] })],
      ['update PRESTART (headers)'],
    ],
    [
      'headers that the config does not mention stay',
      [restart],
      [live('Restart', checkout, { headerNames: ['X-Old'] })],
      [],
    ],
    [
      'U5: header names that PagerDuty hides are not compared',
      [spec('Restart', { headers: [auth] })],
      [live('Restart', checkout, { headerNames: null })],
      [],
    ],
    [
      'none, but one carries a former label: update that renames',
      [spec('Restart', { renamedFrom: ['Reboot'], url: 'https://automation.example.com/reboot' })],
      [live('Reboot', checkout)],
      ['update PREBOOT (label)'],
    ],
    [
      'an exact label wins over a former one',
      [spec('Restart', { renamedFrom: ['Reboot'] })],
      [live('Reboot', checkout), live('Restart', checkout)],
      [],
    ],
    [
      'two actions can swap labels',
      [spec('Up', { renamedFrom: ['Down'] }), spec('Down', { renamedFrom: ['Up'] })],
      [live('Up', checkout), live('Down', checkout)],
      [],
    ],
    ['none: create', [restart], [], ['create Restart']],
    ['not declared: left alone', [], [live('Page the vendor', checkout)], []],
    [
      'U1: on several services: never written, though the label is declared',
      [restart],
      [
        live('Restart', checkout, {
          services: [
            { id: checkout.id, name: null },
            { id: 'PX', name: null },
          ],
        }),
      ],
      ['create Restart'],
    ],
  ];
  it.each(rows)('%s', (_title, wanted, there, expected) => {
    const plan = planFor(wanted, there);
    expect(kinds(plan)).toEqual(expected);
    expect(plan.refusals).toEqual([]);
  });

  it('declared, two or more with the label: refused with the ids', () => {
    const plan = planFor(
      [restart],
      [live('Restart', checkout, { id: 'PB' }), live('Restart', checkout, { id: 'PA' })],
    );
    expect(plan.refusals).toEqual([
      {
        code: 'duplicate-label',
        service: { id: checkout.id, name: checkout.name },
        label: 'Restart',
        ids: ['PA', 'PB'],
      },
    ]);
  });

  it('two with former labels: refused as ambiguous', () => {
    const plan = planFor(
      [spec('Restart', { renamedFrom: ['Reboot', 'Reset'] })],
      [live('Reboot', checkout), live('Reset', checkout)],
    );
    expect(plan.refusals).toMatchObject([
      { code: 'ambiguous-rename', candidates: [{ id: 'PREBOOT' }, { id: 'PRESET' }] },
    ]);
  });

  it('two declared with one label: refused with both keys', () => {
    const plan = planFor([restart, spec('Restart', { key: 'other' })], []);
    expect(plan.refusals).toMatchObject([{ code: 'same-label-twice', keys: ['restart', 'other'] }]);
  });

  it('temporarily disabled: a notice, and an enable only on request', () => {
    const there = [live('Restart', checkout, { disabled: true })];
    expect(kinds(planFor([restart], there))).toEqual([]);
    expect(planFor([restart], there).services[0]?.disabled).toEqual(there);
    expect(kinds(planFor([restart], there, { enable: true }))).toEqual(['enable PRESTART']);
  });

  it('F44: an update does not count as an enable', () => {
    const there = [live('Restart', checkout, { disabled: true, url: 'https://old.example.com/' })];
    expect(kinds(planFor([restart], there, { enable: true }))).toEqual([
      'update PRESTART (url)',
      'enable PRESTART',
    ]);
  });

  it('not declared with prune: delete', () => {
    expect(kinds(planFor([restart], [live('Page the vendor', checkout)], {}, { prune: true }))).toEqual([
      'create Restart',
      'delete PPAGETHEVENDO',
    ]);
  });

  it('prune never deletes an action on several services', () => {
    const shared = live('Shared', checkout, {
      services: [
        { id: checkout.id, name: null },
        { id: 'PX', name: null },
      ],
    });
    const plan = planFor([restart], [shared], {}, { prune: true });
    expect(kinds(plan)).toEqual(['create Restart']);
    expect(plan.services[0]?.unmanaged).toEqual([shared]);
  });

  it('shows unmanaged actions', () => {
    const vendor = live('Page the vendor', checkout);
    expect(planFor([restart], [vendor]).services[0]?.unmanaged).toEqual([vendor]);
  });
});

describe('rotating secrets', () => {
  const there = [live('Restart', checkout, { headerNames: ['Authorization'] })];
  const wanted = [spec('Restart', { headers: [auth] })];
  it.each([
    ['all', 'all' as const, ['update PRESTART (secrets)']],
    ['this key', new Set(['restart']), ['update PRESTART (secrets)']],
    ['another key', new Set(['other']), []],
    ['none', null, []],
  ])('%s', (_title, rotate, expected) => {
    expect(kinds(planFor(wanted, there, { rotate }))).toEqual(expected);
  });

  it('has nothing to send for an action without headers', () => {
    expect(kinds(planFor([restart], [live('Restart', checkout)], { rotate: 'all' }))).toEqual([]);
  });
});

describe('the three slots', () => {
  const three = ['A', 'B', 'C'].map((label) => live(label, checkout));
  it('refuses a fourth action, with the holders of each slot', () => {
    const [a, b] = three;
    const plan = planFor(
      [spec('A'), spec('New')],
      [
        a!,
        { ...b!, disabled: true },
        live('S', checkout, {
          services: [
            { id: checkout.id, name: null },
            { id: 'PX', name: null },
          ],
        }),
      ],
    );
    expect(plan.refusals).toEqual([
      {
        code: 'over-limit',
        service: { id: checkout.id, name: checkout.name },
        selectors: ['Checkout API'],
        pruneHelps: true,
        slots: [
          { label: 'A', holder: 'declared', id: 'PA', disabled: false },
          { label: 'B', holder: 'unmanaged', id: 'PB', disabled: true },
          { label: 'S', holder: 'shared', id: 'PS', disabled: false },
          { label: 'New', holder: 'new', disabled: false },
        ],
      },
    ]);
  });

  it('counts a rename as one slot, not as an additional create', () => {
    const plan = planFor([spec('D', { renamedFrom: ['A'] })], three);
    expect(plan.refusals).toEqual([]);
  });

  it('frees a slot first if there is none', () => {
    expect(kinds(planFor([spec('A'), spec('D')], three, {}, { prune: true }))).toEqual([
      'delete PB',
      'delete PC',
      'create D',
    ]);
  });

  it('accepts a service over the limit that gets no new action (U2)', () => {
    expect(planFor([spec('A')], [...three, live('D', checkout)]).refusals).toEqual([]);
  });
});
