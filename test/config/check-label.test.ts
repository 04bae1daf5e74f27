import { describe, expect, it } from 'vitest';
import { checkLabel, foldLabel } from '../../src/config/check/label.ts';
import { load, problemsOf } from './world.ts';

const REFUSED: readonly (readonly [name: string, label: string, message: RegExp])[] = [
  ['empty', '', /is empty/],
  ['spaces only', '  ', /is empty/],
  ['braille without dots', '\u2800 \u2800', /is empty/],
  ['space at the end', 'Restart ', /begins or ends with a space/],
  ['line break', 'Restart\nServer', /a line break/],
  ['line separator U+2028', 'Restart\u2028Server', /a line break/],
  ['tab', 'Restart\tServer', /U\+0009/],
  ['C1 control', 'Restart\u009bServer', /U\+009B/],
  ['NUL', 'Restart\u0000Server', /U\+0000/],
  ['lone surrogate', 'Restart \ud800', /an unpaired surrogate/],
  ...[0x202a, 0x202e, 0x2066, 0x2069, 0x200b, 0x200c, 0x200d, 0xfeff, 0xe0041, 0xad, 0x34f].map(
    (code) =>
      [
        `U+${code.toString(16)}`,
        `Restart${String.fromCodePoint(code)}Server`,
        /invisible character U\+/,
      ] as const,
  ),
  ['200 combining marks', `Restart${'\u0301'.repeat(200)}`, /more than eight combining marks/],
];

describe('checkLabel', () => {
  it.each(REFUSED)('T02 refuses %s', (_name, label, message) => {
    expect(checkLabel(label)).toMatchObject({ ok: false, message: expect.stringMatching(message) });
  });

  it.each(['Restart Server', 'Überprüfen', '再起動', 'Neustart ⚙️', "Café's “best”", 'إعادة'])(
    'takes %s',
    (label) => {
      expect(checkLabel(label)).toEqual({ ok: true, value: label, warnings: [] });
    },
  );

  it('T02 takes invisible characters if allowed, but never controls or halves', () => {
    const options = { allowUnicodeControls: true };
    expect(checkLabel('می‌خواهم', options).ok).toBe(true);
    expect(checkLabel('a\nb', options).ok).toBe(false);
    expect(checkLabel('a\u0007b', options).ok).toBe(false);
    expect(checkLabel('a\udc00b', options).ok).toBe(false);
  });

  it('T13 refuses a label of 1 MB at once', () => {
    expect(checkLabel('x'.repeat(1_000_000))).toMatchObject({
      ok: false,
      message: expect.stringMatching(/longer than 255/),
    });
  });

  it('counts characters, not code units', () => {
    expect(checkLabel('😀'.repeat(255)).ok).toBe(true);
    expect(checkLabel('😀'.repeat(256)).ok).toBe(false);
  });
});

describe('labels that look the same', () => {
  it('T02 folds characters that look the same', () => {
    expect(foldLabel('Cafe\u0301')).toBe(foldLabel('Café'));
    expect(foldLabel('Re\u200bstart')).toBe('Restart');
    expect(foldLabel('Restart\u00a0Server')).toBe('Restart Server');
  });

  it('T02 refuses two of them in one file, naming both', async () => {
    const result = await load(
      JSON.stringify(
        {
          actions: {
            one: { label: 'Café', url: 'https://hooks.example.com/1' },
            two: { label: 'Cafe\u0301', url: 'https://hooks.example.com/2' },
          },
          services: { A: ['one'], B: ['two'] },
        },
        null,
        1,
      ),
    );
    expect(problemsOf(result)).toEqual([
      '7:3 actions.two.label: this label looks the same as the one of "one" (line 3), but differs from it',
    ]);
  });

  it('takes the same label twice on different services, and refuses it on one', async () => {
    const actions = {
      one: { label: 'Restart', url: 'https://hooks.example.com/1' },
      two: { label: 'Restart', url: 'https://hooks.example.com/2' },
    };
    expect((await load(JSON.stringify({ actions, services: { A: ['one'], B: ['two'] } }))).ok).toBe(true);
    expect(
      problemsOf(await load(JSON.stringify({ actions, services: { A: ['one', 'two'] } }, null, 1))),
    ).toEqual(['15:4 services.A[1]: "two" has the same label as "one" on the same service']);
  });
});
