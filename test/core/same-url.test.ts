import { describe, expect, it } from 'vitest';
import { mayBeStoredAs, sameUrl } from '../../src/core/same/same-url.ts';

const HOST = 'https://automation.example.com';

describe('F46: an endpoint that PagerDuty may have stored in another form', () => {
  it.each([
    ['lower case', '/Restart/Server', '/restart/server'],
    ['lower case in the query', '/x?Team=Payments', '/x?team=payments'],
    ['decoded escapes', '/restart%2Fall', '/restart/all'],
    ['entities', '/x?a=1&b=2', '/x?a=1&amp;b=2'],
    ['no final slash', '/restart/', '/restart'],
    ['single slashes', '/hooks//restart', '/hooks/restart'],
    ['a cut', `/${'a'.repeat(200)}`, `/${'a'.repeat(120)}`],
    ['no fragment, and lower case', '/Restart#Top', '/restart'],
  ])('%s', (_, wanted, stored) => {
    expect(mayBeStoredAs(HOST + wanted, HOST + stored)).toBe(true);
  });

  it.each([
    ['another path', `${HOST}/restart`, `${HOST}/diagnose`],
    ['a prefix that is a separate endpoint', `${HOST}/restart/server`, `${HOST}/restart`],
    ['another host', 'https://b.example.com/Restart', `${HOST}/restart`],
    ['another port', `${HOST}:8443/Restart`, `${HOST}/restart`],
    ['another scheme', 'http://automation.example.com/Restart', `${HOST}/restart`],
    ['another query', `${HOST}/x?id=1`, `${HOST}/x?id=2`],
    ['no URL', `${HOST}/x`, null],
    ['an invalid URL', `${HOST}/x`, '--redacted--'],
  ])('%s is not one', (_, wanted, stored) => {
    expect(mayBeStoredAs(wanted, stored)).toBe(false);
  });
});

describe('the same endpoint', () => {
  it.each([
    ['without the fragment', '/x?a=1#top', '/x?a=1', true],
    ['without an empty fragment', '/x#', '/x', true],
    ['without an empty query', '/x?', '/x', true],
    ['without an empty query before a fragment', '/x?#top', '/x', true],
    ['a question mark as the query', '/x??', '/x', false],
    ['escapes in lower case', '/a%2Fb', '/a%2fb', true],
    ['unnecessary escapes', '/%61', '/a', true],
    ['a redacted value', '/x?key=1&b=2', '/x?key=--redacted--&b=2', true],
    ['a redacted value, escaped', '/x?key=1', '/x?key=%2Dr%65dacted-', true],
    ['a redacted value beside another one', '/x?key=1&b=2', '/x?key=--redacted--&b=3', false],
  ])('%s', (_, wanted, live, same) => {
    expect(sameUrl(HOST + wanted, HOST + live)).toBe(same);
  });

  it('is distinguished from others after any number of comparisons', () => {
    for (let index = 0; index < 600; index += 1) {
      const at = index % 300;
      expect(sameUrl(`${HOST}/x${at}`, `${HOST}/x${at}#`)).toBe(true);
      expect(sameUrl(`${HOST}/x${at}`, `${HOST}/x${at + 1}#`)).toBe(false);
    }
  });
});
