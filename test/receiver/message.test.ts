import { describe, expect, it } from 'vitest';
import type { Template } from '../../src/core/action.ts';
import { fillUrl } from '../../src/core/filling/template.ts';
import { understand } from '../../src/receiver/press/message.ts';
import { routeAt, routesOf, targetOf } from '../../src/receiver/press/routes.ts';
import { noteOf } from '../../src/receiver/tell/note.ts';
import { actionOf, message } from './world.ts';

const parsed = (): { messages: [Record<string, unknown>] } => JSON.parse(message());

describe('a message', () => {
  it('is a press, with any user and with few known members (facts 33–36)', () => {
    const { messages } = parsed();
    const [{ incident: _incident, ...rest }] = messages;
    const bare = { messages: [{ event: 'incident.custom', id: 'x', incident: { id: 'PINC1' } }] };
    expect(understand(bare, undefined)).toMatchObject({
      kind: 'press',
      press: { id: 'x', user: { id: '', name: '' }, service: { id: '', name: '' }, incident: { title: '' } },
    });
    expect(understand({ messages: [rest] }, 'x')).toMatchObject({ kind: 'other' });
  });

  it('prefers the id of the header to that of the message', () => {
    expect(understand(parsed(), 'header')).toMatchObject({ press: { id: 'header' } });
    expect(understand(parsed(), undefined)).toMatchObject({ press: { id: 'm-1' } });
  });

  it.each([
    ['nothing', null, /not a JSON object/],
    ['a text', 'x', /not a JSON object/],
    ['no messages', {}, /no `messages`/],
    ['an empty list', { messages: [] }, /`messages` is empty/],
    ['an invalid message', { messages: [null] }, /not a JSON object/],
    ['an incident that leads elsewhere', JSON.parse(message({ incident: '../users/me' })), /no incident/],
    ['Event Orchestration', { __pd_metadata: { incident: { id: 'PINC1' } } }, /Event Orchestration/],
    ['Statuspage', { meta: { unsubscribe: 'u' }, page: { id: 'x' }, incident: {} }, /Statuspage/],
  ])('T60: is ignored, with the reason: %s', (_, body, why) => {
    expect(understand(body, undefined)).toMatchObject({ kind: 'other', why: expect.stringMatching(why) });
  });

  it('T40: is ignored without a usable id, because a duplicate could not be detected', () => {
    expect(understand(JSON.parse(message({ id: 'a\nb' })), undefined)).toMatchObject({
      kind: 'other',
      why: expect.stringContaining('neither a usable X-Webhook-Id'),
    });
  });

  it('T60: counts each message of a batch by its own id, or by its position', () => {
    const [one] = parsed().messages;
    const { id: _id, ...nameless } = one;
    const batch = understand({ messages: [one, { ...one, id: 'm-2' }, nameless] }, 'header');
    if (batch.kind !== 'batch') throw new Error('it is no batch');
    const ids = batch.parts.map((part) => ('press' in part ? part.press.id : part.kind));
    expect(ids).toEqual(['m-1', 'm-2', 'header/2']);
  });

  it('hides the secret of the webhook everywhere (fact 36)', () => {
    expect(JSON.stringify(understand(parsed(), undefined))).not.toMatch(/correct-horse|login:pass/);
  });
});

describe('the table of paths', () => {
  it('refuses two actions on one path, and the path of the health check', () => {
    const url = 'https://other.example.com/hooks/a';
    expect(() => routesOf([actionOf('a', {}), actionOf('b', {}, { url })], () => true)).toThrow(
      /which "a" also has/,
    );
    const health = actionOf('a', {}, { url: 'https://x.example/healthz' });
    expect(() => routesOf([health], () => true)).toThrow(/health check/);
  });

  const perService = (...url: Template) => ({
    url: fillUrl(url, { name: '${service.name}', id: '${service.id}' }),
    perService: { label: [], url, renamedFrom: [], written: { label: '', url: '' }, objectTo: () => [] },
  });
  const ID = { service: 'id' } as const;
  const HOOKS = 'https://hooks.example.com/hooks/';

  it('finds an action whose path contains its service, and refuses an ambiguous one', () => {
    const own = actionOf('a', {}, perService(HOOKS, ID, '/now#x'));
    const routes = routesOf([own, actionOf('b', {})], () => true);
    const at = (url: string) => {
      const target = targetOf(url);
      return target && routeAt(routes, target)?.action;
    };
    expect(['/hooks/PX1/now', '/hooks/%50X1/now', '/hooks/b'].map(at)).toEqual(['a', 'a', 'b']);
    expect(['/hooks/PX1', '/hooks//now', '/hooks/P/X/now', '/hooks/${service.id}'].map(at)).toEqual(
      Array.from({ length: 4 }),
    );
    const other = actionOf('c', {}, { url: `${HOOKS}c/now` });
    expect(() => routesOf([own, other], () => true)).toThrow(/which "a" also has/);
    const alike = actionOf('d', {}, perService(HOOKS, { service: 'name' }, '/now'));
    expect(() => routesOf([own, alike], () => true)).toThrow(/which "a" also has/);
  });

  it('refuses a query that names the service', () => {
    const own = actionOf('a', {}, perService(`${HOOKS}a?service=`, ID));
    expect(() => routesOf([own], () => true)).toThrow(/cannot match/);
    const fixed = actionOf('a', {}, perService(HOOKS, ID, '?key=1'));
    expect(routesOf([fixed], () => true).size).toBe(1);
  });

  it('keeps the old path of an action that names its service', () => {
    const previous = { ...perService(HOOKS, 'old/', ID), headers: null };
    const routes = routesOf([actionOf('a', {}, { ...perService(HOOKS, 'new/', ID), previous })], () => true);
    const target = targetOf('/hooks/old/PX1');
    expect(target && routeAt(routes, target)).toMatchObject({ action: 'a', isOldPath: true });
  });

  it('lists actions without a secret', () => {
    const routes = routesOf([actionOf('a', {}), actionOf('b', {})], ({ key }) => key === 'b');
    expect([...routes.values()].map(({ isProtected }) => isProtected)).toEqual([false, true]);
  });
});

describe('a message with endless nesting', () => {
  const deep = (levels: number): string =>
    message().replace('"title"', `"body":${'{"a":['.repeat(levels)}${']}'.repeat(levels)},"title"`);

  it('is cut at the depth that scripts cannot read, and only there', () => {
    const understood = understand(JSON.parse(deep(20_000)), undefined);
    if (understood.kind !== 'press') throw new Error('the message is not a press');
    const text = JSON.stringify(understood.press.message);
    expect(text).toContain('"(left out: nested too deeply)"');
    expect(text.length).toBeLessThan(3000);
    const shallow = understand(JSON.parse(deep(20)), undefined);
    expect(JSON.stringify(shallow)).not.toContain('left out');
  });
});

describe('a note', () => {
  const told = { label: 'Restart', id: 'm-1', user: '', clean: (text: string) => text };

  it('ends with the last lines of a long output', () => {
    const output = Array.from({ length: 500 }, (_, n) => `line ${n}`).join('\n');
    const note = noteOf(told, { kind: 'succeeded', how: 'succeeded', ms: 1234, output });
    expect(note).toMatch(
      /^pdactions: "Restart" succeeded after 1\.2 s \(press m-1\)\. Output:\n\n…line 460\n/,
    );
    expect(note).toMatch(/line 499$/);
  });

  it('reports missing output', () => {
    expect(noteOf(told, { kind: 'failed', how: 'failed with exit code 2', ms: 0, output: '\n' })).toBe(
      'pdactions: "Restart" failed with exit code 2 after 0.0 s (press m-1). No output.',
    );
  });

  it('never ends in the middle of a character', () => {
    for (const output of ['😀'.repeat(2000), `x${'😀'.repeat(2000)}`]) {
      const note = noteOf(told, { kind: 'succeeded', how: 'succeeded', ms: 1, output });
      expect(() => encodeURIComponent(note)).not.toThrow();
      expect(note).toContain('…😀');
    }
    const named = { ...told, label: `${'x'.repeat(199)}😀` };
    const note = noteOf(named, { kind: 'succeeded', how: 'succeeded', ms: 1, output: '' });
    expect(() => encodeURIComponent(note)).not.toThrow();
  });
});
