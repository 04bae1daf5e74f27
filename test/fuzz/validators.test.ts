/** P11: our own rules against those of Node, which receives the values next. */
import { validateHeaderName, validateHeaderValue } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkHeader, checkHeaderName, checkHeaderValue } from '../../src/config/check/header.ts';
import { checkLabel } from '../../src/config/check/label.ts';
import { checkUrl } from '../../src/config/check/url.ts';
import { maskUrl } from '../../src/ui/text/mask-url.ts';
import { unsafeIn } from '../helpers/canary.ts';
import { anyCharacter, webAddress } from '../helpers/characters.ts';
import { runs } from '../helpers/runs.ts';

const CANARY = 'Url7-canary-mN4t-K3y';

const accepts = (call: () => unknown): boolean => {
  try {
    call();
    return true;
  } catch {
    return false;
  }
};

const any = fc.string({ unit: anyCharacter, maxLength: 30 });

describe('P11: headers', () => {
  it("accepted ones are accepted by both of Node's validators; refused ones are not repeated", () => {
    const name = fc.oneof(any, fc.stringMatching(/^[!-~]{1,12}$/));
    const value = fc.oneof(
      any,
      fc.stringMatching(/^[\t -~]{0,20}$/),
      fc.constantFrom('a\r\nb', 'a\nb', '\0', '€'),
    );
    fc.assert(
      fc.property(name, value, (field, text) => {
        if (checkHeaderName(field).ok) {
          expect(accepts(() => validateHeaderName(field))).toBe(true);
          expect(accepts(() => new Headers([[field, 'x']]))).toBe(true);
        }
        if (checkHeaderValue(text).ok) {
          expect(accepts(() => validateHeaderValue('x', text))).toBe(true);
          // The header arrives exactly as declared.
          expect(new Headers([['x', text]]).get('x')).toBe(text);
        }
        const check = checkHeader('X-Key', `${CANARY}${text}`);
        expect(JSON.stringify(check.ok ? check.warnings : [check.message, check.fix])).not.toContain(CANARY);
      }),
      { numRuns: runs(1_000) },
    );
  });
});

describe('P11: URLs', () => {
  const part = fc.oneof(
    fc.constantFrom(
      'https',
      'http',
      'HTTPS',
      'ftp',
      'javascript',
      ':',
      '//',
      '/',
      '\\',
      '@',
      '?',
      '#',
      '%',
      '[',
      ']',
    ),
    fc.constantFrom(
      'example.com',
      'аpple.com',
      'ⓔvil.com',
      '%65vil.com',
      '127.1',
      '0x7f.1',
      '[::1]',
      '2130706433',
    ),
    fc.constantFrom(
      ' ',
      '\t',
      '\n',
      '\u200b',
      '\u3002',
      '\ud800',
      '..',
      '%2e%2e',
      ':443',
      ':99999',
      'user:pw',
      'xn--',
    ),
    fc.string({ unit: anyCharacter, maxLength: 3 }),
  );
  const url = fc.oneof(
    fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.array(part, { maxLength: 8 }).map((parts) => `https://${parts.join('')}`),
    webAddress,
  );

  it('an accepted one is a web address with the written host', () => {
    let taken = 0;
    fc.assert(
      fc.property(url, fc.boolean(), (text, allowIdn) => {
        const check = checkUrl(text, { allowIdn, allowInsecureUrl: true });
        if (!check.ok) return;
        taken += 1;
        const parsed = new URL(text);
        expect(['https:', 'http:']).toContain(parsed.protocol);
        expect([parsed.username, parsed.password]).toEqual(['', '']);
        // A browser parses the normalized URL to the same host.
        expect(new URL(parsed.href).host).toBe(parsed.host);
        const written = /^https?:\/\/([^/?#]*)/i.exec(text)?.[1]?.toLowerCase() ?? '';
        const same = written.replace(/:\d*$/, '') === parsed.hostname;
        if (!same) expect(check.warnings.length).toBeGreaterThan(0);
        expect(unsafeIn(text)).toEqual([]);
      }),
      { numRuns: runs(2_000) },
    );
    expect(taken).toBeGreaterThan(runs(500));
  });

  it('a refused or displayed one reveals neither its login nor its query', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), fc.array(part, { maxLength: 4 }), (before, after) => {
        const start = `https://${before.join('').replace(/[\\/?#@]/g, '')}`;
        for (const text of [
          `${start}:${CANARY}@host.example/${after.join('')}`,
          `https://host.example/${after.join('').replaceAll('#', '')}?k=${CANARY}`,
        ]) {
          const check = checkUrl(text);
          expect(JSON.stringify(check.ok ? check.warnings : [check.message, check.fix])).not.toContain(
            CANARY,
          );
          expect(maskUrl(text)).not.toContain(CANARY);
        }
      }),
      { numRuns: runs(1_000) },
    );
  });
});

describe('P11: labels', () => {
  it('accepted ones can be shown unchanged, and are written back unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 40 }), (text) => {
        const check = checkLabel(text);
        if (!check.ok) return;
        expect(unsafeIn(text)).toEqual([]);
        expect(Buffer.from(text).toString()).toBe(text);
      }),
      { numRuns: runs(1_000) },
    );
  });
});
