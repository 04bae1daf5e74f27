import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActionSpec } from '../../src/core/action.ts';
import { diffAction } from '../../src/core/diff.ts';
import { fingerprintName, withFingerprint } from '../../src/core/headers/fingerprint.ts';
import { FINGERPRINT_PREFIX, isFingerprintName } from '../../src/core/headers/header-names.ts';
import { liveByService } from '../../src/core/live.ts';
import { desiredServices } from '../../src/core/normalize.ts';
import { changesOf, computePlan } from '../../src/core/plan.ts';
import { desired, header, live, service, spec } from '../helpers/actions.ts';
import { runs } from '../helpers/runs.ts';

const checkout = service('Checkout API');
const SEAL = 'a1'.repeat(32);
const OTHER = 'b2'.repeat(32);
const auth = header('Authorization');

function sealed(seal = SEAL, fields: Partial<ActionSpec> = {}): ActionSpec {
  return withFingerprint(spec('Restart', { headers: [auth], fingerprint: { seal }, ...fields }), checkout.id);
}

const unsealed = spec('Restart', { headers: [auth], fingerprint: 'unsealed' });
const nameOf = (seal: string, label = 'Restart'): string => fingerprintName(seal, checkout.id, label);
const there = (...names: readonly string[]) => live('Restart', checkout, { headerNames: names });

const hex = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));

describe('the name', () => {
  it('is a prefix and eight characters, fit for a header in any case', () => {
    fc.assert(
      fc.property(hex, fc.string(), fc.string(), (seal, id, label) => {
        const name = fingerprintName(seal, id, label);
        expect(name).toMatch(/^X-Pdactions-Fingerprint-[A-Z2-7]{8}$/);
        for (const form of [name, name.toLowerCase(), name.toUpperCase()]) {
          expect(isFingerprintName(form)).toBe(true);
        }
      }),
      { seed: 1, numRuns: runs(300) },
    );
    expect(isFingerprintName('X-Pdactions')).toBe(false);
  });

  it('is the same for the same input, and differs for another seal, service or label', () => {
    const place = fc.tuple(hex, fc.string(), fc.string());
    fc.assert(
      fc.property(place, place, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(fingerprintName(...one) === fingerprintName(...other)).toBe(same);
        expect(fingerprintName(...one)).toBe(fingerprintName(...one));
      }),
      { seed: 2, numRuns: runs(1_000) },
    );
  });

  it('is never that of another service, for 30,000 of them with one secret', () => {
    const names = Array.from({ length: 30_000 }, (_, index) => fingerprintName(SEAL, `P${index}`, 'Restart'));
    expect(new Set(names).size).toBe(names.length);
  });

  it('does not concatenate service and label', () => {
    expect(fingerprintName(SEAL, 'PA', 'B')).not.toBe(fingerprintName(SEAL, 'P', 'AB'));
  });

  it('never changes: another one would look like changed secrets everywhere', () => {
    expect(nameOf(SEAL)).toMatchInlineSnapshot(`"X-Pdactions-Fingerprint-MVXIHQMA"`);
  });
});

describe('an action with a fingerprint', () => {
  it('has it as an additional header, for its service', () => {
    expect(sealed().headers).toEqual([auth, { name: nameOf(SEAL), value: '1', source: '1' }]);
  });

  it.each([
    ['unmentioned headers', { headers: null }],
    ['no headers', { headers: [] }],
    ['no seal', { fingerprint: 'unsealed' as const }],
    ['no request for one', { fingerprint: undefined }],
  ])('has none with %s', (_title, fields) => {
    const plain = spec('Restart', { headers: [auth], fingerprint: { seal: SEAL }, ...fields });
    expect(withFingerprint(plain, checkout.id)).toBe(plain);
  });

  it('is made service by service', () => {
    const selector = { kind: 'glob', text: '*', pattern: '*' } as const;
    const services = [checkout, service('Search API')];
    const found = desiredServices(
      {
        prune: false,
        actions: new Map([['restart', spec('Restart', { headers: [auth], fingerprint: { seal: SEAL } })]]),
        selections: [{ selector, actionKeys: ['restart'] }],
      },
      [{ selector, services }],
    );
    const names = found.map(({ actions }) => actions[0]?.headers?.at(-1)?.name);
    expect(names).toEqual(services.map(({ id }) => fingerprintName(SEAL, id, 'Restart')));
  });
});

describe('the difference', () => {
  const headers = (added: readonly string[], removed: readonly string[], kept: readonly string[]) => ({
    field: 'headers',
    added,
    removed,
    kept,
  });
  const changed = { field: 'secrets', names: ['Authorization'], changed: true };
  const A = 'Authorization';
  const name = nameOf(SEAL);
  const old = nameOf(OTHER);

  it.each([
    ['the same fingerprint: nothing', sealed(), there(A, name), []],
    ['the same in another case: nothing', sealed(), there(A.toLowerCase(), name.toLowerCase()), []],
    ['another fingerprint: the secrets changed', sealed(), there(A, old), [changed]],
    ['another fingerprint in another case', sealed(), there(A.toUpperCase(), old.toUpperCase()), [changed]],
    ['none yet: added', sealed(), there(A), [headers([name], [], [A])]],
    ['switched off: removed', spec('Restart', { headers: [auth] }), there(A, old), [headers([], [old], [A])]],
    [
      'headers removed: removed with them',
      sealed(SEAL, { headers: [] }),
      there(A, old),
      [headers([], [A, old], [])],
    ],
    ['headers not mentioned: nothing', sealed(SEAL, { headers: null }), there(A, old), []],
    [
      'names that PagerDuty hides (U5): nothing',
      sealed(),
      live('Restart', checkout, { headerNames: null }),
      [],
    ],
    ['an additional header: visible in the names', sealed(), there(old), [headers([A], [], [])]],
    [
      'a missing header: visible in the names',
      sealed(),
      there(A, 'X-Old', old),
      [headers([], ['X-Old'], [A])],
    ],
    ['several, including the right one', sealed(), there(A, name, old), [headers([], [old], [A, name])]],
    ['several, none of them right', sealed(), there(A, old, nameOf('c3'.repeat(32))), [changed]],
    ['no key: nothing', unsealed, there(A, old), []],
    ['no key, and none live: nothing', unsealed, there(A), []],
    [
      'no key, and another change: removed',
      { ...unsealed, url: 'https://other.example.com/' },
      there(A, old),
      [expect.objectContaining({ field: 'url' }), headers([], [old], [A])],
    ],
    [
      'no key, and another header: removed',
      unsealed,
      there('X-Old', old),
      [headers([A], ['X-Old', old], [])],
    ],
    [
      'another label with the same secrets: only the label',
      sealed(SEAL, { label: 'Bounce', renamedFrom: ['Restart'] }),
      there(A, name),
      [{ field: 'label', before: 'Restart', after: 'Bounce' }],
    ],
    [
      'another label with other secrets: both',
      sealed(SEAL, { label: 'Bounce', renamedFrom: ['Restart'] }),
      there(A, old),
      [{ field: 'label', before: 'Restart', after: 'Bounce' }, changed],
    ],
  ])('%s', (_title, wanted, found, expected) => {
    expect(diffAction(wanted, found)).toEqual(expected);
  });
});

describe('the plan', () => {
  const plan = (wanted: ActionSpec, names: readonly string[] | null, rotate: 'all' | null = null) =>
    computePlan(
      [desired(checkout, [wanted])],
      liveByService([live('Restart', checkout, { headerNames: names })]),
      { enable: false, rotate },
    );
  const fields = (made: ReturnType<typeof plan>) =>
    changesOf(made).flatMap((change) => (change.kind === 'update' ? change.fields : []));

  it('counts an unknown one as write-only', () => {
    const counts = [
      plan(sealed(), ['Authorization', nameOf(SEAL)]),
      plan(unsealed, ['Authorization', nameOf(SEAL)]),
      plan(sealed(), null),
      plan(spec('Restart', { headers: [auth] }), ['Authorization']),
    ].map(({ services }) => services[0]?.writeOnly);
    expect(counts).toEqual([0, 1, 1, 1]);
  });

  it('sends secrets again on request, once, and does not call the fingerprint a secret', () => {
    const rotated = fields(plan(sealed(), ['Authorization', nameOf(SEAL)], 'all'));
    expect(rotated).toEqual([{ field: 'secrets', names: ['Authorization'] }]);
    const both = fields(plan(sealed(), ['Authorization', nameOf(OTHER)], 'all'));
    expect(both).toEqual([{ field: 'secrets', names: ['Authorization'], changed: true }]);
  });

  it('reports that the fingerprint is dropped when secrets are sent again without the key', () => {
    const lost = nameOf(OTHER);
    expect(fields(plan(unsealed, ['Authorization', lost], 'all'))).toEqual([
      { field: 'headers', added: [], removed: [lost], kept: ['Authorization'] },
      { field: 'secrets', names: ['Authorization'] },
    ]);
  });

  it('creates with it', () => {
    const made = computePlan([desired(checkout, [sealed()])], new Map(), { enable: false, rotate: null });
    expect(changesOf(made)).toMatchObject([
      { kind: 'create', after: { headers: [{ name: 'Authorization' }, { name: nameOf(SEAL) }] } },
    ]);
  });

  it('has names that begin as documented', () => {
    expect(FINGERPRINT_PREFIX).toBe('X-Pdactions-Fingerprint-');
  });
});
