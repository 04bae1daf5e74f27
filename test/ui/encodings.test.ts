import { describe, expect, it } from 'vitest';
import { encodingsOf, spellingsOf } from '../../src/ui/gate/encodings.ts';
import { createRedactor, REDACTED } from '../../src/ui/gate/redact.ts';
import { toCsv } from '../../src/ui/render/csv.ts';

const hidden = (secret: string, text: string): string => {
  const redactor = createRedactor();
  redactor.add(secret);
  return redactor.redact(text);
};

describe('P10: the spellings of one character', () => {
  it.each<[string, string[]]>([
    ['a', ['a', '%61', '%2561', '\\u0061']],
    ['\n', ['\n', '%0a', '%250a', '%0A', '%250A', '\\n', '\\u000a', '\\u000A']],
    [' ', [' ', '%20', '%2520', '+', '\\u0020']],
    ['/', ['/', '%2f', '%252f', '%2F', '%252F', '\\u002f', '\\u002F', '\\/']],
    ['"', ['"', '%22', '%2522', '\\"', '\\u0022', '""', '&quot;', '&#34;']],
    ["'", ["'", '%27', '%2527', '\\u0027', "''", '&#39;', '&#x27;', '&apos;']],
    ['<', ['<', '%3c', '%253c', '%3C', '%253C', '\\u003c', '\\u003C', '&lt;', '&#60;', '‹']],
    ['&', ['&', '%26', '%2526', '\\u0026', '&amp;', '&#38;']],
    ['>', ['>', '%3e', '%253e', '%3E', '%253E', '\\u003e', '\\u003E', '&gt;', '&#62;', '›']],
    ['j', ['j', '%6a', '%256a', '\\u006a', '%6A', '%256A', '\\u006A']],
    ['=', ['=', '%3d', '%253d', '%3D', '%253D', '\\u003d', '\\u003D', "'="]],
    ['|', ['|', '%7c', '%257c', '%7C', '%257C', '\\u007c', '\\u007C', '\\|', '¦']],
    [
      'é',
      [
        'é',
        '%c3%a9',
        '%25c3%25a9',
        '%C3%A9',
        '%25C3%25A9',
        '%e9',
        '%25e9',
        '%E9',
        '%25E9',
        '\\u00e9',
        '\\u00E9',
      ],
    ],
    ['€', ['€', '%e2%82%ac', '%25e2%2582%25ac', '%E2%82%AC', '%25E2%2582%25AC', '\\u20ac', '\\u20AC']],
    [
      '💳',
      [
        '💳',
        '%f0%9f%92%b3',
        '%25f0%259f%2592%25b3',
        '%F0%9F%92%B3',
        '%25F0%259F%2592%25B3',
        '\\ud83d\\udcb3',
        '\\uD83D\\uDCB3',
      ],
    ],
  ])('%j', (char, spellings) => {
    expect([...(spellingsOf(char)[0] ?? [])].sort()).toEqual([...spellings].sort());
  });

  it('of each character before which CSV writes an apostrophe', () => {
    const divided = Array.from({ length: 0xd800 }, (_, code) => String.fromCharCode(code))
      .concat(Array.from({ length: 0x2000 }, (_, code) => String.fromCharCode(0xe000 + code)))
      .filter((char) => toCsv([[`a;${char}b`]]).includes(`;'${char}`));
    expect(divided.length).toBeGreaterThan(4);
    for (const char of divided) expect(spellingsOf(char)[0]).toContain(`'${char}`);
  });

  it('of Latin-1, from its first character to its last, in both alphabets; and no other', () => {
    const spelled = (char: string): readonly string[] => spellingsOf(char)[0] ?? [];
    expect(spelled('\x80')).toContain('%80');
    expect(spelled('ÿ')).toContain('%ff');
    expect(spelled('Ā')).not.toContain('%00');
    expect(spelled('\x7f').filter((text) => text.startsWith('%7'))).toEqual(['%7f', '%7F']);
  });
});

describe('P10: the encodings of the whole', () => {
  const texts = (secret: string): string[] => encodingsOf(secret).map(({ text }) => text);

  it('are base64 at three alignments, with the number of neighbours that carry bits', () => {
    const plain = encodingsOf('abc').filter(({ text }) => /^[A-Z0-9]+$/i.test(text));
    const found = (text: string) => plain.find((needle) => needle.text === text);
    expect(found('YWJj')).toEqual({ text: 'YWJj', left: 0, right: 0 });
    // The parts of `?abc` and `??abc` in base64 that depend on `abc` alone.
    expect(Buffer.from('?abc').toString('base64')).toContain(found('FiY')?.text ?? '-');
    expect(found('FiY')).toMatchObject({ left: 2, right: 1 });
    expect(plain.some(({ left, right }) => left === 3 && right === 1)).toBe(true);
  });

  it('are those of both readings, if a secret is not ASCII', () => {
    for (const charset of ['utf8', 'latin1'] as const) {
      for (const before of ['', 'u', 'u:']) {
        const encoded = Buffer.from(`${before}clé-secrète`, charset).toString('base64');
        expect(hidden('clé-secrète', `x ${encoded}`), `${charset} ${before}`).toMatch(
          /^x \S{0,4}\[redacted\]=*$/,
        );
      }
    }
    expect(texts('abcd').length).toBe(texts('abcé').length - 9);
    // Not every text has a Latin-1 form.
    expect(texts('abc€').length).toBe(texts('abcd').length);
  });

  it('are hexadecimal in both alphabets, JSON in JSON, and displayed forms', () => {
    expect(texts('k"\u202e')).toEqual(
      expect.arrayContaining(['6b22e280ae', '6B22E280AE', 'k\\\\\\"\u202e', 'k"\\u{202e}']),
    );
  });
});

describe('P10: forms registered along with a secret', () => {
  it.each<[string, string]>([
    ['Bearer  tok-1234', 'tok-1234'],
    ['token token="tok-1234"', 'tok-1234'],
    ['ApiKey tok-1234', 'tok-1234'],
    ['  padded-1234  ', 'padded-1234'],
    [`Basic ${Buffer.from('svc:pass-1234').toString('base64')}`, 'svc:pass-1234'],
    [`Basic ${Buffer.from('svc:pass-1234').toString('base64')}`, 'pass-1234'],
  ])('%j reveals %j', (secret, credential) => {
    expect(hidden(secret, `<${credential}>`)).toBe(`<${REDACTED}>`);
  });

  it.each<[string, string]>([
    ['my Bearer tok-1234', 'tok-1234'],
    ['Bearer tok-1234 and more', 'tok-1234'],
    ['Bearer c3ZjOnBhc3MtMTIzNA==', 'pass-1234'],
    ['tok', 'tok'],
    ['True', 'True'],
  ])('%j alone reveals nothing about %j', (secret, text) => {
    expect(hidden(secret, `<${text}>`)).toBe(`<${text}>`);
  });

  it('four characters are a secret, three are not', () => {
    expect(hidden('q7Zx', 'a q7Zx b')).toBe(`a ${REDACTED} b`);
    expect(hidden('q7Z', 'a q7Z b')).toBe('a q7Z b');
  });
});
