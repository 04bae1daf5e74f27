import { expect, it } from 'vitest';
import { checkGuards } from '../../src/core/guard.ts';
import { liveByService } from '../../src/core/live.ts';
import { computePlan } from '../../src/core/plan.ts';
import { desired, live, service, spec } from '../helpers/actions.ts';

/** `services` services with a declared and an unmanaged action each; those with an index below `pruned` are pruned. */
function planOf(services: number, pruned: number) {
  const all = Array.from({ length: services }, (_, index) => service(`service ${index}`));
  const wanted = all.map((on, index) => desired(on, [spec('Keep')], { prune: index < pruned }));
  const there = all.flatMap((on) => [live('Keep', on), live('Drop', on, { id: `P${on.id}` })]);
  return computePlan(wanted, liveByService(there), { enable: false, rotate: null });
}

it.each([
  ['allows three deletes', 3, 3, undefined, []],
  ['stops a fourth in a small scope', 4, 4, undefined, ['max-deletes 4 > 3 of 8']],
  ['allows 30 % of a large scope', 20, 12, undefined, []],
  ['stops one more than 30 %', 20, 13, undefined, ['max-deletes 13 > 12 of 40']],
  ['allows as many as the user set', 20, 13, 13, []],
  ['stops at a limit below the default', 20, 1, 0, ['max-deletes 1 > 0 of 40']],
])('%s', (_title, services, pruned, maxDeletes, expected) => {
  const verdicts = checkGuards(planOf(services, pruned), { maxDeletes, allowEmpty: false });
  expect(
    verdicts.map((verdict) =>
      verdict.guard === 'max-deletes'
        ? `max-deletes ${verdict.deletes} > ${verdict.limit} of ${verdict.inScope}`
        : verdict.guard,
    ),
  ).toEqual(expected);
});

it.each([
  [false, ['allow-empty']],
  [true, []],
])('a config that declares nothing deletes nothing, unless allowed (%s)', (allowEmpty, expected) => {
  const on = service('Checkout API');
  const plan = computePlan([desired(on, [], { prune: true })], liveByService([live('Drop', on)]), {
    enable: false,
    rotate: null,
  });
  expect(checkGuards(plan, { allowEmpty }).map(({ guard }) => guard)).toEqual(expected);
});

it('counts deletes alone: any number of creates and changes needs no flag', () => {
  const all = Array.from({ length: 30 }, (_, index) => service(`service ${index}`));
  const wanted = all.map((on) =>
    desired(on, [spec('New'), spec('Moved', { url: 'https://new.example.com' })]),
  );
  const there = all.flatMap((on) => [live('Moved', on)]);
  const plan = computePlan(wanted, liveByService(there), { enable: false, rotate: null });
  expect(plan.services.flatMap(({ changes }) => changes)).toHaveLength(60);
  expect(checkGuards(plan, { maxDeletes: 0, allowEmpty: false })).toEqual([]);
});

it('an enable does not stop the guard for an empty config', () => {
  const on = service('Checkout API');
  const plan = computePlan(
    [desired(on, [], { prune: true })],
    liveByService([live('Off', on, { disabled: true })]),
    {
      enable: true,
      rotate: null,
    },
  );
  expect(checkGuards(plan, { allowEmpty: false })).toEqual([{ guard: 'allow-empty', deletes: 1 }]);
});

it('one kept action is enough to delete the others', () => {
  const on = service('Checkout API');
  const plan = computePlan(
    [desired(on, [spec('Keep')], { prune: true })],
    liveByService([live('Keep', on), live('Drop', on)]),
    { enable: false, rotate: null },
  );
  expect(checkGuards(plan, { allowEmpty: false })).toEqual([]);
});

it.each([
  ['another host', { url: 'https://new.example.com/keep' }, ['X-S'], ['keep-headers']],
  ['another port', { url: 'https://automation.example.com:8443/keep' }, ['X-S'], ['keep-headers']],
  ['another path of the same host', { url: 'https://automation.example.com/else' }, ['X-S'], []],
  [
    'another host, and headers that are declared',
    { url: 'https://new.example.com/', headers: [] },
    ['X-S'],
    [],
  ],
  ['another host, and no headers there', { url: 'https://new.example.com/' }, [], []],
])('headers that the config does not mention: %s', (_title, fields, headerNames, expected) => {
  const on = service('Checkout API');
  const plan = computePlan(
    [desired(on, [spec('Keep', fields)])],
    liveByService([live('Keep', on, { headerNames })]),
    {
      enable: false,
      rotate: null,
    },
  );
  const verdicts = checkGuards(plan, { allowEmpty: false });
  expect(verdicts.map(({ guard }) => guard)).toEqual(expected);
  expect(checkGuards(plan, { allowEmpty: false, keepHeaders: true })).toEqual([]);
});

it('names the action whose headers would reach another host, also if it gets another label', () => {
  const on = service('Checkout API');
  const to = spec('New', { url: 'https://new.example.com/', renamedFrom: ['Old'] });
  const there = live('Old', on, { id: 'PEXT', headerNames: ['X-S'] });
  const plan = computePlan([desired(on, [to])], liveByService([there]), { enable: false, rotate: null });
  const moved = { id: 'PEXT', label: 'New', service: { id: on.id, name: on.name }, headers: ['X-S'] };
  expect(checkGuards(plan, { allowEmpty: false })).toEqual([{ guard: 'keep-headers', actions: [moved] }]);
});

it('an endpoint that PagerDuty does not tell may be any host', () => {
  const on = service('Checkout API');
  const plan = computePlan(
    [desired(on, [spec('Keep')])],
    liveByService([live('Keep', on, { url: null, headerNames: ['X-S'] })]),
    { enable: false, rotate: null },
  );
  expect(checkGuards(plan, { allowEmpty: false }).map(({ guard }) => guard)).toEqual(['keep-headers']);
});

it.each<[string, string[], string[]]>([
  ['an action of another service is kept', ['Keep'], ['Keep', 'Drop']],
  ['an action is created instead', ['New'], ['Drop']],
])('a config declares something if %s', (_title, declared, there) => {
  const [on, other] = [service('Checkout API'), service('Search')];
  const wanted = [
    desired(
      on,
      declared.map((label) => spec(label)),
      { prune: true },
    ),
    desired(other, [], { prune: true }),
  ];
  const actions = [...there.map((label) => live(label, on)), live('Drop', other, { id: 'POTHER' })];
  const plan = computePlan(wanted, liveByService(actions), { enable: false, rotate: null });
  expect(checkGuards(plan, { allowEmpty: false })).toEqual([]);
});

it('an empty config is no mistake if there is nothing to delete', () => {
  const plan = computePlan([desired(service('Checkout API'), [], { prune: true })], new Map(), {
    enable: false,
    rotate: null,
  });
  expect(checkGuards(plan, { allowEmpty: false })).toEqual([]);
});
