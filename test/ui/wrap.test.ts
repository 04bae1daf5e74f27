import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../src/ui/text/columns.ts';
import { line, plain, styled } from '../../src/ui/text/text.ts';
import { wrapLine } from '../../src/ui/text/wrap.ts';
import { runs } from '../helpers/runs.ts';
import { recordingIo } from './io-world.ts';

function rows(text: string, width: number): string[] {
  return wrapLine([text], width).map(plain);
}

describe('a long line on a terminal', () => {
  it('is left alone when it fits', () => {
    expect(rows('just ten!!', 10)).toEqual(['just ten!!']);
  });

  it('breaks between words, and indents below its mark', () => {
    expect(rows('  → Check the path and its permissions.', 20)).toEqual([
      '  → Check the path',
      '    and its',
      '    permissions.',
    ]);
    expect(rows('      url      https://a.example.com/a → https://a.example.com/b', 46)).toEqual([
      '      url      https://a.example.com/a',
      '               → https://a.example.com/b',
    ]);
  });

  it('keeps text to copy in one piece, and leaves a longer word to the terminal', () => {
    expect(rows('Run `pdactions delete PABC --yes` now', 30)).toEqual([
      'Run',
      '`pdactions delete PABC --yes`',
      'now',
    ]);
    expect(rows('see https://a.example.com/a/b/c now', 20)).toEqual([
      'see',
      'https://a.example.com/a/b/c',
      'now',
    ]);
  });

  it('keeps columns together', () => {
    expect(rows('web-api  ●○○ → ●●○  PWEB', 8)).toEqual(['web-api  ●○○', '→ ●●○  PWEB']);
  });

  it('keeps each style with its words', () => {
    const parts = line(styled('warn', 'warning: '), 'one two ', styled('ok', 'three'));
    expect(wrapLine(parts, 12)).toEqual([
      [{ text: 'warning: ', style: 'warn' }, { text: 'one' }],
      [{ text: 'two ' }, { text: 'three', style: 'ok' }],
    ]);
  });

  it('loses only the spaces at breaks, and is no wider than necessary', () => {
    const word = fc.stringMatching(/^[a-z再`]{1,9}$/);
    const text = fc.array(word, { minLength: 1, maxLength: 20 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 60 }), (content, width) => {
        const found = rows(content, width);
        expect(found.map((row) => row.trim()).join(' ')).toBe(content);
        for (const row of found) {
          const breakable = row
            .trim()
            .replace(/`[^`]*`/g, '')
            .includes(' ');
          if (breakable) expect(columnsOf(row)).toBeLessThanOrEqual(width);
        }
      }),
      { numRuns: runs(200) },
    );
  });
});

describe('lines that break', () => {
  const text = 'several words in one line';

  it('are notes on a terminal, and data only if it is prose', () => {
    const { io, stdout, stderr } = recordingIo({ stdout: true, stderr: true, columns: 15 });
    io.say(line(text));
    io.out(line(text));
    io.out(line(text), { prose: true });
    const broken = 'several words\nin one line\n';
    expect(stderr.text).toBe(broken);
    expect(stdout.text).toBe(`${text}\n${broken}`);
  });

  it('do not exist in a pipe, or in a CI log', () => {
    const piped = recordingIo({ columns: 15 });
    const runner = recordingIo({ stderr: true, columns: 15, env: { GITHUB_ACTIONS: 'true' } });
    for (const { io, stderr } of [piped, runner]) {
      io.say(line(text));
      expect(stderr.text).toBe(`${text}\n`);
    }
  });
});
