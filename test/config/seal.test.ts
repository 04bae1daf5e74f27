import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needsSeal, objectToKey, sealActions } from '../../src/config/secrets/seal.ts';
import type { ActionSpec, HeaderSpec } from '../../src/core/action.ts';
import { spec } from '../helpers/actions.ts';
import { runs } from '../helpers/runs.ts';
import { stretches } from '../helpers/stretches.ts';
import { CANARY, configOf, load, loadYaml, problemsOf, repository, warningsOf, withAction } from './world.ts';

const KEY = 'k3y-'.repeat(10);
const ACCOUNT = 'seal';

type Pair = readonly [name: string, value: string];

function wanting(...pairs: readonly Pair[]): ActionSpec {
  const headers: HeaderSpec[] = pairs.map(([name, value]) => ({ name, value, source: '${X}' }));
  return spec('Restart', { headers, fingerprint: 'unsealed' });
}

/** The seals of actions, in their order. */
async function seals(actions: readonly ActionSpec[], key = KEY): Promise<(string | undefined)[]> {
  const named = new Map(actions.map((action, index) => [`${ACCOUNT}-${index}`, action]));
  const sealed = await sealActions(named, key);
  return [...sealed.values()].map(({ fingerprint }) =>
    typeof fingerprint === 'object' ? fingerprint.seal : undefined,
  );
}

describe('a seal', () => {
  it('is the same for the same values, and differs after a change of any of them', async () => {
    const name = fc.constantFrom('A', 'B', 'C');
    const value = fc.string({ minLength: 1, maxLength: 3 });
    const pairs = fc.uniqueArray(fc.tuple(name, value), { minLength: 1, maxLength: 3, selector: ([n]) => n });
    const canonical = (of: readonly Pair[]): string => JSON.stringify(of.map(([n, v]) => [n, v]).sort());
    await fc.assert(
      fc.asyncProperty(pairs, pairs, async (one, other) => {
        const [a, b, again] = await seals([wanting(...one), wanting(...other), wanting(...one)]);
        expect(a).toMatch(/^[0-9a-f]{64}$/);
        expect(again).toBe(a);
        expect(a === b).toBe(canonical(one) === canonical(other));
      }),
      // Each run costs two slow steps.
      { seed: 3, numRuns: runs(15) },
    );
  });

  it('does not depend on the order of headers or the case of their names', async () => {
    const [a, b] = await seals([
      wanting(['X-One', '1'], ['X-Two', '2']),
      wanting(['x-two', '2'], ['x-one', '1']),
    ]);
    expect(a).toBe(b);
  });

  it('does not concatenate names and values', async () => {
    const all = await seals([
      wanting(['A', 'B1'], ['C', '2']),
      wanting(['A', 'B'], ['C', '12']),
      wanting(['AB', '1'], ['C', '2']),
    ]);
    expect(new Set(all).size).toBe(3);
  });

  it('differs for another key', async () => {
    const [a] = await seals([wanting(['A', '1'])]);
    const [b] = await seals([wanting(['A', '1'])], `${KEY}2`);
    expect(a).not.toBe(b);
  });

  it('contains no part of a secret, in no encoding', async () => {
    const [seal = ''] = await seals([wanting(['Authorization', CANARY])]);
    for (const encoding of ['utf8', 'hex', 'base64'] as const) {
      expect(seal).not.toContain(Buffer.from(CANARY).toString(encoding).slice(0, 8));
    }
  });

  it('costs the slow step once for each set of values', async () => {
    const actions = Array.from({ length: 3_000 }, (_, index) => wanting(['A', `v${index % 3}`]));
    const before = stretches();
    expect(new Set(await seals(actions)).size).toBe(3);
    expect(stretches() - before).toBe(3);
  });

  it('is only made where requested', async () => {
    const [seal] = await seals([spec('Restart', { headers: [] })]);
    expect(seal).toBeUndefined();
    expect(needsSeal(new Map([['a', spec('Restart')]]))).toBe(false);
    expect(needsSeal(new Map([['a', wanting(['A', '1'])]]))).toBe(true);
  });
});

describe('the key', () => {
  it.each(['', 'short', 'x'.repeat(31), 'x'.repeat(64), ` ${KEY}`, `${KEY}\n`])('cannot be %j', (key) => {
    const message = objectToKey(key);
    expect(message).toContain('PDACTIONS_FINGERPRINT_KEY');
    if (key.trim().length > 5) expect(message).not.toContain(key.trim());
  });

  it('can be 32 characters or more', () => {
    expect(objectToKey(KEY)).toBeUndefined();
  });

  it('is unreadable to any config', async () => {
    const env = { PDACTIONS_FINGERPRINT_KEY: KEY };
    const result = await load(withAction({ headers: { 'X-Key': '${PDACTIONS_FINGERPRINT_KEY}' } }), { env });
    expect(problemsOf(result)).toEqual([expect.stringContaining('is never expanded')]);
  });
});

describe('"fingerprint" in a config', () => {
  const headers = { 'X-Key': '${KEY}' };
  const env = { KEY: CANARY };
  const wish = async (action: object, rest: object = {}) =>
    (await configOf(withAction(action, rest), { env })).actions.get('a')?.fingerprint;

  it.each([
    ['not mentioned', { headers }, {}, undefined],
    ['on in the file', { headers }, { fingerprint: true }, 'unsealed'],
    ['on in the action', { headers, fingerprint: true }, {}, 'unsealed'],
    ['on in the file, off in the action', { headers, fingerprint: false }, { fingerprint: true }, undefined],
    ['off in the file, on in the action', { headers, fingerprint: true }, { fingerprint: false }, 'unsealed'],
    ['headers not mentioned', {}, { fingerprint: true }, undefined],
    ['an empty list of headers', { headers: {} }, { fingerprint: true }, undefined],
  ])('%s', async (_title, action, rest, expected) => {
    expect(await wish(action, rest)).toBe(expected);
  });

  it('causes a warning if there is nothing to seal', async () => {
    expect(warningsOf(await load(withAction({ fingerprint: true })))).toEqual([
      expect.stringContaining('actions.a.fingerprint: the action declares no headers to fingerprint'),
    ]);
    expect(warningsOf(await load(withAction({}, { fingerprint: true })))).toEqual([]);
  });

  it('counts for the actions of its own file', async () => {
    const cwd = repository({
      'base.yaml':
        'fingerprint: true\nactions:\n  b: { label: B, url: "https://h.example.com/", headers: { X-Key: "${KEY}" } }\n',
      'pdactions.config.json': withAction({ headers }, { extends: 'base.yaml' }),
    });
    const { loadConfig } = await import('../../src/config/load-config.ts');
    const result = await loadConfig({ cwd, env });
    const all = result?.ok ? [...result.config.actions.values()] : [];
    expect(all.map(({ key, fingerprint }) => [key, fingerprint])).toEqual([
      ['b', 'unsealed'],
      ['a', undefined],
    ]);
  });

  it('has reserved names', async () => {
    const text =
      'actions:\n  a:\n    label: A\n    url: https://h.example.com/\n    headers: { x-pdactions-fingerprint-AAAAAAAA: "1" }\nservices: { A: [a] }\n';
    expect(problemsOf(await loadYaml(text))).toEqual([
      '5:50 actions.a.headers.x-pdactions-fingerprint-AAAAAAAA: this header name is reserved for the fingerprints that pdactions adds',
    ]);
  });
});
