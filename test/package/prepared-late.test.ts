import { resolve } from 'node:path';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';

const SCRIPT = resolve(import.meta.dirname, '../../scripts/prepared-late.mjs');
const { preparedLate } = (await import(SCRIPT)) as { preparedLate: (code: string) => string };

const resultOf = (code: string): unknown => new Script(code).runInNewContext();

describe('regular expressions that are prepared late', () => {
  it.each([
    ['after a keyword', String.raw`(() => { return/^\p{Lu}/u.test('Ä'); })()`],
    ['with quotes', String.raw`'a "b" \\'.replace(/["\\]|\p{Zs}/gu, '-')`],
    ['with a negated property', String.raw`'1a'.replace(/\P{L}/u, '')`],
    ['with its own flags', String.raw`/\p{M}+/giu.flags`],
    ['two in a row', String.raw`['ä b'.split(/\p{Zs}/u), /\p{L}/u.exec('1x')].join()`],
    ['in a template', '`${"a b".replace(/\\p{Zs}/u, "")}`'],
  ])('match the same: %s', (_, code) => {
    const late = preparedLate(code);
    expect(late).toContain('RegExp("');
    expect(late).not.toMatch(/\/[a-z]*\\p/i);
    expect(resultOf(late)).toEqual(resultOf(code));
  });

  it('leave other expressions and texts as they are', () => {
    const code = String.raw`const plain = /[a-z]+/gi, text = '/\p{L}/u', half = 4 / 2 / 1;`;
    expect(preparedLate(code)).toBe(code);
  });
});
