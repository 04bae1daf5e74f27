import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toJson } from '../../src/ui/text/json.ts';
import { anyCharacter } from '../helpers/characters.ts';
import { runs } from '../helpers/runs.ts';

const UNSAFE = /[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|\ufe0f/u;

describe('toJson', () => {
  it('T01: escapes characters that a terminal would obey, and no others', () => {
    expect(toJson({ label: 'a\x1b[2J\x9b\u2028\u202e\u200b\x7f é 💳' })).toBe(
      '{\n  "label": "a\\u001b[2J\\u009b\\u2028\\u202e\\u200b\\u007f é 💳"\n}',
    );
  });

  it('T31: leaves no `##[` that a CI system would look for', () => {
    const text = toJson(['##[command]x', '##vso[task.setvariable]']);
    expect(text).not.toMatch(/##\w*\[/);
    expect(JSON.parse(text)).toEqual(['##[command]x', '##vso[task.setvariable]']);
  });

  it('writes a value that JSON does not have as null', () => {
    expect(toJson(undefined)).toBe('null');
  });

  it('T01 P9: every code point comes back exactly, and no unsafe one is printed', () => {
    for (let code = 0; code < 0x110000; code += 0x400) {
      const text = Array.from({ length: 0x400 }, (_, index) => String.fromCodePoint(code + index)).join('');
      const json = toJson(text);
      expect(UNSAFE.test(json)).toBe(false);
      expect(JSON.parse(json)).toBe(text);
    }
  });

  it('P9: any value comes back exactly', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: anyCharacter }), (value) => {
        const json = toJson(value);
        expect(UNSAFE.test(json)).toBe(false);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: runs(1000) },
    );
  });
});
