import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKeeper } from '../../src/sandbox/keeping/keeper.ts';
import { settingsOf } from '../../src/sandbox/keeping/settings.ts';
import { stateOf } from '../../src/sandbox/seed/account.ts';
import { parseSeed } from '../../src/sandbox/seed/seed.ts';
import { temporaryFolder } from '../helpers/in-process.ts';

/** A keeper of an account that the test can replace, and the contents of its file. */
function kept() {
  const file = join(temporaryFolder(), 'account.json');
  let account = 'first';
  const keeper = createKeeper(file, () => {
    const seed = parseSeed({ account });
    return { state: stateOf(seed, 'token', 0), settings: settingsOf(seed) };
  });
  return {
    change(name: string): Promise<void> {
      account = name;
      keeper.touch();
      return keeper.save();
    },
    save: () => keeper.save(),
    onDisk: (): unknown => JSON.parse(readFileSync(file, 'utf8')).account,
  };
}

describe('a keeper', () => {
  it('writes changes made during a write before it resolves, again and again', async () => {
    const { change, onDisk } = kept();
    for (const round of [1, 2, 3]) {
      const running = change(`before-${round}`);
      await change(`during-${round}`);
      expect(onDisk()).toBe(`during-${round}`);
      await running;
    }
  });

  it('makes callers without a change wait for the current write', async () => {
    const { change, save, onDisk } = kept();
    void change('second');
    await save();
    expect(onDisk()).toBe('second');
  });
});
