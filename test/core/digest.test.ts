import { describe, expect, it } from 'vitest';
import type { ActionSpec, LiveAction } from '../../src/core/action.ts';
import { planDigest } from '../../src/core/digest.ts';
import { fingerprintName, withFingerprint } from '../../src/core/fingerprint.ts';
import { liveByService } from '../../src/core/live.ts';
import { computePlan } from '../../src/core/plan.ts';
import { desired, header, live, service, spec } from '../helpers/actions.ts';

const checkout = service('Checkout API');

function digest({
  account = 'acme' as string | null,
  wanted = [spec('Restart', { headers: [header('Authorization')] })] as readonly ActionSpec[],
  there = [live('Page the vendor', checkout)] as readonly LiveAction[],
  prune = false,
} = {}): string {
  const services = [desired(checkout, wanted, { prune })];
  return planDigest(
    account,
    services,
    computePlan(services, liveByService(there), { enable: false, rotate: null }),
  );
}

describe('the digest', () => {
  it('is the same for the same', () => {
    expect(digest()).toBe(digest());
    expect(digest()).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it.each([
    ['another account', { account: 'umbrella' }],
    ['another wish', { wanted: [spec('Restart')] }],
    ['another endpoint', { wanted: [spec('Restart', { url: 'https://evil.example.com/' })] }],
    ['another state', { there: [] }],
    ['the same state with another id', { there: [live('Page the vendor', checkout, { id: 'PZ' })] }],
    ['deleting what is not declared', { prune: true }],
  ])('changes with %s', (_title, difference) => {
    expect(digest(difference)).not.toBe(digest());
  });

  const token = (source: string, name = 'Authorization') => ({ name, value: 'x', source });
  const wish = (fields: Partial<ActionSpec>) => digest({ wanted: [spec('Restart', fields)] });
  const state = (fields: Partial<LiveAction>) =>
    digest({ there: [live('Restart', checkout, { headerNames: ['A', 'B'], ...fields })] });
  const other = { id: 'PZ', name: 'Other' };
  const here = { id: checkout.id, name: checkout.name };

  it.each([
    ['the label', wish({}), wish({ label: 'Start again' })],
    ['a former label', wish({}), wish({ renamedFrom: ['Reboot'] })],
    ['a header', wish({ headers: [token('${A}')] }), wish({ headers: [token('${A}', 'X-Key')] })],
    ['no headers instead of unmentioned ones', wish({ headers: null }), wish({ headers: [] })],
    ['the variable of a header', wish({ headers: [token('${A}')] }), wish({ headers: [token('${AB}')] })],
    [
      'one of two variables',
      wish({ headers: [token('${A} ${B}')] }),
      wish({ headers: [token('${A} ${C}')] }),
    ],
    [
      'a variable that is written and not meant',
      wish({ headers: [token('${A}')] }),
      wish({ headers: [token('$${A}')] }),
    ],
    [
      'the variable of an endpoint',
      wish({ urlSource: 'https://${A}/x' }),
      wish({ urlSource: 'https://${B}/x' }),
    ],
    [
      'the name of a parameter',
      wish({ url: 'https://x.example.com/?a=1' }),
      wish({ url: 'https://x.example.com/?b=1' }),
    ],
    ['a login', wish({ url: 'https://x.example.com/' }), wish({ url: 'https://u@x.example.com/' })],
    ['a password', wish({ url: 'https://u@x.example.com/' }), wish({ url: 'https://u:p@x.example.com/' })],
    ['the live label', state({}), state({ label: 'Start again' })],
    ['the live endpoint', state({}), state({ url: 'https://x.example.com/' })],
    ['an endpoint that is hidden', state({}), state({ url: null })],
    ['a live header', state({}), state({ headerNames: ['A', 'C'] })],
    ['headers that are hidden', state({ headerNames: [] }), state({ headerNames: null })],
    ['where it stands', state({}), state({ services: [here, other] })],
    ['that it is disabled', state({}), state({ disabled: true })],
    ['that nobody knows', state({}), state({ disabled: null })],
  ])('changes with %s', (_title, one, another) => {
    expect(one).not.toBe(another);
  });

  it.each([
    [
      'the order of headers, nor the case of their names',
      wish({ headers: [token('${A}', 'X-A'), token('${B}', 'X-B')] }),
      wish({ headers: [token('${B}', 'x-b'), token('${A}', 'x-a')] }),
    ],
    [
      'the order of live headers, nor their case',
      state({ headerNames: ['A', 'B'] }),
      state({ headerNames: ['b', 'a'] }),
    ],
    ['the order of services', state({ services: [here, other] }), state({ services: [other, here] })],
    [
      'what stands around a variable',
      wish({ headers: [token('Bearer ${A}')] }),
      wish({ headers: [token('Token ${A:-hush}')] }),
    ],
    [
      'the default of a variable, or a value in the query',
      wish({ urlSource: 'https://${A:-hush}/x?k=hush&b=hush#top' }),
      wish({ urlSource: 'https://${A:-other}/x?k=other&b=other#top' }),
    ],
  ])('does not change with %s', (_title, one, another) => {
    expect(one).toBe(another);
  });

  it('changes with what is done to the same wish in the same state', () => {
    const services = [desired(checkout, [spec('Restart', { headers: [header('Authorization')] })])];
    const there = liveByService([
      live('Restart', checkout, { headerNames: ['Authorization'], disabled: true }),
    ]);
    const of = (enable: boolean, rotate: 'all' | null) =>
      planDigest('acme', services, computePlan(services, there, { enable, rotate }));
    const all = [of(false, null), of(true, null), of(false, 'all'), of(true, 'all')];
    expect(new Set(all).size).toBe(4);
  });

  it('changes with one service more, however many there are', () => {
    const of = (count: number) => {
      const services = Array.from({ length: count }, (_, index) =>
        desired(service(`Service ${index}`), [spec('Restart')]),
      );
      return planDigest('acme', services, computePlan(services, new Map(), { enable: false, rotate: null }));
    };
    expect(new Set([1, 2, 999, 1000, 1001].map(of)).size).toBe(5);
  });

  it('is kept by who has approved it: what is digested, and how, changes with the version only', () => {
    const services = [
      desired(checkout, [
        spec('Restart', { headers: [token('Bearer ${A}')], renamedFrom: ['Reboot'] }),
        spec('Status', { url: 'https://u:p@x.example.com/?sig=hush' }),
      ]),
      desired(service('Search'), [], { prune: true }),
    ];
    const there = liveByService([
      live('Reboot', checkout, { disabled: true, headerNames: ['Authorization'] }),
      live('By hand', service('Search')),
    ]);
    const plan = computePlan(services, there, { enable: true, rotate: null });
    expect(planDigest('acme', services, plan)).toBe(
      'sha256:a9ec393e40a52c398264a32002fe97ec67511f79391a3348cc3412e5883efc31',
    );
  });

  it('does not depend on secrets, so that none can be guessed from it', () => {
    const url = (secret: string) =>
      `https://u:${secret}@automation.example.com/x?key=${encodeURIComponent(secret)}`;
    const of = (secret: string) =>
      digest({
        wanted: [
          spec('Restart', {
            url: url(secret),
            headers: [header('Authorization', secret), { name: 'X-Literal', value: secret, source: secret }],
          }),
        ],
        there: [live('Restart', checkout, { url: url(secret), headerNames: ['Authorization', 'X-Literal'] })],
      });
    expect(of('first')).toBe(of('second'));
  });

  it('depends on whether there is to be a fingerprint, and is one, but not on which', () => {
    const wanted = (seal: string) =>
      withFingerprint(
        spec('Restart', { headers: [header('Authorization')], fingerprint: { seal } }),
        checkout.id,
      );
    const of = (seal: string, found: readonly string[]) =>
      digest({
        wanted: [wanted(seal)],
        there: [live('Restart', checkout, { headerNames: ['Authorization', ...found] })],
      });
    const [one, other] = ['a1'.repeat(32), 'b2'.repeat(32)];
    const name = (seal: string) => fingerprintName(seal, checkout.id, 'Restart');
    expect(of(one, [name(one)])).toBe(of(other, [name(other)]));
    expect(of(one, [name(other)])).not.toBe(of(one, [name(one)]));
    expect(of(one, [])).not.toBe(of(one, [name(one)]));
    expect(digest({ wanted: [wanted(one)] })).not.toBe(digest());
  });
});
