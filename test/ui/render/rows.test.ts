import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { toCsv } from '../../../src/ui/render/csv.ts';
import { codeSpan, toMarkdownTable } from '../../../src/ui/render/markdown.ts';
import { type Format, renderRows, writeRows } from '../../../src/ui/render/rows.ts';
import { toYaml } from '../../../src/ui/render/yaml.ts';
import { line, styled } from '../../../src/ui/text/text.ts';
import { anyCharacter } from '../../helpers/characters.ts';
import { runs } from '../../helpers/runs.ts';
import { recordingIo } from '../io-world.ts';

const document = {
  columns: [
    { key: 'service', title: 'SERVICE' },
    { key: 'label', title: 'LABEL' },
    { key: 'used', title: 'USED', align: 'right' as const },
  ],
  rows: [
    { service: 'Checkout API', label: line(styled('ok', 'Restart'), ' Server'), used: 2 },
    { service: 'Search', label: null, used: 0 },
  ],
  json: { version: 1, services: [{ name: 'Checkout API', used: 2 }] },
};

async function written(format: Format, terminal = false): Promise<string> {
  const { io, stdout } = recordingIo({ stdout: terminal, env: { NO_COLOR: '1' } });
  await writeRows(io, format, document);
  return stdout.text;
}

describe('writeRows', () => {
  it('table on a terminal', async () => {
    expect(await written('table', true)).toBe(
      'SERVICE       LABEL           USED\nCheckout API  Restart Server     2\nSearch                           0\n',
    );
  });

  it('table in a pipe', async () => {
    expect(await written('table')).toBe('Checkout API\tRestart Server\t2\nSearch\t\t0\n');
  });

  it('json and yaml print the object for programs', async () => {
    expect(JSON.parse(await written('json'))).toEqual(document.json);
    expect(parse(await written('yaml'))).toEqual(document.json);
  });

  it('csv has its keys as a header', async () => {
    expect(await written('csv')).toBe('service,label,used\nCheckout API,Restart Server,2\nSearch,,0\n');
  });

  it('markdown', async () => {
    expect(await written('markdown')).toBe(
      '| SERVICE | LABEL | USED |\n| --- | --- | ---: |\n| `Checkout API` | `Restart Server` | 2 |\n| `Search` |  | 0 |\n',
    );
  });

  it('an empty list is an empty table, and still a document', async () => {
    const empty = { ...document, rows: [], json: { version: 1, services: [] } };
    const view = { terminal: true, width: 80 };
    expect(await renderRows(empty, 'table', view)).toEqual({ lines: [] });
    expect(await renderRows(empty, 'csv', view)).toEqual({ text: 'service,label,used\n' });
  });
});

describe('toCsv', () => {
  it.each([
    ['comma', 'a,b', '"a,b"'],
    ['quote', 'a "b"', '"a ""b"""'],
    ['line break', 'a\nb', 'a^Jb'],
    ['escape', '\x1b[2J', '^[[2J'],
    ['formula', '=HYPERLINK("http://evil")', '"\'=HYPERLINK(""http://evil"")"'],
    ['plus', '+1', "'+1"],
    ['minus', '-1', "'-1"],
    ['at', '@SUM(A1)', "'@SUM(A1)"],
    ['tab', '\t=1', "'^I=1"],
    ['carriage return', '\r=1', "'^M=1"],
    ['full-width', '＝1', "'＝1"],
    ['blanks before it', ' =1', "' =1"],
    ['a cell of its own where semicolons divide', 'a;=1+1;"@b', '"a;\'=1+1;""\'@b"'],
    ['semicolons as such', 'a; b;c', 'a; b;c'],
    ['honest', 'Checkout API', 'Checkout API'],
  ])('%s', (_name, text, cell) => {
    expect(toCsv([[text]])).toBe(`${cell}\n`);
  });

  it('leaves numbers alone, negative ones too', () => {
    expect(toCsv([[-5, 3]])).toBe('-5,3\n');
  });
});

describe('toYaml', () => {
  const UNSAFE = /[^\n\P{Cc}]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|##\w*\[/u;

  it('T01: escapes what a terminal would obey', () => {
    expect(toYaml({ label: 'a\x1b[2J\u202e', 'k\u200b': '##[x]' })).toBe(
      'label: "a\\e[2J\\u202e"\n"k\\u200b": "##\\u005bx]"\n',
    );
  });

  it('T01 T31 P9: anything comes back exactly, and nothing unsafe is printed', () => {
    const text = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 60 }),
      fc.constantFrom(
        '\n::error::x\n'.repeat(10),
        '\t',
        '\r\n',
        '- x',
        '##[a]',
        'true',
        '1e3',
        '\u{e0041}',
        '\ud800',
      ),
    );
    fc.assert(
      fc.property(fc.array(text), fc.dictionary(text, text), (list, record) => {
        const value = { list, record: { ...record } };
        const yaml = toYaml(value);
        expect(UNSAFE.test(yaml)).toBe(false);
        expect(yaml).not.toMatch(/^\s*::/m);
        expect(parse(yaml)).toEqual(value);
      }),
      { numRuns: runs(500) },
    );
  });
});

describe('T32: Markdown', () => {
  it.each([
    ['image', '![](http://evil/?x)', '`![](http://evil/?x)`'],
    ['HTML', '<img src=x>', '`<img src=x>`'],
    ['mention', '@team', '`@team`'],
    ['pipe', 'a|b', '`a\\|b`'],
    ['escaped pipe', 'a\\|b', '`a\\¦b`'],
    ['backtick', 'a`b', '``a`b``'],
    ['backticks at the ends', '``x``', '``` ``x`` ```'],
    ['line break', 'a\n| b |', '`a^J\\| b \\|`'],
    ['nothing', '  ', ''],
  ])('%s stays text', (_name, text, shown) => {
    expect(codeSpan(text)).toBe(shown);
  });

  it('whatever the cells, a row has its columns, and each text cell is one closed code span', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '|', '\\', '`', ' ', '<', '@', '\n', '!') });
    fc.assert(
      fc.property(cell, cell, (a, b) => {
        const row = toMarkdownTable([{ title: 'A' }, { title: 'B' }], [[a, b]]).split('\n')[2] ?? '';
        const cells = row.slice(2, -2).split(/(?<!\\)\|/);
        expect(cells).toHaveLength(2);
        for (const text of cells.map((part) => part.trim()).filter((part) => part !== '')) {
          const fence = /^`+/.exec(text)?.[0] ?? '';
          const inner = text.slice(fence.length, -fence.length);
          expect(text.endsWith(fence)).toBe(true);
          expect([...inner.matchAll(/`+/g)].map((run) => run[0])).not.toContain(fence);
        }
      }),
      { numRuns: runs(1000) },
    );
  });

  it('is cut at 60 KB, with the number of omitted rows', () => {
    const text = toMarkdownTable(
      [{ title: 'A' }],
      Array.from({ length: 10 }, () => ['x'.repeat(10_000)]),
    );
    expect(text.length).toBeLessThan(60_100);
    expect(text).toMatch(/\n… and 5 more rows\n$/);
  });
});
