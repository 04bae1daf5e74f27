import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskUrl, shownUrl } from '../../src/ui/text/mask-url.ts';
import { webAddress } from '../helpers/characters.ts';
import { runs } from '../helpers/runs.ts';

describe('maskUrl', () => {
  it.each([
    ['https://example.com/hook', 'https://example.com/hook'],
    ['https://user:pw@example.com/hook', 'https://***@example.com/hook'],
    ['https://tok@example.com', 'https://***@example.com'],
    ['https://u:p@ss@example.com/@team', 'https://***@example.com/@team'],
    ['https://example.com/@team?x', 'https://example.com/@team?***'],
    ['https://e.com/?key=abc&b=&flag', 'https://e.com/?key=***&b=***&***'],
    ['https://e.com/#token=abc', 'https://e.com/#***'],
    ['https://e.com/p?a=1#f', 'https://e.com/p?a=***#***'],
    ['HTTPS:\\\\u:pw@e.com\\x', 'HTTPS:\\\\***@e.com\\x'],
    ['https:u:pw@e.com/x', 'https:***@e.com/x'],
    ['  ht\ntps:/\t/u:pw@e.com/x', '  ht\ntps:/\t/***@e.com/x'],
    ['user:pw@e.com/x', '***@e.com/x'],
    ['https://u:p?w@e.com/x?k=v', 'https://***@e.com/x?k=***'],
    ['https://u:p#w@e.com/x', 'https://***@e.com/x'],
    ['https://u:p/w@e.com/x', 'https://***@e.com/x'],
    ['-- redacted --', '-- redacted --'],
    ['', ''],
    ['?', '?'],
  ])('T07: %j is shown as %j', (url, shown) => {
    expect(maskUrl(url)).toBe(shown);
  });

  it('T07: hides the canary in user information and in a query, and never throws', () => {
    const noise = fc.string({ maxLength: 6, unit: fc.constantFrom('a', ':', '.', '-', '%', '@', '1') });
    fc.assert(
      fc.property(noise, noise, noise, (a, b, c) => {
        expect(maskUrl(`https://${a}CANARY${b}@host/${c}`)).not.toContain('CANARY');
        expect(maskUrl(`https://host/${a}?${b}=CANARY${c}`)).not.toContain('CANARY');
      }),
      { numRuns: runs(1000) },
    );
  });

  it('accepts any text, and is idempotent', () => {
    fc.assert(
      fc.property(fc.oneof(webAddress, fc.string()), (url) => {
        const shown = maskUrl(url);
        expect(maskUrl(shown)).toBe(shown);
      }),
      { numRuns: runs(1000) },
    );
  });
});

describe('shownUrl', () => {
  it.each([
    ['https://${T}.example.com/x', 'https://${T}.example.com/x'],
    ['https://${T:-dev}.example.com:${PORT}/${P}', 'https://${T:-dev}.example.com:${PORT}/${P}'],
    ['${BASE:-https://h.example.com}/x', '${BASE:-https://h.example.com}/x'],
    ['${BASE:-https://u:p@h.example.com?k=v}/x', '${BASE:-***}/x'],
    ['https://h/a?code=${C}&env=prod', 'https://h/a?code=${C}&env=***'],
    ['https://h/a?code=${C:-literal}&${N}=1&${WHOLE}', 'https://h/a?code=${C:-***}&${N}=***&${WHOLE}'],
    ['https://h/a?code=x${C}', 'https://h/a?code=***'],
    ['https://h/a#${F}', 'https://h/a#${F}'],
    ['https://h/a#part', 'https://h/a#***'],
    ['https://${USER}:${PASS}@h/', 'https://${USER}:${PASS}@h/'],
    ['https://me:${PASS}@h/@x', 'https://***@h/@x'],
    ['https://${P:-a@b}@h/', 'https://${P:-***}@h/'],
    ['https:me:${PASS}@h/', '***@h/'],
    ['https://h/$${x}', 'https://h/$${x}'],
  ])('T53 shows %j as %j, whatever its expansion', (written, shown) => {
    expect(shownUrl('https://user:secret@elsewhere.example.com/?k=v', written)).toBe(shown);
  });

  it('masks a URL without variables like any other', () => {
    expect(shownUrl('https://u:p@h/?a=b')).toBe('https://***@h/?a=***');
  });
});
