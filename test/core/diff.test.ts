import { describe, expect, it } from 'vitest';
import { diffAction } from '../../src/core/diff.ts';
import { isRedacted } from '../../src/core/same/redacted.ts';
import { sameUrl } from '../../src/core/same/same-url.ts';
import { header, live, service, spec } from '../helpers/actions.ts';

describe('comparing two endpoints', () => {
  it.each([
    ['equal', 'https://a.example.com/x', 'https://a.example.com/x', true],
    ['host case and default port', 'https://A.example.com:443/x', 'https://a.example.com/x', true],
    ['missing slash', 'https://a.example.com', 'https://a.example.com/', true],
    ['dropped fragment', 'https://a.example.com/x#top', 'https://a.example.com/x', true],
    ['dropped query mark', 'https://a.example.com/x?', 'https://a.example.com/x', true],
    ['case of escapes', 'https://a.example.com/a%2fb', 'https://a.example.com/a%2Fb', true],
    ['an unnecessary escape', 'https://a.example.com/%7Eme/a b', 'https://a.example.com/~me/a%20b', true],
    ['an escape added', 'https://a.example.com/a|b?q=é', 'https://a.example.com/a%7Cb?q=%c3%a9', true],
    ['a significant escape', 'https://a.example.com/a%2Fb', 'https://a.example.com/a/b', false],
    ['an escaped percent sign', 'https://a.example.com/%2541', 'https://a.example.com/%41', false],
    ['a final slash of a path', 'https://a.example.com/x', 'https://a.example.com/x/', false],
    ['another query', 'https://a.example.com/x?a=1', 'https://a.example.com/x', false],
    ['another port', 'https://a.example.com:8443/x', 'https://a.example.com/x', false],
    ['another scheme', 'http://a.example.com/x', 'https://a.example.com/x', false],
    ['another path', 'https://a.example.com/x', 'https://a.example.com/y', false],
    ['path case', 'https://a.example.com/X', 'https://a.example.com/x', false],
    ['no live URL', 'https://a.example.com/x', null, false],
    ['all of it redacted', 'https://a.example.com/x', '--redacted--', true],
    ['userinfo redacted', 'https://u:p@a.example.com/x', 'https://redacted:redacted@a.example.com/x', true],
    [
      'userinfo redacted as a whole',
      'https://u:p@a.example.com/x',
      'https://--redacted--@a.example.com/x',
      true,
    ],
    ['password redacted', 'https://u:p@a.example.com/x', 'https://u:%2D%2Dredacted--@a.example.com/x', true],
    [
      'password redacted, another user',
      'https://v:p@a.example.com/x',
      'https://u:redacted@a.example.com/x',
      false,
    ],
    ['userinfo redacted, other host', 'https://u:p@b.example.com/', 'https://redacted@a.example.com/', false],
    ['query value redacted', 'https://a.example.com/?k=1&z=2', 'https://a.example.com/?k=redacted&z=2', true],
    [
      'query value redacted, another differs',
      'https://a.example.com/?k=1&z=2',
      'https://a.example.com/?k=redacted&z=3',
      false,
    ],
    [
      'query value redacted under another name',
      'https://a.example.com/?q=1',
      'https://a.example.com/?k=redacted',
      false,
    ],
    ['password redacted, none wanted', 'https://u@a.example.com/', 'https://u:redacted@a.example.com/', true],
    [
      'user redacted, another password',
      'https://u:p@a.example.com/',
      'https://redacted:q@a.example.com/',
      false,
    ],
    [
      'second of two values redacted',
      'https://a.example.com/?k=1&k=2',
      'https://a.example.com/?k=1&k=redacted',
      true,
    ],
    [
      'second of two values redacted, the first differs',
      'https://a.example.com/?k=9&k=2',
      'https://a.example.com/?k=1&k=redacted',
      false,
    ],
    ['not a URL at all', 'https://a.example.com/', 'nonsense', false],
  ])('%s', (_title, wanted, there, expected) => {
    expect(sameUrl(wanted, there)).toBe(expected);
  });
});

describe('redacted parts of a URL', () => {
  it.each(['--redacted--', '-- redacted --', 'redacted', 'REDACTED', '<redacted>', 'redacted value'])(
    '%s',
    (text) => {
      expect(isRedacted(text)).toBe(!/[<v]/.test(text));
    },
  );
});

it('lists header names that are added, removed and kept', () => {
  const checkout = service('Checkout API');
  const wanted = spec('Restart', { headers: [header('Authorization'), header('X-New')] });
  expect(diffAction(wanted, live('Restart', checkout, { headerNames: ['AUTHORIZATION', 'X-Old'] }))).toEqual([
    { field: 'headers', added: ['X-New'], removed: ['X-Old'], kept: ['Authorization'] },
  ]);
});
