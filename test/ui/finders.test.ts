/** Forms of secrets: their start and end in a text. */
import { describe, expect, it } from 'vitest';
import { createIndex, literalFinder, type Range, spelledFinder } from '../../src/ui/gate/finders.ts';

const plain = (text: string) => literalFinder({ text, left: 0, right: 0 });

describe('a form that is one text', () => {
  it('takes the base64 characters beside it that carry its bits, and no more', () => {
    const finder = literalFinder({ text: 'QUJD', left: 2, right: 1 });
    expect(finder.at('xyQUJDz!', 2)).toEqual({ start: 0, end: 7 });
    expect(finder.at('wxyQUJD!', 3)).toEqual({ start: 1, end: 7 });
    expect(finder.at('!yQUJD', 2)).toEqual({ start: 1, end: 6 });
    expect(finder.at('QUJDz', 0)).toEqual({ start: 0, end: 5 });
    expect(finder.at('QUJD', 1)).toBeUndefined();
    expect(plain('QUJD').at('xQUJDz', 1)).toEqual({ start: 1, end: 5 });
  });
});

describe('a form with several spellings', () => {
  // Percent-encoded or not, `%` itself included.
  const finder = spelledFinder([['a'], ['%', '%25'], ['b', '%62'], ['c']]);

  it.each([
    ['the plain spelling', 'xa%bcx', 1, { start: 1, end: 5 }],
    ['the other spelling', 'xa%25%62cx', 1, { start: 1, end: 9 }],
    ['elsewhere', 'xa%bcx', 2, undefined],
    ['another text', 'xa%bdx', 1, undefined],
    ['only a part', 'xa%b', 1, undefined],
  ])('%s', (_, text, start, range) => {
    expect(finder.at(text, start)).toEqual(range);
  });

  it('takes the longest of several readings', () => {
    const twice = spelledFinder([['a'], ['b'], ['c'], ['d', 'dd', 'd%64']]);
    expect(twice.at('abcd%64', 0)).toEqual({ start: 0, end: 7 });
    expect(twice.at('abcdd', 0)).toEqual({ start: 0, end: 5 });
  });

  it('begins with any of its spellings, four characters of each', () => {
    expect([...finder.beginnings].sort()).toEqual(['a%%6', 'a%25', 'a%bc'].sort());
    expect(spelledFinder([['ab'], ['c']]).beginnings).toEqual(['abc']);
  });
});

describe('all of them at once', () => {
  const find = createIndex([
    plain('secret-one'),
    plain('secret-two'),
    plain('secr'),
    spelledFinder([['p'], ['q'], ['r'], ['s', '%73']]),
  ]);

  it('finds every one at every position, to the last character', () => {
    expect(find('secret-one')).toEqual([
      { start: 0, end: 10 },
      { start: 0, end: 4 },
    ]);
    expect(find('--pqr%73')).toEqual([{ start: 2, end: 8 }]);
    expect(find('pqrs')).toEqual([{ start: 0, end: 4 }]);
    expect(find('pqr')).toEqual([]);
    expect(find('xsecsecret-two')).toEqual([
      { start: 4, end: 14 },
      { start: 4, end: 8 },
    ]);
  });

  const inOrder = (ranges: readonly Range[]): Range[] =>
    [...ranges].sort((a, b) => a.start - b.start || a.end - b.end);

  it('finds the same in a document of any length, and among any number of secrets', () => {
    const special = createIndex([
      plain('a.*b|c'),
      plain('[x]$^'),
      plain('aaaa'),
      spelledFinder([['/'], ['\\'], ['{'], ['}', '%7d']]),
    ]);
    const piece = 'secret-one, secsecret-two pqr%73 a.*b|c [x]$^ aaaaaa /\\{%7d "seca.*b secret';
    for (const search of [find, special]) {
      const here = inOrder(search(piece));
      const there = here.map(({ start, end }) => ({ start: start + 60_000, end: end + 60_000 }));
      expect(inOrder(search(`${' '.repeat(60_000)}${piece}`))).toEqual(there);
      expect(inOrder(search(`${piece}${' '.repeat(60_000)}`))).toEqual(here);
    }
    const others = Array.from({ length: 200 }, (_, index) => plain(`${index + 100}-another`));
    const some = [plain('a.*b|c'), plain('aaaa'), plain('secr')];
    expect(inOrder(createIndex([...others, ...some])(`${piece} 117-another`))).toEqual([
      ...inOrder(createIndex(some)(piece)),
      { start: piece.length + 1, end: piece.length + 12 },
    ]);
    expect(special(piece).length).toBeGreaterThanOrEqual(6);
    // Nothing that is long enough to be found.
    expect(createIndex([spelledFinder([['a'], ['b']])])('ab'.repeat(40_000))).toEqual([]);
  });
});
