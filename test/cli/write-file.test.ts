import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openPendingFile } from '../../src/cli/files/write-file.ts';
import { temporaryFolder } from '../helpers/in-process.ts';

describe('a written file', () => {
  it('T22: is readable by its owner only, even if it replaces a readable one', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'plan.json'), 'old', { mode: 0o644 });
    const file = await openPendingFile('plan.json', folder);
    expect(readFileSync(join(folder, 'plan.json'), 'utf8')).toBe('old');
    await file.commit('new');
    expect(readFileSync(join(folder, 'plan.json'), 'utf8')).toBe('new');
    expect(statSync(join(folder, 'plan.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['plan.json']);
  });

  it('T22: takes the place of a planted link, and leaves its target alone', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'target'), 'precious');
    symlinkSync(join(folder, 'target'), join(folder, 'plan.json'));
    await (await openPendingFile('plan.json', folder)).commit('new');
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('precious');
    expect(readFileSync(join(folder, 'plan.json'), 'utf8')).toBe('new');
  });

  it('F36: fails before any other work if it cannot be written', async () => {
    const folder = temporaryFolder();
    await expect(openPendingFile('missing/plan.json', folder)).rejects.toMatchObject({
      kind: 'local-io',
      reason: 'local_io',
      message: expect.stringContaining('ENOENT'),
    });
  });

  it('leaves nothing behind if it cannot be put in place, or is cancelled', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'plan.json'));
    const blocked = await openPendingFile('plan.json', folder);
    await expect(blocked.commit('new')).rejects.toMatchObject({ kind: 'local-io' });
    await (await openPendingFile('other.json', folder)).discard();
    expect(readdirSync(folder)).toEqual(['plan.json']);
  });
});
