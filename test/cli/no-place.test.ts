import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stateFolder } from '../../src/cli/files/state-folder.ts';
import { LocalIoError } from '../../src/errors.ts';
import { temporaryFolder } from '../helpers/in-process.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const CLI = join(ROOT, 'bin/pdactions.js');

/** A user without an entry in passwd. Only root can switch to it, and only if Node is in a folder that other users may read. */
const NOBODY = { uid: 54_321, gid: 54_321 };
const CAN_BE_ANOTHER =
  process.getuid?.() === 0 && spawnSync(process.execPath, ['-e', '0'], { cwd: '/', ...NOBODY }).status === 0;

describe('without a place for files', () => {
  it.skipIf(process.platform === 'win32')('reports that the working directory is gone', () => {
    const folder = join(temporaryFolder(), 'gone');
    const script = 'mkdir "$1" && cd "$1" && rmdir "$1" && exec "$2" "$3" validate';
    const { status, stderr } = spawnSync('sh', ['-c', script, 'sh', folder, process.execPath, CLI], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: temporaryFolder() },
    });
    expect(stderr).toContain('the working directory no longer exists');
    expect(stderr).not.toMatch(/at .*\.js:\d+|uv_cwd/);
    expect(status).toBe(9);
  });

  it.runIf(CAN_BE_ANOTHER)(
    'runs without HOME and passwd entry, and reports a missing home when data is needed',
    () => {
      const cwd = temporaryFolder();
      // The checkout may be in a folder that only its owner can read.
      const program = temporaryFolder();
      chmodSync(program, 0o755);
      for (const part of ['bin', 'dist']) cpSync(join(ROOT, part), join(program, part), { recursive: true });
      const run = (...argv: string[]) =>
        spawnSync(process.execPath, [join(program, 'bin/pdactions.js'), ...argv], {
          encoding: 'utf8',
          cwd,
          ...NOBODY,
          env: { PATH: process.env.PATH },
        });
      // Either this user cannot read the folder, or it contains no config: no crash in both cases.
      expect(run('validate').stderr).not.toMatch(/bug|uv_os/);
      expect(run('list', '--sandbox')).toMatchObject({
        status: 9,
        stderr: expect.stringContaining('this user has no home directory'),
      });
    },
  );

  it('names the fix', () => {
    const nowhere = { home: () => '', env: {} };
    expect(() => stateFolder(nowhere, '--state ./x')).toThrow(LocalIoError);
    expect(stateFolder({ ...nowhere, env: { XDG_STATE_HOME: '/s' } }, '')).toBe(join('/s', 'pdactions'));
    expect(stateFolder({ home: () => '/h', env: {} }, '')).toBe(join('/h', '.local', 'state', 'pdactions'));
  });
});
