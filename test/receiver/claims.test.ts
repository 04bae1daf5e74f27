import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Claims, openClaims as open } from '../../src/receiver/ledger/claims.ts';
import { type LedgerLock, lockFor } from '../../src/receiver/ledger/lock.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';

const claim = (id: string) => ({ id, action: 'a', incident: 'P1' });

const NO_LOCK: LedgerLock = { isHeld: () => true, release: () => undefined };
/** A disk that confirms everything at once. */
const AT_ONCE = async (): Promise<void> => undefined;
const openClaims = (file: string, most: number): Claims => open(file, most, NO_LOCK, AT_ONCE);
/** With the lock, as a receiver opens it. */
const openAlone = async (file: string): Promise<Claims> =>
  open(file, 10, await lockFor(file, createVirtualClock()));

describe('the file of claims', () => {
  it('survives a line that was cut off anywhere', async () => {
    const file = join(temporaryFolder(), 'state');
    const claims = openClaims(file, 10);
    await claims.take({ id: 'one', action: 'a', incident: 'P1' }, null);
    await claims.take({ id: 'two', action: 'a', incident: 'P2' }, null);
    await claims.close();
    const text = readFileSync(file, 'utf8');
    for (let length = text.indexOf('\n'); length <= text.length; length += 1) {
      writeFileSync(file, text.slice(0, length));
      const again = openClaims(file, 10);
      await again.take({ id: 'three', action: 'a', incident: 'P3' }, null);
      await again.close();
      const last = openClaims(file, 10);
      expect(last.has('three')).toBe(true);
      expect(last.has('one')).toBe(length >= text.indexOf('\n', text.indexOf('one')));
      await last.close();
    }
  });

  it('forgets the oldest, and stays small', async () => {
    const file = join(temporaryFolder(), 'state');
    const claims = openClaims(file, 10);
    for (let n = 0; n < 500; n += 1) {
      await claims.take(claim(`m-${n}`), null);
      claims.finish(`m-${n}`);
    }
    await claims.close();
    expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThan(60);
    const again = openClaims(file, 10);
    expect(again.has('m-499')).toBe(true);
    expect(again.has('m-489')).toBe(false);
    expect(again.unfinished).toEqual([]);
  });

  it('stays small when its lines are few and long', async () => {
    const file = join(temporaryFolder(), 'state');
    const claims = openClaims(file, 1000);
    await claims.take(claim('one'), null);
    const note = 'x'.repeat(1024 ** 2);
    for (let n = 0; n < 16; n += 1) claims.owe('one', note);
    expect(statSync(file).size).toBeGreaterThan(16 * note.length);
    await claims.take(claim('two'), null);
    expect(statSync(file).size).toBeLessThan(2 * note.length);
    await claims.close();
  });

  it('continues when it cannot be made smaller', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'state');
    const claims = openClaims(file, 10);
    // A folder occupies the path of the new file.
    mkdirSync(`${file}.new`);
    for (let n = 0; n < 100; n += 1) await claims.take(claim(`m-${n}`), null);
    await claims.close();
    rmdirSync(`${file}.new`);
    const again = openClaims(file, 10);
    expect(again.has('m-99')).toBe(true);
    await again.close();
    await expect(again.take({ id: 'x', action: 'a', incident: 'P1' }, null)).rejects.toThrow(/closed/);
  });

  it('keeps the progress of each press over a restart, and over compaction', async () => {
    const file = join(temporaryFolder(), 'state');
    const claims = openClaims(file, 5);
    for (const id of ['waits', 'runs', 'notes', 'ends']) await claims.take(claim(id), null);
    await claims.begin('runs');
    claims.owe('notes', 'what it did\n"all" of it');
    claims.finish('ends');
    await claims.close();
    for (let restart = 0; restart < 2; restart += 1) {
      const again = openClaims(file, 5);
      expect(again.unfinished.map(({ id, progress }) => [id, progress])).toEqual([
        ['waits', 'waiting'],
        ['runs', 'begun'],
        ['notes', 'noting'],
      ]);
      expect(again.unfinished.at(-1)).toMatchObject({ note: 'what it did\n"all" of it' });
      await again.close();
    }
  });

  it('keeps the names of a press until it is done, for the lines and notes of the next start', async () => {
    const file = join(temporaryFolder(), 'state');
    const names = { number: '7', title: 'Checkout is down', user: 'Jane Doe' };
    const claims = openClaims(file, 5);
    for (const id of ['runs', 'ends']) {
      await claims.take({ ...claim(id), ...names }, null);
      await claims.begin(id);
    }
    claims.finish('ends');
    await claims.close();
    const again = openClaims(file, 5);
    expect(again.unfinished).toEqual([{ ...claim('runs'), ...names, progress: 'begun' }]);
    expect(readFileSync(file, 'utf8').split('Jane Doe')).toHaveLength(2);
    await again.close();
  });

  it.each([
    ['text', '# my notes\n', /is not a state file, and was left unchanged/],
    ['another JSON file', '{"at":"2026-11-24","action":"a"}\n', /is not a state file/],
    ['a file of a later version', '{"pdactions":"taken messages","version":2}\n', /another version/],
  ])('leaves %s unchanged', async (_, text, why) => {
    const file = join(temporaryFolder(), 'precious');
    writeFileSync(file, text);
    await expect(openAlone(file)).rejects.toThrow(why);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it('does not even read a file that is far too large', () => {
    const file = join(temporaryFolder(), 'huge');
    writeFileSync(file, '');
    truncateSync(file, 8 * 1024 ** 3);
    expect(() => openClaims(file, 10)).toThrow(/too large to be a state file/);
  });

  it('counts unreadable lines, and reads the others', async () => {
    const file = join(temporaryFolder(), 'state');
    const claims = openClaims(file, 10);
    await claims.take(claim('one'), null);
    await claims.close();
    appendFileSync(file, '\n{"take":"tw\n[]\n\0\0\0\n{"take":"three","action":"a","incident":"P1"}');
    const again = openClaims(file, 10);
    expect([again.damaged, again.has('one'), again.has('three')]).toEqual([3, true, true]);
    await again.close();
  });

  it('accepts nothing after another process has replaced it, and makes a new one if it was deleted', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'state');
    const claims = openClaims(file, 10);
    await claims.take(claim('one'), null);
    rmSync(file);
    await claims.take(claim('two'), null);
    expect(readFileSync(file, 'utf8')).toMatch(/"one".*\n.*"two"/);
    writeFileSync(join(folder, 'other'), readFileSync(file));
    renameSync(join(folder, 'other'), file);
    await expect(claims.take(claim('three'), null)).rejects.toThrow(/another process has replaced it/);
    expect(claims.has('three')).toBe(false);
    await claims.close();
  });
});

describe('the disk', () => {
  /** A disk that confirms on command, and the number of its syncs. */
  function slowDisk() {
    const asked: { confirm(): void; fail(): void }[] = [];
    const sync = (): Promise<void> =>
      new Promise((confirm, reject) => asked.push({ confirm, fail: () => reject(new Error('EIO')) }));
    const when = async (count: number): Promise<void> => {
      while (asked.length < count) await new Promise(setImmediate);
    };
    return { asked, sync, when };
  }
  const openOn = (file: string, { sync }: ReturnType<typeof slowDisk>): Claims =>
    open(file, 100, NO_LOCK, sync);

  it('confirms all waiting messages at once, in order', async () => {
    const disk = slowDisk();
    const claims = openOn(join(temporaryFolder(), 'state'), disk);
    const taken: string[] = [];
    const take = (id: string): void =>
      void claims.take(claim(id), null).then((result) => taken.push(`${id} ${result}`));
    take('one');
    await disk.when(1);
    for (const id of ['two', 'three', 'two', 'four']) take(id);
    await new Promise(setImmediate);
    expect([taken, claims.has('one')]).toEqual([[], false]);
    disk.asked[0]?.confirm();
    await disk.when(2);
    expect(taken).toEqual(['one new']);
    const begun = claims.begin('one');
    disk.asked[1]?.confirm();
    await disk.when(3);
    expect(taken.slice(1).sort()).toEqual(['four new', 'three new', 'two duplicate', 'two new']);
    expect(taken.filter((one) => one.endsWith('new')).slice(1)).toEqual(['two new', 'three new', 'four new']);
    disk.asked[2]?.confirm();
    await begun;
    expect(disk.asked).toHaveLength(3);
    await claims.close();
  });

  it('that fails costs the messages waiting for it, and is tried again with a new file', async () => {
    const disk = slowDisk();
    const file = join(temporaryFolder(), 'state');
    const claims = openOn(file, disk);
    const taken = ['one', 'two', 'one'].map((id) => claims.take(claim(id), null));
    const settled = Promise.allSettled(taken);
    await disk.when(1);
    disk.asked[0]?.fail();
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect([claims.has('one'), claims.has('two')]).toEqual([false, false]);
    const again = claims.take(claim('two'), null);
    await disk.when(2);
    disk.asked[1]?.confirm();
    expect(await again).toBe('new');
    await claims.close();
    expect(readFileSync(file, 'utf8')).not.toContain('one');
  });

  it('is awaited at the end', async () => {
    const disk = slowDisk();
    const file = join(temporaryFolder(), 'state');
    const claims = openOn(file, disk);
    const taken = claims.take(claim('one'), null);
    const closed = claims.close();
    await disk.when(1);
    disk.asked[0]?.confirm();
    expect(await taken).toBe('new');
    await closed;
    expect(readFileSync(file, 'utf8')).toContain('one');
  });
});

describe('the lock', () => {
  const PARENT = process.ppid;

  it('keeps a second receiver away while the first one runs', async () => {
    const file = join(temporaryFolder(), 'state');
    // If the start of a process is unknown, its id alone must do.
    writeFileSync(`${file}.lock`, JSON.stringify({ pid: PARENT, began: null }));
    await expect(openAlone(file)).rejects.toThrow(
      `another receiver (process ${PARENT}) is using the state file`,
    );
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ['a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, began: '1' })],
    ['a process whose number was reused', JSON.stringify({ pid: PARENT, began: '1' })],
    ['an unknown holder', '{"pi'],
  ])('of %s delays no start', async (_, lock) => {
    const file = join(temporaryFolder(), 'state');
    writeFileSync(`${file}.lock`, lock);
    const claims = await openAlone(file);
    await claims.take(claim('one'), null);
    await claims.close();
    expect(existsSync(`${file}.lock`)).toBe(false);
  });
});
