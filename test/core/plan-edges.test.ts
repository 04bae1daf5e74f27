/** The planner at its edges: small mistakes that no other test would notice. */
import { describe, expect, it } from 'vitest';
import { liveByService } from '../../src/core/live.ts';
import { type Change, changesOf, computePlan, labelOf, type PlanPolicy } from '../../src/core/plan.ts';
import { desired, live, service, spec } from '../helpers/actions.ts';

const POLICY: PlanPolicy = { enable: false, rotate: null };
const on = service('Checkout API');
const header = (name: string) => ({ name, value: 'x', source: 'x' });

function planned(
  wanted: Parameters<typeof desired>[1],
  there: Parameters<typeof liveByService>[0],
  more: { prune?: boolean; policy?: PlanPolicy } = {},
) {
  const plan = computePlan(
    [desired(on, wanted, { prune: more.prune ?? false })],
    liveByService(there),
    more.policy ?? POLICY,
  );
  const [only] = plan.services;
  if (!only) throw new Error('one service was planned');
  return { ...only, refusals: plan.refusals, kinds: changesOf(plan).map(({ kind }) => kind) };
}

const foreign = (label: string) => live(label, on, { foreign: true });

describe('the limit of three', () => {
  it.each<[string, number, number, boolean, boolean]>([
    ['three of our own', 3, 0, false, false],
    ['two beside one of another user', 2, 1, false, false],
    ['three beside one of another user', 3, 1, false, true],
    ['three where one of another user is pruned', 3, 1, true, false],
    ['two beside two', 2, 2, false, true],
    ['two where two are pruned', 2, 2, true, false],
  ])('%s', (_, ours, others, prune, refused) => {
    const wanted = Array.from({ length: ours }, (_unused, index) => spec(`Ours ${index}`));
    const there = Array.from({ length: others }, (_unused, index) => live(`Other ${index}`, on));
    const { refusals, kinds } = planned(wanted, there, { prune });
    expect(refusals.map(({ code }) => code)).toEqual(refused ? ['over-limit'] : []);
    expect(kinds.filter((kind) => kind === 'create')).toHaveLength(ours);
    expect(kinds.filter((kind) => kind === 'delete')).toHaveLength(prune ? others : 0);
  });

  it('does not matter if nothing is created, whatever the number of actions', () => {
    const there = ['A', 'B', 'C', 'D'].map((label) => live(label, on));
    expect(planned([spec('A')], there).refusals).toEqual([]);
  });

  it.each<[string, boolean, string[], string[], string[], boolean]>([
    ['pruning makes room', false, ['New'], ['A', 'B', 'C'], [], true],
    ['pruning is already on', true, ['1', '2', '3', '4'], ['A'], [], false],
    ['an action on several services stays', false, ['1', '2', '3'], [], ['Both'], false],
    ['too many declared actions', false, ['1', '2', '3', '4'], ['A'], [], false],
    ['exactly enough room afterwards', false, ['1', '2', '3'], ['A'], [], true],
  ])('says if pruning helps: %s', (_, prune, ours, others, shared, helps) => {
    const there = [...others.map((label) => live(label, on)), ...shared.map(foreign)];
    const { refusals } = planned(
      ours.map((label) => spec(label)),
      there,
      { prune },
    );
    expect(refusals).toMatchObject([{ code: 'over-limit', pruneHelps: helps }]);
  });

  it('lists kept and new actions in the map, not pruned ones', () => {
    const map = (prune: boolean, ours: string[]) => {
      const [refusal] = planned(
        ours.map((label) => spec(label)),
        [live('1', on), live('Other', on), foreign('Both')],
        { prune },
      ).refusals;
      return refusal?.code === 'over-limit'
        ? refusal.slots.map(({ label, holder }) => `${label}: ${holder}`)
        : [];
    };
    expect(map(false, ['1', '2'])).toEqual(['1: declared', 'Other: unmanaged', 'Both: shared', '2: new']);
    expect(map(true, ['1', '2', '3'])).toEqual(['1: declared', 'Both: shared', '2: new', '3: new']);
  });
});

describe('the remarks of a plan', () => {
  it('name disabled declared actions', () => {
    const { disabled, kinds } = planned(
      [spec('On'), spec('Off')],
      [
        live('On', on, { disabled: false }),
        live('Off', on, { disabled: true }),
        live('Other', on, { disabled: true }),
      ],
    );
    expect(disabled.map(({ label }) => label)).toEqual(['Off']);
    expect(kinds).toEqual([]);
  });

  it('name headers that the config does not mention', () => {
    const { untouchedHeaders } = planned(
      [
        spec('Kept', { headers: null }),
        spec('Bare', { headers: null }),
        spec('Own', { headers: [header('X-Key')] }),
      ],
      [
        live('Kept', on, { headerNames: ['X-Key'] }),
        live('Bare', on, { headerNames: [] }),
        live('Own', on, { headerNames: ['X-Key'] }),
      ],
    );
    expect(untouchedHeaders.map(({ label }) => label)).toEqual(['Kept']);
    expect(
      planned([spec('A', { headers: null })], [live('A', on, { headerNames: null })]).untouchedHeaders,
    ).toEqual([]);
  });

  it('count actions with header values that cannot be compared', () => {
    const { writeOnly } = planned(
      [
        spec('With', { headers: [header('X-Key')] }),
        spec('None', { headers: [] }),
        spec('Unsaid', { headers: null }),
      ],
      [
        live('With', on, { headerNames: ['X-Key'] }),
        live('None', on),
        live('Unsaid', on, { headerNames: ['X'] }),
      ],
    );
    expect(writeOnly).toBe(1);
  });

  it('exclude those of an update, which sends them', () => {
    const wanted = spec('With', { headers: [header('X-Key')], url: 'https://a.example.com/new' });
    const { changes, writeOnly } = planned([wanted], [live('With', on, { headerNames: ['X-Key'] })]);
    expect(changes).toMatchObject([{ kind: 'update' }]);
    expect(writeOnly).toBe(0);
  });

  it('list everything unmanaged, unless it is pruned', () => {
    const there = [live('A', on), live('Other', on), foreign('Both')];
    expect(planned([spec('A')], there).unmanaged.map(({ label }) => label)).toEqual(['Other', 'Both']);
    expect(planned([spec('A')], there, { prune: true }).unmanaged.map(({ label }) => label)).toEqual([
      'Both',
    ]);
  });
});

describe('--rotate-secrets', () => {
  const rotate = (
    names: string[],
    there: string[],
    more: { url?: string } = {},
    keys: PlanPolicy['rotate'] = 'all',
  ) =>
    planned(
      [spec('A', { key: 'a', headers: names.map(header), ...more })],
      [live('A', on, { headerNames: there })],
      { policy: { enable: false, rotate: keys } },
    ).changes.map((change) => (change.kind === 'update' ? change.fields.map(({ field }) => field) : []));

  it('sends the headers of every action, also beside another change, and nothing else', () => {
    expect(rotate(['X-Key'], ['X-Key'])).toEqual([['secrets']]);
    expect(rotate([], [])).toEqual([]);
    expect(rotate(['X-Key'], ['X-Key'], { url: 'https://new.example.com/' })).toEqual([['url', 'secrets']]);
    expect(rotate(['X-Key'], ['X-Key'], {}, new Set(['a']))).toEqual([['secrets']]);
    expect(rotate(['X-Key'], ['X-Key'], {}, new Set(['b']))).toEqual([]);
    expect(rotate(['X-Key'], ['X-Key'], {}, null)).toEqual([]);
  });
});

describe('order', () => {
  it('deletes come first only if the creates would not fit otherwise', () => {
    const some = planned([spec('New')], [live('Old', on)], { prune: true });
    expect(some.kinds).toEqual(['create', 'delete']);
    const full = planned([spec('New')], [live('A', on), live('B', on), live('C', on)], { prune: true });
    expect(full.kinds).toEqual(['delete', 'delete', 'delete', 'create']);
    const tight = planned([spec('1'), spec('2')], [live('A', on), live('B', on)], { prune: true });
    expect(tight.kinds).toEqual(['delete', 'delete', 'create', 'create']);
    const fits = planned([spec('1'), spec('2')], [live('A', on)], { prune: true });
    expect(fits.kinds).toEqual(['create', 'create', 'delete']);
  });
});

describe('the order of changes', () => {
  const moved = spec('A', { url: 'https://new.example.com/' });

  it('updates and creates come before deletes if there is room for all', () => {
    const { kinds } = planned([moved, spec('New')], [live('A', on), live('Drop', on)], { prune: true });
    expect(kinds).toEqual(['update', 'create', 'delete']);
  });

  it('deletes come first on a full service, even if nothing is created', () => {
    const there = ['A', 'B', 'Drop'].map((label) => live(label, on));
    expect(planned([moved, spec('B')], there, { prune: true }).kinds).toEqual(['delete', 'update']);
  });
});

it('a swap changes everything but the labels in its first step', () => {
  const [a, b] = ['a', 'b'].map((label) =>
    live(label, on, { url: `https://automation.example.com/${label}` }),
  );
  if (!a || !b) throw new Error('both are there');
  const wanted = [
    spec('a', { url: b.url ?? '', renamedFrom: ['b'], headers: [header('X-New')] }),
    spec('b', { url: a.url ?? '', renamedFrom: ['a'] }),
  ];
  const { changes } = planned(wanted, [a, b]);
  const fieldsOf = (change: Change | undefined) => (change?.kind === 'update' ? change.fields : []);
  const [first, , last] = changes;
  expect(fieldsOf(first)).toMatchObject([
    { field: 'label', before: 'b', after: 'a (rename in progress)' },
    { field: 'headers' },
  ]);
  expect(fieldsOf(last)).toEqual([{ field: 'label', before: 'a (rename in progress)', after: 'a' }]);
  expect(last).toMatchObject({ id: b.id, before: { ...b, label: 'a (rename in progress)' } });
});

it('a change bears the label that the action will have, or has had to the end', () => {
  const off = live('Off', on, { disabled: true });
  const there = [live('Old', on), live('Drop', on), off];
  const wanted = [spec('New', { renamedFrom: ['Old'] }), spec('Off'), spec('More')];
  const { changes } = planned(wanted, there, { prune: true, policy: { enable: true, rotate: null } });
  expect(changes.map((change) => `${change.kind} ${labelOf(change)}`)).toEqual([
    'delete Drop',
    'update New',
    'create More',
    'enable Off',
  ]);
});

it('a definition that does not fit a service is refused there with the reason and the fix', () => {
  const place = { file: 'pdactions.config.json', line: 1, column: 1 };
  const objection = { field: 'label', message: 'the label is too long', fix: 'Shorten it.', place } as const;
  const unfit = [{ spec: spec('Restart'), objection }];
  const { refusals } = computePlan([{ ...desired(on, []), unfit }], new Map(), POLICY);
  expect(refusals).toEqual([
    {
      code: 'unfit',
      service: { id: on.id, name: on.name },
      label: 'Restart',
      key: unfit[0]?.spec.key,
      why: 'the label is too long',
      field: 'label',
      fix: 'Shorten it.',
      place,
    },
  ]);
});
