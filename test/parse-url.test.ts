import { expect, it } from 'vitest';
import { parseUrl, percentDecoded } from '../src/parse-url.ts';

it('gives the same result on every call', () => {
  // `URL.canParse` of Node 20 refuses this one from some 6,000 calls on.
  for (let count = 0; count < 50_000; count += 1) {
    if (parseUrl('https://münchen.example/') === undefined) expect(count).toBe(Infinity);
  }
  expect(parseUrl('https://münchen.example/x')?.host).toBe('xn--mnchen-3ya.example');
});

it('takes a base, and gives nothing for an invalid URL', () => {
  expect(parseUrl('/x', 'https://a.example.com/y')?.href).toBe('https://a.example.com/x');
  expect([parseUrl('/x'), parseUrl('https://'), parseUrl('')]).toEqual([undefined, undefined, undefined]);
});

it('decodes valid percent-encoding', () => {
  expect(['a%40b', '%zz', '%', ''].map(percentDecoded)).toEqual(['a@b', '%zz', '%', '']);
});
