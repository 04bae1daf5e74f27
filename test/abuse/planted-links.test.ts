import { lchownSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectAppendable, listenStateFile } from '../../src/cli/commands/listen/state.ts';
import { LocalIoError } from '../../src/errors.ts';
import { readContent, replaceFile } from '../../src/receiver/ledger/claims-file.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { temporaryFolder } from '../helpers/in-process.ts';

/** A link to a file of another user. */
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

  it('are not followed by --state if another user owns them, directly or at the end of an own one', async () => {
    const { link, untouched } = planted();
    const own = `${link}-own`;
    symlinkSync(link, own);
    for (const file of [link, own]) {
      await expect(stateFileOf(file, another(link))).rejects.toMatchObject({
        name: LocalIoError.name,
        message: expect.stringContaining(`is reached by a link of another user, ${link}`),
      });
    }
    untouched();
  });

  it('are followed by --state if the user owns them: such a link is intended', async () => {
    const { link } = planted();
    expect(await stateFileOf(link, process.getuid?.())).toMatch(/victim$/);
  });

  it('are not followed when the state file is rewritten', () => {
    const { link, untouched } = planted();
    const file = `${link}-state`;
    symlinkSync(link, `${file}.new`);
    replaceFile(file, []);
    expect(readContent(file)).toEqual({ taken: new Map(), damaged: 0 });
    untouched();
  });
});

function stateFileOf(file: string, user: number | undefined): Promise<string> {
  return listenStateFile(file, 0, { cwd: '/', home: () => '/', env: {} }, user);
}

/** A user who does not own the link. Links of root are trusted, so a test that runs as root gives the link away first. */
function another(link: string): number {
  const own = process.getuid?.() ?? 0;
  if (own !== 0) return own + 1;
  lchownSync(link, 4711, 4711);
  return 4712;
}
