import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Template } from '../../src/core/action.ts';
import { matchesPattern, patternsMeet, urlPattern } from '../../src/core/filling/pattern.ts';
import { fillText, fillUrl, writtenText } from '../../src/core/filling/template.ts';
import { anyCharacter } from '../helpers/characters.ts';

const NAME = { service: 'name' } as const;
const ID = { service: 'id' } as const;
const checkout = { id: 'PCHECK1', name: 'Checkout API' };

describe('a text with references to the service', () => {
  it('is filled in unchanged in a label, and percent-encoded in a URL', () => {
    const template: Template = ['Restart ', NAME, ' (', ID, ')'];
    expect(fillText(template, checkout)).toBe('Restart Checkout API (PCHECK1)');
    expect(fillUrl(['https://h.example/', NAME, '?s=', ID], checkout)).toBe(
      'https://h.example/Checkout%20API?s=PCHECK1',
    );
    expect(writtenText(template)).toBe('Restart ${service.name} (${service.id})');
  });

  it('T20: never changes the origin, and never leaves its segment or parameter, whatever the name of the service', () => {
    const hostile = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.constantFrom(
        '/../..',
        '@evil.example',
        '?x=1',
        '#',
        '\\\\evil',
        '\'"&=',
        '%2f..%2f',
        '\r\nHost: x',
        '\ud800',
      ),
    );
    fc.assert(
      fc.property(hostile, (name) => {
        const url = new URL(
          fillUrl(['https://h.example/a/x', NAME, '/b?one=x', NAME, '&two=2'], { id: 'P1', name }),
        );
        expect(url.origin).toBe('https://h.example');
        expect(url.pathname.split('/')).toHaveLength(4);
        expect([...url.searchParams.keys()]).toEqual(['one', 'two']);
        expect(decodeURIComponent(url.pathname.split('/')[2] ?? '')).toBe(
          `x${name.replace(/\p{Cs}/gu, '\ufffd')}`,
        );
      }),
    );
  });
});

describe('the pattern of a URL', () => {
  const pattern = urlPattern(['/restart/', NAME, '-', ID, '/now']);

  it.each([
    ['/restart/a-b/now', true],
    ['/restart/Checkout%20API-P1/now', true],
    ['/restart/a%2Fb-P1/now', true],
    ['/restart/a--b/now', true],
    ['/restart/a-/now', false],
    ['/restart/-b/now', false],
    ['/restart/ab/now', false],
    ['/restart/a-b/c-d/now', false],
    ['/restart/a-b/now/', false],
    ['/Restart/a-b/now', false],
  ])('%s: %s', (path, matches) => {
    expect(matchesPattern(pattern, path)).toBe(matches);
  });

  it('matches its own results', () => {
    const part = fc.oneof(fc.constantFrom(NAME, ID), fc.stringMatching(/^[a-z/._-]{1,5}$/));
    const name = fc.string({ minLength: 1, unit: fc.constantFrom('a', '-', '/', ' ', 'ü', '%', '?') });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), name, (parts, text) => {
        const service = { id: 'P1', name: text };
        expect(matchesPattern(urlPattern(parts), fillUrl(parts, service))).toBe(true);
        expect(patternsMeet(urlPattern(parts), urlPattern([fillUrl(parts, service)]))).toBe(true);
      }),
    );
  });

  it('T56: takes no longer for a text that nearly matches', () => {
    const many = urlPattern(['/', ...Array.from({ length: 20 }, () => [NAME, '-'] as const).flat(), 'x']);
    expect(matchesPattern(many, `/${'a-'.repeat(100_000)}`)).toBe(false);
  });

  it.each([
    [['/a/', ID], ['/a/b'], true],
    [['/a/', ID], ['/b/', ID], false],
    [['/a/', ID], ['/a/', ID, '/x'], false],
    [['/a/x', ID], ['/a/', NAME], true],
    [['/a/x', ID], ['/a/y', NAME], false],
  ] as [Template, Template, boolean][])('%j and %j meet: %s', (a, b, meet) => {
    expect(patternsMeet(urlPattern(a), urlPattern(b))).toBe(meet);
  });
});
