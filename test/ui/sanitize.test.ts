import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitize } from '../../src/ui/gate/sanitize.ts';
import { anyCharacter } from '../helpers/characters.ts';
import { runs } from '../helpers/runs.ts';

/** Listed here, independently of the properties that the implementation uses, so that a shared mistake shows. */
const FORBIDDEN: readonly (readonly [number, number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe0fff],
];

const RANGES = FORBIDDEN.map(([from, to]) => `\\u{${from.toString(16)}}-\\u{${to.toString(16)}}`).join('');
const ANY_FORBIDDEN = new RegExp(`[${RANGES}]`, 'u');
const hasForbidden = (text: string): boolean => ANY_FORBIDDEN.test(text);

describe('sanitize', () => {
  it('T01 T02 P9: no code point of Unicode gets through that moves, hides or reorders', () => {
    const through: string[] = [];
    const notIdempotent: string[] = [];
    for (let code = 0; code < 0x110000; code += 1) {
      const text = `a${String.fromCodePoint(code)}b`;
      const shown = sanitize(text);
      if (hasForbidden(shown)) through.push(code.toString(16));
      if (shown !== text && sanitize(shown) !== shown) notIdempotent.push(code.toString(16));
    }
    expect({ through, notIdempotent }).toEqual({ through: [], notIdempotent: [] });
  });

  it.each([
    ['ESC', '\x1b[2J', '^[[2J'],
    ['C1 CSI', '\x9b2J', '\\u{9b}2J'],
    ['OSC 0', '\x1b]0;owned\x07', '^[]0;owned^G'],
    ['OSC 52', '\x1b]52;c;Zm9v\x1b\\', '^[]52;c;Zm9v^[\\'],
    ['OSC 8', '\x1b]8;;http://evil/\x07here', '^[]8;;http://evil/^Ghere'],
    ['overwriting', 'Delete all\rKeep  all', 'Delete all^MKeep  all'],
    ['line break and tab', 'a\nb\tc', 'a^Jb^Ic'],
    ['NUL and DEL', '\x00\x7f', '^@^?'],
  ])('T01: %s becomes visible', (_name, text, shown) => {
    expect(sanitize(text)).toBe(shown);
  });

  it.each([
    ['right-to-left override', 'abc\u202ecba', 'abc\\u{202e}cba'],
    ['isolate', '\u2066x\u2069', '\\u{2066}x\\u{2069}'],
    ['marks of direction', 'a\u200eb\u200fc\u061cd', 'a\\u{200e}b\\u{200f}c\\u{61c}d'],
    ['zero width', 'pay\u200bments\ufeff', 'pay\\u{200b}ments\\u{feff}'],
    ['tag characters', 'x\u{e0041}', 'x\\u{e0041}'],
    ['lone surrogate', 'x\ud800', 'x\\u{d800}'],
    ['line separators', 'a\u2028b\u2029c', 'a\\u{2028}b\\u{2029}c'],
    ['selector on a letter', 'a\ufe0f', 'a\\u{fe0f}'],
    ['second selector on an emoji', '❤\ufe0f\ufe0f', '❤\ufe0f\\u{fe0f}'],
    ['joiner', '👩\u200d💻', '👩\\u{200d}💻'],
  ])('T02: %s becomes visible', (_name, text, shown) => {
    expect(sanitize(text)).toBe(shown);
  });

  it('T02: cuts a tower of 200 marks after eight, with a remark', () => {
    expect(sanitize(`Z${'\u0301'.repeat(200)}!`)).toBe(`Z${'\u0301'.repeat(8)}…[+192 marks]!`);
  });

  it('T02: a mark without a letter cannot combine with earlier output', () => {
    expect(sanitize('\u0338x')).toBe('◌\u0338x');
  });

  it.each(['Checkout API', 'Größe ≤ 3', '결제 서비스', 'दिल्ली', '❤\ufe0f ok', '💳 pay', 'naïve cafe\u0301'])(
    'leaves harmless text alone: %s',
    (text) => {
      expect(sanitize(text)).toBe(text);
    },
  );

  it('P9: any string: nothing forbidden except a selector after an emoji, idempotent, bounded', () => {
    const unit = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 3 }),
      fc.constantFrom('\u0301', '\ufe0f', '❤', '1', '\x1b', '\u202e', '\ud83d', '\udc69', '\u200d', '◌'),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 40 }), (units) => {
        const text = units.join('');
        const shown = sanitize(text);
        expect(hasForbidden(shown.replace(/(\p{Emoji})[\ufe0e\ufe0f]/gu, '$1'))).toBe(false);
        expect(sanitize(shown)).toBe(shown);
        expect(shown.length).toBeLessThanOrEqual(text.length * 12 + 1);
      }),
      { numRuns: runs(2000) },
    );
  });
});
