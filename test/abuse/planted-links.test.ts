import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectAppendable } from '../../src/cli/commands/listen/state.ts';
import { LocalIoError } from '../../src/errors.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { temporaryFolder } from '../helpers/in-process.ts';

/** A link with a file of somebody else's at its end. */
function planted(): { readonly link: string; readonly untouched: () => void } {
  const folder = temporaryFolder();
  const [link, victim] = [join(folder, 'link'), join(folder, 'victim')];
  writeFileSync(victim, 'theirs');
  symlinkSync(victim, link);
  return { link, untouched: () => expect(readFileSync(victim, 'utf8')).toBe('theirs') };
}

describe('T59: planted links', () => {
  it('are not followed by --record', async () => {
    const { link, untouched } = planted();
    await expect(expectAppendable(link)).rejects.toThrow(/ELOOP/);
    untouched();
  });

  it('are not followed by --log', async () => {
    const { link, untouched } = planted();
    await expect(startSandbox({ logFile: link })).rejects.toMatchObject({
      name: LocalIoError.name,
      message: expect.stringContaining('could not be written'),
    });
    untouched();
  });
});
