import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listenRoutes } from '../../src/cli/receiving/routes.ts';
import { judgeCredentials } from '../../src/receiver/press/credentials.ts';
import { routesOf } from '../../src/receiver/press/routes.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { listenContext } from './listen-context.ts';
import { actionOf, PATH, receive, SECRET } from './world.ts';

const OLD = 'Bearer 8jWe-former-staple-11';
const header = (value: string) => [{ name: 'Authorization', value, source: '${SECRET}' }];

describe('while a secret is rotated', () => {
  it('accepts the old value, too, reports that, and refuses any other', async () => {
    const previous = { url: `https://hooks.example.com/hooks/b`, headers: header(OLD) };
    const world = await receive({ more: [actionOf('b', {}, { previous })] });
    const press = (id: string, authorization: string, path = '/hooks/b') =>
      world.press({ id, path, headers: { authorization } });
    expect((await press('m-1', SECRET)).status).toBe(202);
    expect(world.events.filter(({ event }) => event === 'old-secret')).toEqual([]);
    expect((await press('m-2', OLD)).status).toBe(202);
    expect(await world.told('old-secret')).toMatchObject([{ level: 'warn', action: 'b', peer: '127.0.0.1' }]);
    expect((await press('m-3', `${OLD}x`)).status).toBe(401);
    // The old secret is valid for the rotated action only.
    expect((await press('m-4', OLD, PATH)).status).toBe(401);
  });

  it('accepts an old query and an old path', () => {
    const url = 'https://hooks.example.com/hooks/b?key=new';
    const routes = routesOf(
      [actionOf('b', {}, { url, previous: { url: url.replace('new', 'old'), headers: null } })],
      () => true,
    );
    const { credentials = [] } = routes.get('/hooks/b') ?? {};
    const judged = (query: string) =>
      judgeCredentials(credentials, { authorization: [SECRET] }, query).judgement;
    expect(['?key=new', '?key=old', '?key=x'].map(judged)).toEqual(['ok', 'old', 'wrong']);
    const moved = routesOf(
      [actionOf('b', {}, { previous: { url: 'https://hooks.example.com/hooks/former', headers: null } })],
      () => true,
    );
    expect(moved.get('/hooks/former')).toMatchObject({ action: 'b', isOldPath: true });
  });
});

describe('--also-accept', () => {
  let folder = '';
  const write = (headers: Readonly<Record<string, string>>): void => {
    folder = temporaryFolder();
    const handler = { command: ['true'] };
    const actions = { a: { label: 'A', url: 'https://hooks.example.com/a', headers, handler } };
    writeFileSync(
      join(folder, 'pdactions.config.json'),
      JSON.stringify({ actions, services: { 'Checkout API': ['a'] } }),
    );
  };
  const ENV = { NEW: 'k7Qz-correct-horse-99', OLD: '8jWe-former-staple-11', WHOLE: OLD };
  const routes = async (alsoAccept: readonly string[], env: Readonly<Record<string, string>> = ENV) => {
    const context = listenContext(folder, env);
    return listenRoutes(await context.config(), context, { host: '127.0.0.1', alsoAccept });
  };
  const judged = async (alsoAccept: readonly string[]) => {
    const { credentials = [] } = (await routes(alsoAccept)).get('/a') ?? {};
    return judgeCredentials(credentials, { authorization: [OLD] }, '').judgement;
  };

  it('names a variable of the config, or a header', async () => {
    write({ Authorization: 'Bearer ${NEW}' });
    expect(await judged([])).toBe('wrong');
    expect(await judged(['NEW=OLD'])).toBe('old');
    expect(await judged(['authorization=WHOLE'])).toBe('old');
    expect(await judged(['authorization=OLD'])).toBe('wrong');
  });

  it.each([
    [['NEW'], /needs NAME=VAR/],
    [['NEW=UNSET'], /UNSET, which is not set/],
    [['OTHER=OLD'], /no action in the config has a variable or header called OTHER/],
    [['NEW=OLD', 'NEW=WHOLE'], /has NEW twice/],
  ])('is refused as %j', async (pairs, message) => {
    write({ Authorization: 'Bearer ${NEW}' });
    await expect(routes(pairs)).rejects.toThrow(message);
  });
});
