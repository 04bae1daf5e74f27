import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type OutputFolder, openOutputFile } from '../../src/receiver/run/output-file.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { receive, SECRET } from './world.ts';

const NAME = '20261128T050000000Z-restart-m_1.log';
const ABOUT = { action: 'restart', id: 'm/1' };

function folderFor(more: Partial<OutputFolder> = {}): OutputFolder & { readonly failures: unknown[] } {
  const failures: unknown[] = [];
  return {
    folder: temporaryFolder(),
    most: 1_000_000,
    files: 3,
    now: () => Date.UTC(2026, 10, 28, 5),
    redact: (text) => text.replaceAll(SECRET, '[redacted]'),
    onFailure: (error) => failures.push(error),
    failures,
    ...more,
  };
}

function kept(options: OutputFolder, ...chunks: readonly string[]): string {
  const file = openOutputFile(ABOUT, options);
  for (const chunk of chunks) file.add(Buffer.from(chunk));
  file.end();
  return readFileSync(join(options.folder, NAME), 'utf8');
}

describe('--output-dir', () => {
  it('keeps the whole output of a run, for its owner alone', async () => {
    const outputFolder = temporaryFolder();
    const script = `process.stdout.write('x'.repeat(200_000) + ${JSON.stringify(SECRET)}); console.error('end')`;
    const world = await receive({ script, receiver: { outputFolder } });
    await world.press();
    await world.told('noted');
    const [name = ''] = readdirSync(outputFolder);
    expect(name).toMatch(/^\d{8}T\d{9}Z-restart-m-1\.log$/);
    const text = readFileSync(join(outputFolder, name), 'utf8');
    expect(text.replace('end\n', '')).toBe(`${'x'.repeat(200_000)}[redacted]`);
    expect(text).toContain('end\n');
    expect(statSync(join(outputFolder, name)).mode & 0o777).toBe(0o600);
  });

  it('removes a secret wherever the chunks are cut', () => {
    const text = `${'a'.repeat(9000)}${SECRET}${'b'.repeat(9000)}`;
    for (const size of [1, 7, 4095, 8999, 9003]) {
      const chunks = text.match(new RegExp(`.{1,${size}}`, 'g')) ?? [];
      expect(kept(folderFor(), ...chunks)).toBe(text.replace(SECRET, '[redacted]'));
    }
  });

  it('never cuts a character in two', () => {
    const options = folderFor();
    const file = openOutputFile(ABOUT, options);
    for (const byte of Buffer.from('größer 😀')) file.add(Buffer.from([byte]));
    file.end();
    expect(readFileSync(join(options.folder, NAME), 'utf8')).toBe('größer 😀');
  });

  it('is bounded: the size of a file, and the number of files', () => {
    expect(kept(folderFor({ most: 10 }), 'x'.repeat(50_000))).toBe(
      `${'x'.repeat(10)}\n[pdactions: cut after 10 bytes]\n`,
    );
    const options = folderFor();
    for (const day of [1, 2, 3, 4])
      writeFileSync(join(options.folder, `2026010${day}T000000000Z-a-b.log`), '');
    writeFileSync(join(options.folder, 'notes.txt'), 'mine');
    kept(options, 'x');
    expect(readdirSync(options.folder).sort()).toEqual([
      '20260103T000000000Z-a-b.log',
      '20260104T000000000Z-a-b.log',
      NAME,
      'notes.txt',
    ]);
  });

  it('T59: follows no planted link, and the run continues without a file', () => {
    const options = folderFor();
    const target = join(temporaryFolder(), 'victim');
    writeFileSync(target, 'theirs');
    symlinkSync(target, join(options.folder, NAME));
    const file = openOutputFile(ABOUT, options);
    file.add(Buffer.from('x'.repeat(20_000)));
    file.end();
    expect(readFileSync(target, 'utf8')).toBe('theirs');
    expect(options.failures).toMatchObject([{ code: 'EEXIST' }]);
  });

  it('reports that a file cannot be written', async () => {
    const outputFolder = join(temporaryFolder(), 'gone');
    const world = await receive({ receiver: { outputFolder } });
    await world.press();
    expect(await world.told('record-failed')).toMatchObject([
      { id: 'm-1', detail: 'its output could not be saved (ENOENT)' },
    ]);
    await world.told('succeeded');
    mkdirSync(outputFolder);
    await world.press({ id: 'm-2' });
    await world.told('succeeded', 2);
    expect(readdirSync(outputFolder)).toHaveLength(1);
  });
});
