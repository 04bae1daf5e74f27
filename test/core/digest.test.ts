import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActionSpec, LiveAction } from '../../src/core/action.ts';
import { planDigest, sideDigests } from '../../src/core/digest.ts';
import { fingerprintName, withFingerprint } from '../../src/core/headers/fingerprint.ts';
import { liveByService } from '../../src/core/live.ts';
import { computePlan } from '../../src/core/plan.ts';
import { desired, header, live, service, spec } from '../helpers/actions.ts';
import { runs } from '../helpers/runs.ts';

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
  it('is the same for the same plan', () => {
    expect(digest()).toBe(digest());
    expect(digest()).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it.each([
    ['another account', { account: 'umbrella' }],
    ['another declaration', { wanted: [spec('Restart')] }],
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
    ['an escaped variable', wish({ headers: [token('${A}')] }), wish({ headers: [token('$${A}')] })],
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
    [
      'the text around a variable',
      wish({ headers: [token('Bearer ${A}')] }),
      wish({ headers: [token('Token ${A}')] }),
    ],
    ['a literal header value', wish({ headers: [token('one')] }), wish({ headers: [token('two')] })],
    [
      'swapped header values',
      wish({ headers: [token('x', 'A'), token('', 'B')] }),
      wish({ headers: [token('', 'A'), token('x', 'B')] }),
    ],
    [
      'the default of a variable in a header',
      wish({ headers: [token('${A:-one}')] }),
      wish({ headers: [token('${A:-two}')] }),
    ],
    [
      'the default of a variable in the host',
      wish({ urlSource: 'https://${A:-one}/x' }),
      wish({ urlSource: 'https://${A:-two}/x' }),
    ],
    [
      'the host from a variable',
      wish({ url: 'https://one.example.com/x', urlSource: 'https://${A}/x' }),
      wish({ url: 'https://two.example.com/x', urlSource: 'https://${A}/x' }),
    ],
    [
      'the port from a variable',
      wish({ url: 'https://h.example.com:1/x', urlSource: '${A}/x' }),
      wish({ url: 'https://h.example.com:2/x', urlSource: '${A}/x' }),
    ],
    [
      'a query value',
      wish({ url: 'https://x.example.com/?a=1' }),
      wish({ url: 'https://x.example.com/?a=2' }),
    ],
    [
      'a query value beside a variable',
      wish({ urlSource: 'https://x.example.com/?a=${A}&b=1' }),
      wish({ urlSource: 'https://x.example.com/?a=${A}&b=2' }),
    ],
    [
      'a live query value',
      state({ url: 'https://x.example.com/?a=1' }),
      state({ url: 'https://x.example.com/?a=2' }),
    ],
    ['the live label', state({}), state({ label: 'Start again' })],
    ['the live endpoint', state({}), state({ url: 'https://x.example.com/' })],
    ['a hidden endpoint', state({}), state({ url: null })],
    ['a live header', state({}), state({ headerNames: ['A', 'C'] })],
    ['hidden headers', state({ headerNames: [] }), state({ headerNames: null })],
    ['the services of an action', state({}), state({ services: [here, other] })],
    ['a disablement', state({}), state({ disabled: true })],
    ['an unknown disablement', state({}), state({ disabled: null })],
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
      'the spelling of a literal endpoint',
      wish({ url: 'https://x.example.com/a' }),
      wish({ url: 'HTTPS://X.example.com:443/a' }),
    ],
    [
      'the spelling of an endpoint with variables',
      wish({ urlSource: 'https://x.example.com/${A}' }),
      wish({ urlSource: 'HTTPS://X.example.com:443/${A}' }),
    ],
    [
      'values of variables outside the origin',
      wish({ url: 'https://x.example.com/one?k=one', urlSource: 'https://x.example.com/${A}?k=${A}' }),
      wish({ url: 'https://x.example.com/two?k=two', urlSource: 'https://x.example.com/${A}?k=${A}' }),
    ],
  ])('does not change with %s', (_title, one, another) => {
    expect(one).toBe(another);
  });

  it('changes with the changes for one declaration and account', () => {
    const services = [desired(checkout, [spec('Restart', { headers: [header('Authorization')] })])];
    const there = liveByService([
      live('Restart', checkout, { headerNames: ['Authorization'], disabled: true }),
    ]);
    const of = (enable: boolean, rotate: 'all' | null) =>
      planDigest('acme', services, computePlan(services, there, { enable, rotate }));
    const all = [of(false, null), of(true, null), of(false, 'all'), of(true, 'all')];
    expect(new Set(all).size).toBe(4);
  });

  it('changes with an additional service, whatever the number', () => {
    const of = (count: number) => {
      const services = Array.from({ length: count }, (_, index) =>
        desired(service(`Service ${index}`), [spec('Restart')]),
      );
      return planDigest('acme', services, computePlan(services, new Map(), { enable: false, rotate: null }));
    };
    expect(new Set([1, 2, 999, 1000, 1001].map(of)).size).toBe(5);
  });

  it('stays valid for approvals: its input and its algorithm change with the version only', () => {
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
      'sha256:c711c2cf1dc3404ab89b27f40e1a46679560bd210c13c61bc3b78ab99076f53d',
    );
  });

  const withSecret = (secret: string, isVariable: boolean) => {
    const url = `https://u:${secret}@automation.example.com/x?key=${secret}`;
    const urlSource = isVariable ? 'https://u:${P}@automation.example.com/x?key=${P}' : undefined;
    const literal = { name: 'X-Literal', value: secret, source: isVariable ? 'a ${P}' : secret };
    const services = [desired(checkout, [spec('Restart', { url, urlSource, headers: [literal] })])];
    const there = liveByService([live('Restart', checkout, { url, headerNames: ['X-Literal'] })]);
    return [services, computePlan(services, there, { enable: false, rotate: null })] as const;
  };

  it('T53 does not depend on the values of variables, which therefore cannot be guessed from it', () => {
    const of = (secret: string) =>
      planDigest('acme', ...withSecret(secret, true), (text) => text.replaceAll(secret, '[redacted]'));
    expect(of('first')).toBe(of('second'));
  });

  it('lets a literal secret into the slow hash alone', () => {
    expect(sideDigests(...withSecret('first', false))).toEqual(sideDigests(...withSecret('second', false)));
    expect(planDigest('acme', ...withSecret('first', false))).not.toBe(
      planDigest('acme', ...withSecret('second', false)),
    );
  });

  it('depends on the presence of a fingerprint, but not on its value', () => {
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

  it('T55 is equal for equal requests alone, except values of variables after the origin', () => {
    const VALUES = [
      { H: 'a.example.com', P: 'one' },
      { H: 'b.example.com', P: 'two' },
    ];
    const texts = ['${H}', '${P}', '${D:-x}', '${D:-y}', 'x', 'y', 'a.example.com', '', '&k=', '$${'];
    const text = fc.array(fc.constantFrom(...texts), { maxLength: 2 }).map((parts) => parts.join(''));
    const written = fc
      .tuple(fc.constantFrom('${H}', 'a.example.com', 'A.example.com', '${H}:443'), text, text, text)
      .map(([host, path, query, fragment]) => `https://${host}/${path}?k=${query}#${fragment}`);
    const one = fc.record({
      url: written,
      label: fc.constantFrom('Restart', 'Status'),
      headers: fc.array(fc.record({ name: fc.constantFrom('X-A', 'x-b'), source: text }), { maxLength: 2 }),
      variables: fc.constantFrom(...VALUES),
    });
    const filled = (source: string, of: (name: string) => string): string =>
      source.replace(/\$\$\{|\$\{(\w+)(?::-(\w*))?\}/g, (all, name?: string, fallback?: string) =>
        name === undefined ? '${' : name === 'D' ? `${fallback}` : of(name) || all,
      );
    const taken = ({
      url,
      label,
      headers,
      variables,
    }: typeof one extends fc.Arbitrary<infer T> ? T : never) => {
      const real = (name: string): string => variables[name as 'H' | 'P'];
      const expanded = filled(url, real);
      const { origin } = new URL(expanded);
      // The name of a variable replaces its value; literals appear as sent.
      const beyond = new URL(filled(url.replace(/^https:\/\/[^/]*/, origin), (name) => `var-${name}`)).href;
      const request = {
        label,
        url: beyond,
        headers: headers
          .map(({ name, source }) => [name.toLowerCase(), filled(source, (v) => `<${v}>`)])
          .sort(),
      };
      const specs = headers.map(({ name, source }) => ({ name, source, value: filled(source, real) }));
      return {
        request: JSON.stringify(request),
        digest: digest({
          wanted: [spec(label, { url: expanded, urlSource: url, headers: specs })],
          there: [],
        }),
      };
    };
    // Each costs a slow step, and is compared with all others.
    const count = Math.max(8, runs(30));
    fc.assert(
      fc.property(fc.array(one, { minLength: count, maxLength: count }), (all) => {
        const byDigest = new Map<string, string>();
        for (const { request, digest: found } of all.map(taken)) {
          expect(byDigest.get(found) ?? request).toBe(request);
          byDigest.set(found, request);
        }
      }),
      { numRuns: 1 },
    );
  });
});
