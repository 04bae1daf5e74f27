/**
 * End-to-end scripts: every `*.script` here is a terminal session with the built program, against a sandbox of its own. Files come
 * first (`--- name`, then their lines), then the session: `$ command`, its output, `! ` before lines of stderr, `= code` if that is not
 * 0. A replayed session must match its file; `vitest -u` rewrites the file, for review.
 */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fileOf, play, SCRIPTS } from './play.ts';

/** Another one in each run, because no output may depend on it (T53). */
const secret = (): string => `canary-${randomBytes(6).toString('hex')}`;

describe('sessions', () => {
  it('exist', () => {
    expect(SCRIPTS.length).toBeGreaterThan(4);
  });

  it.each(SCRIPTS)('%s is unchanged, and T53 the same for every secret', async (name) => {
    const one = await play(name, secret());
    // Recorded with another secret.
    await expect(one.text).toMatchFileSnapshot(fileOf(name));
    // Files are not recorded.
    if (Object.keys(one.written).length > 0) expect(await play(name, secret())).toEqual(one);
  });
});
