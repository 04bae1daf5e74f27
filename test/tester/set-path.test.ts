import { describe, expect, it } from 'vitest';
import { parseSetting, withSetting } from '../../src/tester/set-path.ts';

const MESSAGE = { id: 'x', incident: { title: 'a', n: 1 }, log_entries: [{ summary: 's' }] };
const set = (text: string) => withSetting(MESSAGE, parseSetting(text));

describe('--set', () => {
  it.each([
    ['incident.title=Disk full', { ...MESSAGE, incident: { title: 'Disk full', n: 1 } }],
    ['incident.title=a=b', { ...MESSAGE, incident: { title: 'a=b', n: 1 } }],
    ['incident.n=2', { ...MESSAGE, incident: { title: 'a', n: 2 } }],
    ['incident.title="2"', { ...MESSAGE, incident: { title: '2', n: 1 } }],
    [
      'incident.body.details={"host":"db1"}',
      { ...MESSAGE, incident: { title: 'a', n: 1, body: { details: { host: 'db1' } } } },
    ],
    ['log_entries.0.summary=', { ...MESSAGE, log_entries: [{ summary: '' }] }],
    ['log_entries.1.summary=t', { ...MESSAGE, log_entries: [{ summary: 's' }, { summary: 't' }] }],
    ['messages.0.incident.n=null', { ...MESSAGE, incident: { title: 'a', n: null } }],
  ])('%s', (text, expected) => {
    expect(set(text)).toEqual(expected);
    expect(MESSAGE.incident).toEqual({ title: 'a', n: 1 });
  });

  it.each([
    ['title', 'must be path=value'],
    ['=x', 'must be path=value'],
    ['a..b=x', 'must be path=value'],
    ['__proto__.x=1', 'must be path=value'],
    ['id=1', 'each check uses a new one'],
    ['messages.0=1', 'each check uses a new one'],
    ['incident.title.x=1', 'neither an object nor a list'],
    ['log_entries.5.x=1', 'no list item at'],
    ['log_entries.x=1', 'no list item at'],
  ])('refuses %s', (text, message) => {
    expect(() => set(text)).toThrow(message);
  });
});
