import fc from 'fast-check';

const SURROGATES = 0x800;
const FIRST_SURROGATE = 0xd800;

/**
 * Any character, as fast-check's own unit `binary` has them. That one builds a table of all million of them in each worker. From a character
 * the number is found again, so that strings still include those that are dangerous by their content, such as `__proto__`.
 */
export const anyCharacter: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: 0x10ffff - SURROGATES })
  .map((code) => String.fromCodePoint(code < FIRST_SURROGATE ? code : code + SURROGATES), numberOf);

function numberOf(character: unknown): number {
  if (typeof character !== 'string' || !/^\P{Surrogate}$/u.test(character))
    throw new TypeError('not one character');
  const code = character.codePointAt(0) ?? 0;
  return code < FIRST_SURROGATE ? code : code - SURROGATES;
}
