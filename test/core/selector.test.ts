import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  globMatcher,
  matchesGlob,
  matchSelectors,
  parseSelector,
  type Selector,
} from '../../src/core/selector.ts';
import { service } from '../helpers/actions.ts';
import { runs } from '../helpers/runs.ts';

function selector(text: string): Selector {
  const parsed = parseSelector(text);
  if ('invalid' in parsed) throw new Error(parsed.invalid);
  return parsed;
}

describe('reading a selector', () => {
  it.each([
    ['Checkout API', { kind: 'name', name: 'Checkout API' }],
    ['id:PIJ90N7', { kind: 'id', id: 'PIJ90N7' }],
    ['payments-*', { kind: 'glob', pattern: 'payments-*' }],
    ['team:Payments', { kind: 'team', team: 'Payments' }],
    ['team:a*', { kind: 'team', team: 'a*' }],
  ])('%s', (text, expected) => {
    expect(parseSelector(text)).toEqual({ ...expected, text });
  });

  it.each([
    ['', 'a service selector must not be empty'],
    ['  ', 'a service selector must not be empty'],
    [
      'id:p1/../users',
      '`p1/../users` is not a PagerDuty id: capital letters and digits only, for example id:PIJ90N7; to select a service named `id:p1/../users`, use its id',
    ],
    ['id:', '`` is not a PagerDuty id: capital letters and digits only, for example id:PIJ90N7'],
    ['team:', '`team:` must be followed by a team name'],
  ])('refuses %j (T19)', (text, invalid) => {
    expect(parseSelector(text)).toEqual({ invalid });
  });
});

describe('matching', () => {
  const services = [
    { ...service('payments-api'), teamIds: ['PT1'] },
    { ...service('payments-worker'), teamIds: ['PT1', 'PT2'] },
    service('Twin', 'PA'),
    service('Twin', 'PB'),
    service('a.c [x]', 'PC'),
  ];
  const teams = [
    { id: 'PT1', name: 'Payments' },
    { id: 'PT2', name: 'Twins' },
    { id: 'PT3', name: 'Twins' },
    { id: 'PT4', name: 'Idle' },
  ];
  it.each([
    ['payments-api', ['PAYMENTSAPI']],
    ['Payments-api', 'no-match'],
    ['payments-*', ['PAYMENTSAPI', 'PAYMENTSWORKER']],
    ['*-ap?', ['PAYMENTSAPI']],
    ['a.? [x]', ['PC']],
    ['a?c [x*', ['PC']],
    ['nothing-*', 'no-match'],
    ['id:PB', ['PB']],
    ['id:PZ', 'no-match'],
    ['Twin', 'ambiguous-name'],
    ['team:Payments', ['PAYMENTSAPI', 'PAYMENTSWORKER']],
    ['team:Twins', 'ambiguous-team'],
    ['team:Idle', 'no-match'],
    ['team:Nobody', 'no-team'],
  ])('%s', (text, expected) => {
    const [match] = matchSelectors([selector(text)], services, teams);
    if (!match) throw new Error('no match');
    expect('problem' in match ? match.problem : match.services.map(({ id }) => id)).toEqual(expected);
  });

  it('names the ids of services with the same name', () => {
    expect(matchSelectors([selector('Twin')], services, teams)).toMatchObject([{ ids: ['PA', 'PB'] }]);
  });
});

describe('T56 globs', () => {
  it('end at once on a pattern made for slow matching', () => {
    const name = 'a'.repeat(255);
    for (const part of ['*?', '*a', '?*', '*a?']) {
      expect(globMatcher(`${part.repeat(2_000)}!`)(name)).toBe(false);
      expect(globMatcher(`${part.repeat(60)}!`)(`${name}!`)).toBe(true);
    }
  });

  it('scan a name only if it contains the longest part of the pattern', () => {
    let times = 0;
    const name = (text: string): string =>
      Object.assign(Object(text), {
        [Symbol.iterator]: () => {
          times += 1;
          return text[Symbol.iterator]();
        },
      });
    const matches = globMatcher('*-?payments*');
    expect([matches(name('search-api')), matches(name('payment-s'))]).toEqual([false, false]);
    expect(times).toBe(0);
    expect(matches(name('eu-2payments'))).toBe(true);
    expect(times).toBe(1);
  });

  /** Counts the characters of the name that the matcher reads. */
  function stepsOf(pattern: string, name: string): number {
    let steps = 0;
    const counted = new Proxy([...name], {
      get(target, key) {
        if (key !== 'length') steps += 1;
        return Reflect.get(target, key) as string;
      },
    });
    matchesGlob([...pattern], counted);
    return steps;
  }

  it.each(['*?', '*a', '?*', '*a?', '*aa'])(
    'take steps in proportion to the name, whatever the number of %s in the pattern',
    (part) => {
      for (const times of [10, 100, 1_000]) {
        const pattern = `${part.repeat(times)}!`;
        const steps = [100, 1_000, 10_000].map((length) => stepsOf(pattern, 'a'.repeat(length)) / length);
        for (const perCharacter of steps) expect(perCharacter).toBeLessThanOrEqual(4);
      }
    },
  );

  it('take at most one step for each pair of a character and one of the longest part', () => {
    for (const length of [10, 50, 250]) {
      expect(stepsOf(`*${'a'.repeat(20)}b`, 'a'.repeat(length))).toBeLessThanOrEqual(22 * length);
    }
  });

  it('match like the textbook definition', () => {
    /** By definition: a star matches nothing, or one character and the star again. */
    const reference = (pattern: readonly string[], name: readonly string[]): boolean => {
      const [first, ...rest] = pattern;
      if (first === undefined) return name.length === 0;
      if (first === '*')
        return reference(rest, name) || (name.length > 0 && reference(pattern, name.slice(1)));
      return name.length > 0 && (first === '?' || first === name[0]) && reference(rest, name.slice(1));
    };
    const letters = (...of: string[]) => fc.array(fc.constantFrom(...of), { maxLength: 8 });
    fc.assert(
      fc.property(
        letters('a', 'b', '*', '?', '.', '😀'),
        letters('a', 'b', '.', '*', '😀'),
        (pattern, name) => {
          expect(globMatcher(pattern.join(''))(name.join(''))).toBe(reference(pattern, name));
        },
      ),
      { numRuns: runs(2_000) },
    );
  });
});
