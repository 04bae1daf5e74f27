import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText, withoutCuts } from '../../src/cut.ts';
import { createRedactor, REDACTED, type Redactor } from '../../src/ui/gate/redact.ts';
import { sanitize } from '../../src/ui/gate/sanitize.ts';
import { anyCharacter } from '../helpers/characters.ts';
import { runs } from '../helpers/runs.ts';

function knowing(...secrets: string[]): Redactor {
  const redactor = createRedactor();
  for (const secret of secrets) redactor.add(secret);
  return redactor;
}

const lowerEscapes = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());

/** Every form in which a secret may travel, from P10. */
const ENCODINGS: Record<string, (secret: string) => string> = {
  raw: (secret) => secret,
  shown: sanitize,
  json: (secret) => JSON.stringify({ authorization: secret }),
  'json in json': (secret) => JSON.stringify(JSON.stringify(secret)),
  'url component': (secret) => `https://x/?k=${encodeURIComponent(secret)}`,
  form: (secret) => new URLSearchParams({ k: secret }).toString(),
  'url query': (secret) => new URL(`https://x/?k=${lowerEscapes(encodeURIComponent(secret))}`).href,
  hex: (secret) => Buffer.from(secret).toString('hex'),
  HEX: (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
  base64: (secret) => Buffer.from(secret).toString('base64'),
  base64url: (secret) => Buffer.from(secret).toString('base64url'),
  'basic auth, 1 before': (secret) => `Basic ${Buffer.from(`u${secret}`).toString('base64')}`,
  'basic auth, 2 before': (secret) => `Basic ${Buffer.from(`u:${secret}`).toString('base64')}`,
  'basic auth, 3 before': (secret) => `Basic ${Buffer.from(`us:${secret}`).toString('base64')}`,
  'inside longer base64': (secret) => Buffer.from(`{"a":"${secret}","b":1}`).toString('base64'),
};

const secretArb = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9+/=_~.-]{8,40}$/),
  fc
    .string({ minLength: 8, maxLength: 30, unit: 'grapheme-ascii' })
    .filter((text) => text.trim().length >= 8),
  fc.constantFrom('p@ss w0rd/+?&=#"\\', 'ünïcödé-geheim', '密码密码密码密码'),
);

describe('createRedactor', () => {
  it.each(Object.entries(ENCODINGS))('I8 T28: hides a secret written as %s', (_name, encode) => {
    const secret = 'pd+Key/9f?8&a "q"\\z';
    const text = `before ${encode(secret)} after`;
    const shown = knowing(secret).redact(text);
    expect(shown).toContain(REDACTED);
    expect(shown).not.toContain(encode(secret));
    expect(shown.startsWith('before ')).toBe(true);
    expect(shown.endsWith(' after')).toBe(true);
  });

  it('P10: no secret is printed, in any encoding and context', () => {
    fc.assert(
      fc.property(
        secretArb,
        fc.constantFrom(...Object.values(ENCODINGS)),
        fc.string({ maxLength: 10 }),
        fc.string({ maxLength: 10 }),
        (secret, encode, before, after) => {
          const shown = knowing(secret).redact(`${before}${encode(secret)}${after}`);
          expect(shown).toContain(REDACTED);
          for (const form of Object.values(ENCODINGS)) expect(shown).not.toContain(form(secret));
        },
      ),
      { numRuns: runs(2000) },
    );
  });

  it('P10: no part of a secret is left before a cut of ours, wherever that is', () => {
    fc.assert(
      fc.property(
        secretArb,
        fc.constantFrom(...Object.values(ENCODINGS)),
        fc.nat(),
        (secret, encode, length) => {
          const whole = encode(secret);
          const { start, end } = knowing(secret).find(whole)[0] ?? { start: 0, end: 0 };
          const cut = start + 1 + (length % Math.max(1, end - start - 1));
          const shown = knowing(secret).redact(`${cutText(whole, cut)} and more`);
          const rest = cut < whole.length ? '…' : whole.slice(end);
          expect(shown).toBe(`${whole.slice(0, start)}${REDACTED}${rest} and more`);
        },
      ),
      { numRuns: runs(500), examples: [['  !  :! {  !0%', ENCODINGS.form!, 124708076]] },
    );
  });

  it('T54: the text before a cut stays, unless a secret was there', () => {
    const secret = 'k8Jq2mX9wP4vT7';
    const redactor = knowing(secret);
    for (let length = 1; length < secret.length; length += 1) {
      const begun = secret.slice(0, length);
      for (const text of [`${begun}…`, `${begun}***`, `${begun}[redacted]`, `…${begun}`, `a ${begun}… b`]) {
        expect(redactor.redact(text)).toBe(text);
      }
      expect(redactor.redact(cutText(`${begun}-and-more`, length))).toBe(`${begun}…`);
      expect(redactor.redact(cutText(`x${secret}`, length))).toBe(length === 1 ? 'x…' : `x${REDACTED}…`);
    }
  });

  it('T54: several cuts in a text do not affect each other', () => {
    const redactor = knowing('abcdefgh');
    const text = `${cutText('abcd--', 4)}efgh ${cutText('xabcdefgh', 3)}, ${cutText('abcd', 4)}`;
    expect(redactor.redact(text)).toBe(`abcd…efgh x${REDACTED}…, abcd`);
    expect(withoutCuts(text)).toBe('abcd…efgh xab…, abcd');
  });

  it('P10: is idempotent, even for secrets that look like the mark', () => {
    const odd = fc.constantFrom('redacted', '[redacted]', '[red', 'cted]', ']abcd', 'abcd[', 'dact');
    const piece = fc.oneof(odd, fc.constantFrom('abcd', '[', ']', 'x'), fc.string({ maxLength: 4 }));
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 3 }), fc.array(piece, { maxLength: 12 }), (secrets, pieces) => {
        const redactor = knowing('abcdabcd', ...secrets);
        const once = redactor.redact(pieces.join(''));
        expect(redactor.redact(once)).toBe(once);
      }),
      { numRuns: runs(2000) },
    );
  });

  it('P10: leaves text without the secret unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 200 }), (text) => {
        expect(knowing('Zq7-canary-Zq7', 'another/secret+value').redact(text)).toBe(text);
      }),
      { numRuns: runs(500) },
    );
  });

  it('hides all of two secrets that overlap, or contain each other', () => {
    const redactor = knowing('alphabeta', 'betagamma', 'beta', 'alphabetagammadelta');
    expect(redactor.redact('alphabetagamma!')).toBe(`${REDACTED}!`);
    expect(redactor.redact('alphabetagammadelta.')).toBe(`${REDACTED}.`);
    expect(redactor.redact('beta')).toBe(REDACTED);
  });

  it('hides the neighbouring base64 characters, which carry bits of the secret', () => {
    const encoded = Buffer.from('u:hunter22').toString('base64');
    expect(knowing('hunter22').redact(`Basic ${encoded}.`)).toMatch(/^Basic .?\[redacted\](=*)\.$/);
  });

  it('recognises the credential inside a header value', () => {
    const basic = Buffer.from('svc:hunter22').toString('base64');
    const redactor = knowing('Bearer eyJhbGciOi', `Basic ${basic}`, ' Token token=y_NbAkKc66 ');
    expect(redactor.redact('eyJhbGciOi hunter22 y_NbAkKc66')).toBe(`${REDACTED} ${REDACTED} ${REDACTED}`);
  });

  it('T28: hides a random-looking secret in lower case too, as in hosts and media types', () => {
    expect(knowing('y_NbAkKc66ryYTWU').redact('got y_nbakkc66ryytwu/x')).toBe(`got ${REDACTED}/x`);
    expect(knowing('Production West').redact('production west')).toBe('production west');
  });

  it('ignores short and common values, which would shred the output', () => {
    const redactor = knowing('', 'a', 'abc', 'true', 'null');
    expect(redactor.redact('{"a": true, "abc": null}')).toBe('{"a": true, "abc": null}');
    for (const word of ['true', 'false', 'null', 'none', 'undefined', 'http', 'https', 'HTTPS'])
      expect(knowing(word).redact(`is ${word}.`)).toBe(`is ${word}.`);
  });

  it('hides the lower case of random-looking secrets of 12 characters and more alone', () => {
    expect(knowing('Ab3dEf6hIj9l').redact('ab3def6hij9l')).toBe(REDACTED);
    expect(knowing('Ab3dEf6hIj9').redact('ab3def6hij9')).toBe('ab3def6hij9');
    expect(knowing('AbcdEfghIjkl').redact('abcdefghijkl')).toBe('abcdefghijkl');
  });

  it('hides places behind a mark that is there already, and two that touch', () => {
    const redactor = knowing('hunter22', 'secret-77');
    expect(redactor.redact(`${REDACTED} a hunter22 b`)).toBe(`${REDACTED} a ${REDACTED} b`);
    expect(redactor.redact('hunter22secret-77')).toBe(REDACTED.repeat(2));
    expect(knowing('abcd1234', 'abcd1234efgh').redact('<abcd1234efgh>')).toBe(`<${REDACTED}>`);
  });
});
