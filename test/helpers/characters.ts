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

/** Part of a path, a query or a fragment: any character, escaped if necessary. */
const urlPart = fc.string({
  unit: fc.oneof(
    anyCharacter.map((character) => encodeURIComponent(character)),
    fc.constantFrom(..."aZ0-._~!$&'()*+,;=:@"),
  ),
});

/** A web address like those of `fc.webUrl`, which builds the same table, with a query and a fragment. */
export const webAddress: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('http', 'https'),
    fc.webAuthority(),
    fc.array(urlPart, { maxLength: 4 }),
    fc.option(urlPart),
    fc.option(urlPart),
  )
  .map(([scheme, host, path, query, fragment]) =>
    [
      `${scheme}://${host}`,
      ...path.map((part) => `/${part}`),
      query === null ? '' : `?${query}`,
      fragment === null ? '' : `#${fragment}`,
    ].join(''),
  );
