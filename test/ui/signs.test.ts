import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { showsUnicode } from '../../src/ui/locale.ts';
import { createProgress } from '../../src/ui/progress.ts';
import { renderTable, truncateLine } from '../../src/ui/render/table.ts';
import { signed, toAscii } from '../../src/ui/text/signs.ts';
import { styled } from '../../src/ui/text/text.ts';
import { recordingIo } from './io-world.ts';

const SRC = resolve(import.meta.dirname, '../../src');
const ASCII = /^[\n -~]*$/;

/** Signs outside the terminal: web pages, Markdown, notes in PagerDuty, and replacements for characters of outside texts. */
const ELSEWHERE = [
  /^sandbox\/page\//,
  /^cli\/commands\/slots\/slots-page\//,
  /^ui\/render\/(?:github|slots-page)\//,
  /^ui\/render\/(?:markdown|csv|code-span)\.ts$/,
  /^receiver\/tell\/note\.ts$/,
  /^ui\/gate\//,
  /^pagerduty\/http\/failure\.ts$/,
];
/** Signs that are parsed or measured but not printed; the gate replaces the `…` of a cut. */
const NOT_SHOWN: readonly (readonly [file: string, code: string])[] = [
  ['cut.ts', "const SHOWN = '…';"],
  ['config/parse/parse-json.ts', '/[“”„«»‘’]/.test('],
  ['cli/ask/on-many.ts', 'replace(/^ *[✗→] /'],
  ['ui/render/width.ts', ''],
  ['ui/text/wrap.ts', 'const BREAKS = '],
];
/** Signs of tables or helpers that pass through `signed`, or that a prompt's theme draws. */
const THROUGH_SIGNED: readonly (readonly [file: string, code: string])[] = [
  ['ui/text/signs.ts', ''],
  ['cli/activity.ts', "return ['"],
  ['cli/activity.ts', "'← ',"],
  ['cli/ask/pick-service.ts', "'reading …'"],
  ['cli/ask/pick-service.ts', 'reading more …'],
  ['cli/ask/pick-service.ts', "'reading their actions …'"],
  ['ui/prompt/finder.ts', "['↑↓', 'navigate']"],
  ['ui/prompt/finder.ts', "['⏎', "],
  ['ui/prompt/finder.ts', "display(parts.join(' · '))"],
  ['ui/prompt/live-input.ts', "['⏎', 'accept']"],
  ['ui/prompt/theme.ts', 'mark('],
  ['ui/render/plan/plan.ts', "enable: ['↻', 'ok']"],
  ['ui/render/plan/plan-groups.ts', "remark('muted', '·', "],
  ['ui/render/report.ts', "['✓', 'ok']"],
  ['ui/render/report.ts', "['≠', 'warn']"],
  ['ui/render/report.ts', "['✗', 'error']"],
  ['ui/render/plan/slots.ts', '.repeat('],
  ['ui/render/plan/slots.ts', '${slotDots(used + delta)}'],
];

/** The lines of code with non-ASCII characters, without comments. */
function beyondAscii(): { file: string; code: string }[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /\.(?:ts|js|html)$/.test(file))
    .flatMap((file) =>
      readFileSync(join(SRC, file), 'utf8')
        .split('\n')
        .filter((code) => !ASCII.test(code) && !/^\s*(?:\*|\/\/|\/\*)/.test(code))
        .map((code) => ({ file, code: code.trim() })),
    );
}

const isOneOf = (
  list: readonly (readonly [file: string, code: string])[],
  { file, code }: { file: string; code: string },
): boolean => list.some(([where, part]) => where === file && code.includes(part));

describe('the signs in the sources', () => {
  const found = beyondAscii().filter(({ file }) => !ELSEWHERE.some((place) => place.test(file)));

  it('are shown through `signed` only', () => {
    const loose = found.filter(
      (one) => !/\bsigned\(/.test(one.code) && !isOneOf(NOT_SHOWN, one) && !isOneOf(THROUGH_SIGNED, one),
    );
    expect(loose).toEqual([]);
  });

  it('have an ASCII twin each', () => {
    const shown = found.filter((one) => !isOneOf(NOT_SHOWN, one));
    expect(shown.length).toBeGreaterThan(30);
    for (const { code } of shown) expect(toAscii(code)).toMatch(ASCII);
  });

  it('have no unused exception', () => {
    const all = beyondAscii();
    for (const one of [...NOT_SHOWN, ...THROUGH_SIGNED]) {
      expect(
        all.some((place) => isOneOf([one], place)),
        one.join(': '),
      ).toBe(true);
    }
  });
});

describe('the characters that a terminal shows', () => {
  it.each([
    ['nothing', {}, false],
    ['LANG', { LANG: 'en_GB.UTF-8' }, true],
    ['another spelling', { LANG: 'de_DE.utf8' }, true],
    ['no charset', { LANG: 'en_GB' }, false],
    ['another charset', { LANG: 'de_DE.ISO-8859-1' }, false],
    ['C', { LANG: 'C' }, false],
    ['POSIX', { LANG: 'POSIX' }, false],
    ['C with a charset', { LANG: 'C.UTF-8' }, true],
    ['LC_CTYPE before LANG', { LC_CTYPE: 'C', LANG: 'en_GB.UTF-8' }, false],
    ['LC_ALL before both', { LC_ALL: 'en_GB.UTF-8', LC_CTYPE: 'C', LANG: 'C' }, true],
    ['an empty one is not set', { LC_ALL: '', LC_CTYPE: '', LANG: 'en_GB.UTF-8' }, true],
  ])('depend on the locale: %s', (_name, env, shows) => {
    expect(showsUnicode(env, 'linux')).toBe(shows);
  });

  it('depend on the system without a locale', () => {
    expect(showsUnicode({}, 'darwin')).toBe(true);
    expect(showsUnicode({ LANG: 'C' }, 'darwin')).toBe(false);
    expect(showsUnicode({ LANG: 'en_GB.UTF-8' }, 'win32')).toBe(false);
    expect(showsUnicode({ WT_SESSION: '1' }, 'win32')).toBe(true);
    expect(showsUnicode({ TERM_PROGRAM: 'vscode' }, 'win32')).toBe(true);
  });
});

describe('a terminal that shows ASCII only', () => {
  const own = [signed('ok', '✓ '), 'Restart → ✓ … ●', styled('muted', ' · café')];

  it("gets twins for this program's signs, and outside texts unchanged", () => {
    const { io, stdout, stderr } = recordingIo({
      stdout: true,
      stderr: true,
      env: { LANG: 'C', NO_COLOR: '1' },
    });
    io.out(own);
    io.say(own);
    expect([stdout.text, stderr.text]).toEqual(Array(2).fill('v Restart → ✓ … ● · café\n'));
    expect(io.paint(own)).toBe('v Restart → ✓ … ● · café');
  });

  it('is each stream by itself: the bytes of a pipe never follow the locale', () => {
    const { io, stdout, stderr } = recordingIo({ stderr: true, env: { LANG: 'C', NO_COLOR: '1' } });
    io.out(own);
    io.say(own);
    io.data('{"label":"→"}');
    expect(stdout.text).toBe('✓ Restart → ✓ … ● · café\n{"label":"→"}\n');
    expect(stderr.text).toContain('v Restart');
  });

  it('keeps the columns of a table: the twin of a cut is as wide', () => {
    const { io, stdout } = recordingIo({ stdout: true, env: { LANG: 'C', NO_COLOR: '1' } });
    const columns = [
      { title: 'SLOTS' },
      { title: 'URL', flexible: true, cut: 'middle' as const },
      { title: 'ACTION', maxWidth: 8 },
      { title: 'ID' },
    ];
    const rows = [
      [[signed('accent', '●●○')], ['https://automation.example.com/restart'], ['Restart Server'], ['PA']],
      [[signed('accent', '○○○')], ['https://a.example.com'], ['Status'], ['PB']],
    ];
    for (const parts of renderTable(columns, rows, { terminal: true, width: 40 })) io.out(parts);
    expect(stdout.text).toBe(
      [
        'SLOTS  URL                  ACTION    ID',
        '**o    https://a~m/restart  Restart~  PA',
        'ooo    https://a~ample.com  Status    PB',
        '',
      ].join('\n'),
    );
  });

  it('wraps below a sign that is a letter there', () => {
    const { io, stderr } = recordingIo({ stderr: true, columns: 20, env: { LANG: 'C', NO_COLOR: '1' } });
    io.say([signed('error', '✗ '), 'three services are full already']);
    io.say([signed('accent', '  → '), 'Delete one of them before']);
    expect(stderr.text).toBe('x three services are\n  full already\n  -> Delete one of\n     them before\n');
  });

  it('has an ASCII bar and spinner', () => {
    const { io, stderr } = recordingIo({ stderr: true, env: { LANG: 'C', NO_COLOR: '1' } });
    const progress = createProgress(io, { now: () => 0 } as never, {
      title: 'applying',
      total: 4,
      ticker: () => () => undefined,
    });
    progress.advance(2);
    progress.done();
    expect(stderr.text).toContain('applying 0/4 ....................');
    expect(stderr.text.replaceAll('\r\u001b[2K', '')).toMatch(ASCII);
  });

  it('drops the twin of a span whose text was changed', () => {
    const { io, stdout } = recordingIo({ stdout: true, env: { LANG: 'C', NO_COLOR: '1' } });
    io.out(truncateLine([signed('ok', '●●●●●')], 3));
    io.out([signed(undefined, ' … ')]);
    expect(stdout.text).toBe('●●~\n ... \n');
  });
});
