import { beforeAll, describe, expect, it } from 'vitest';
import { withoutCuts } from '../../src/cut.ts';
import { renderTable, truncateLine } from '../../src/ui/render/table.ts';
import { displayWidth, loadWidths } from '../../src/ui/render/width.ts';
import { type Line, line, plain as plainOf, styled } from '../../src/ui/text/text.ts';

const plain = (parts: Line): string => withoutCuts(plainOf(parts));

const columns = [
  { title: 'SERVICE', grouped: true, flexible: true },
  { title: 'LABEL', maxWidth: 12 },
  { title: 'N', align: 'right' as const },
];
const rows = [
  [['Checkout API'], ['Restart Server'], ['1']],
  [['Checkout API'], [styled('ok', 'Add')], ['10']],
  [['결제 서비스'], ['Status'], ['100']],
];

const terminal = (width = 80) => renderTable(columns, rows, { terminal: true, width }).map(plain);

beforeAll(() => loadWidths());

describe('renderTable', () => {
  it('aligns on a terminal by displayed width, and omits repeats', () => {
    expect(terminal()).toEqual([
      'SERVICE       LABEL           N',
      'Checkout API  Restart Ser…    1',
      '              Add            10',
      '결제 서비스   Status        100',
    ]);
  });

  it('makes every line of a terminal equally wide, and keeps styles', () => {
    const lines = renderTable(columns, rows, { terminal: true, width: 80 });
    expect(new Set(lines.map((parts) => displayWidth(plain(parts))))).toEqual(new Set([31]));
    expect(lines[2]).toContainEqual({ text: 'Add', style: 'ok' });
    expect(lines[0]).toContainEqual({ text: 'LABEL', style: 'muted' });
  });

  it('cuts flexible columns where the terminal is narrow', () => {
    expect(terminal(27)).toEqual([
      'SERVICE   LABEL           N',
      'Checkou…  Restart Ser…    1',
      '          Add            10',
      '결제 서…  Status        100',
    ]);
  });

  it('cuts them to eight columns at least: less would be meaningless', () => {
    expect(terminal(10)).toEqual(terminal(26));
    expect(terminal(26)[1]).toBe('Checkou…  Restart Ser…    1');
  });

  it('cuts a column in the middle on request', () => {
    const url = 'https://automation.example.com/pagerduty/restart';
    const [, row] = renderTable([{ title: 'URL', flexible: true, cut: 'middle' }], [[[url]]], {
      terminal: true,
      width: 21,
    });
    expect(plain(row ?? [])).toBe('https://au…ty/restart');
  });

  it('ends each line with its last cell, not with spaces', () => {
    const cells = [
      [['a'], ['long'], ['']],
      [['b'], ['x'], []],
    ];
    const titles = [{ title: 'A' }, { title: 'B' }, { title: 'C' }];
    expect(renderTable(titles, cells, { terminal: true, width: 80 }).map(plain)).toEqual([
      'A  B     C',
      'a  long',
      'b  x',
    ]);
  });

  it('cuts preferred columns before any other', () => {
    const wide = [
      { title: 'SERVICE', flexible: true },
      { title: 'URL', flexible: 'first' as const },
    ];
    const cells = [[['Checkout API'], ['https://a.example.com']]];
    const at = (width: number) => renderTable(wide, cells, { terminal: true, width }).map(plain)[1];
    expect(at(30)).toBe('Checkout API  https://a.examp…');
    expect(at(20)).toBe('Checkout …  https:/…');
  });

  it('omits an optional column that is empty, on a terminal only', () => {
    const some = [{ title: 'A' }, { title: 'B', optional: true }, { title: 'C' }];
    const show = (b: string, terminal = true) =>
      renderTable(some, [[['a'], [b], ['c']]], { terminal, width: 80 }).map(plain);
    expect(show('')).toEqual(['A  C', 'a  c']);
    expect(show('b')).toEqual(['A  B  C', 'a  b  c']);
    expect(show('', false)).toEqual(['a\t\tc']);
  });

  it('writes complete rows and tabs into a pipe, with no header', () => {
    expect(renderTable(columns, rows, { terminal: false, width: 10 }).map(plain)).toEqual([
      'Checkout API\tRestart Server\t1',
      'Checkout API\tAdd\t10',
      '결제 서비스\tStatus\t100',
    ]);
  });

  it('T01: measures the displayed text, escapes included', () => {
    const lines = renderTable(
      [{ title: 'A' }, { title: 'B' }],
      [
        [['\x1b[0m'], ['x']],
        [['abc'], ['y']],
      ],
      {
        terminal: true,
        width: 80,
      },
    );
    expect(lines.map(plain)).toEqual(['A      B', '^[[0m  x', 'abc    y']);
  });

  it('shows no header over nothing', () => {
    expect(renderTable(columns, [], { terminal: true, width: 80 })).toEqual([]);
  });

  it('keeps a repeat whose group changed', () => {
    const grouped = [
      { title: 'A', grouped: true },
      { title: 'B', grouped: true },
    ];
    const cells = [
      [['a'], ['x']],
      [['b'], ['x']],
    ];
    expect(renderTable(grouped, cells, { terminal: true, width: 80 }).map(plain)).toEqual([
      'A  B',
      'a  x',
      'b  x',
    ]);
  });
});

describe('truncateLine', () => {
  it.each([
    ['fits', 'abc', 3, 'abc'],
    ['too long', 'abcd', 3, 'ab…'],
    ['wide characters', '결제결제', 4, '결…'],
    ['emoji', '💳💳', 3, '💳…'],
  ])('%s', (_name, text, width, shown) => {
    expect(plain(truncateLine(line(text), width))).toBe(shown);
  });

  it('cuts across spans', () => {
    const spans = truncateLine(line('ab', styled('ok', 'cd'), 'ef'), 4);
    const shown = spans.map((span) =>
      typeof span === 'string' ? span : { ...span, text: withoutCuts(span.text) },
    );
    expect(shown).toEqual([{ text: 'ab' }, { text: 'c', style: 'ok' }, { text: '…', style: 'ok' }]);
  });
});
