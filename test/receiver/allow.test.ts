import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AccountReader } from '../../src/receiver/run/reader.ts';
import { receive } from './world.ts';

const reader = (teams: AccountReader['teams']): AccountReader => ({
  alerts: async () => [],
  trigger: async () => ({}),
  teams,
});
const inSre = reader(async (user) => (user === 'PUSER1' ? ['PTEAM1', 'SRE'] : []));
const away = reader(() => Promise.reject(new Error('HTTP 503')));

describe('handler.allow', () => {
  it.each<[readonly string[], AccountReader | undefined]>([
    [['PUSER1'], undefined],
    [['PUSER2', 'PUSER1', 'team:SRE'], away],
    [['team:SRE'], inSre],
    [['team:PTEAM1'], inSre],
  ])('%j lets PUSER1 press', async (allow, by) => {
    const world = await receive({ handler: { allow }, receiver: { reader: by } });
    expect((await world.press()).status).toBe(202);
    expect(await world.told('succeeded')).toHaveLength(1);
  });

  it.each<[readonly string[], AccountReader | undefined, RegExp]>([
    [['PUSER2'], inSre, /this user is not allowed to press it/],
    [['team:Web'], inSre, /this user is not allowed to press it/],
    [['SRE', 'PTEAM1'], inSre, /this user is not allowed to press it/],
    [['team:SRE'], away, /could not be read: HTTP 503/],
    [['team:SRE'], undefined, /no API token/],
  ])('%j refuses PUSER1 with a note, and runs nothing', async (allow, by, why) => {
    const world = await receive({ handler: { allow }, receiver: { reader: by } });
    expect((await world.press()).status).toBe(202);
    await world.told('noted');
    expect(world.notes).toEqual([{ incident: 'PINC1', content: expect.stringMatching(why) }]);
    expect(world.notes[0]?.content).toMatch(
      /"Restart Server" was not run \(pressed by Jane Doe, m-1\): .*`handler\.allow`/,
    );
    expect(await world.told('not-allowed')).toMatchObject([{ level: 'warn', user: 'Jane Doe', id: 'm-1' }]);
    expect(world.events.some(({ event }) => event === 'started')).toBe(false);
    // A refused press is finished: a second delivery is a duplicate.
    expect((await world.press()).status).toBe(200);
    expect(await (await fetch(`${world.url}/metrics`)).text()).toContain('outcome="not-allowed"} 1');
  });
});

describe('a slow handler', () => {
  const WAIT = `setInterval(() => require('fs').existsSync('go') && process.exit(), 5)`;

  it('leaves a note at its start, and one at its end', async () => {
    const world = await receive({ script: WAIT, limits: { startedNoteMs: 1 } });
    await world.press();
    await world.told('noted');
    expect(world.notes.map(({ content }) => content)).toEqual([
      expect.stringMatching(/"Restart Server" has been running for 0 s \(pressed by Jane Doe, m-1\)/),
    ]);
    writeFileSync(join(world.folder, 'go'), '');
    await world.told('noted', 2);
    expect(world.notes[1]?.content).toContain('"Restart Server" succeeded');
  });

  it.each(['on-failure', 'never'] as const)('leaves none with note: %s', async (note) => {
    const world = await receive({ script: WAIT, handler: { note }, limits: { startedNoteMs: 0 } });
    await world.press();
    await world.told('started');
    writeFileSync(join(world.folder, 'go'), '');
    await world.told('succeeded');
    expect(world.notes).toEqual([]);
  });

  it('reports a note that cannot be written', async () => {
    const addNote = (_: string, content: string): Promise<void> =>
      content.includes('has been running') ? Promise.reject(new Error('HTTP 500')) : Promise.resolve();
    const world = await receive({ script: WAIT, limits: { startedNoteMs: 1 }, receiver: { addNote } });
    await world.press();
    expect(await world.told('note-failed')).toMatchObject([{ level: 'warn', detail: 'HTTP 500' }]);
    writeFileSync(join(world.folder, 'go'), '');
    await world.told('noted');
  });
});
