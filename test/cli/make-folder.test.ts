import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../src/cli/files/make-folder.ts';
import { runCli, temporaryFolder } from '../helpers/in-process.ts';

describe('a folder', () => {
  it('is made with its parents, in the requested mode', async () => {
    const path = join(temporaryFolder(), 'a', 'b');
    await makeFolder(path, 0o700);
    await makeFolder(path, 0o700);
    expect(statSync(path).isDirectory()).toBe(true);
    if (process.platform !== 'win32') expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
  });

  it('is not made in place of a file', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    await expect(makeFolder(join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(folder, 'file', 'a'))).rejects.toMatchObject({ code: 'EEXIST' });
  });

  it.runIf(existsSync('/proc/self/fd'))(
    'T20: fails at once where the file system refuses folders',
    async () => {
      await expect(makeFolder('/proc/self/fd/a/b')).rejects.toMatchObject({ code: 'ENOENT' });
      for (const argv of [
        ['list', '--sandbox'],
        ['sandbox', 'reset'],
      ]) {
        const result = await runCli(argv, { env: { XDG_STATE_HOME: '/proc/self/fd/a' } });
        expect(result).toMatchObject({
          code: 9,
          stderr: expect.stringContaining('cannot be created (ENOENT)'),
        });
        expect(result.stderr).toContain('--sandbox=./sandbox.json');
      }
    },
  );
});
