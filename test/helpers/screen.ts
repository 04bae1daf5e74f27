import stringWidth from 'string-width';

/** The display of a terminal: enough of ANSI for readline, prompts, colours and status lines. Endlessly tall. */
export interface Screen {
  write(text: string): void;
  text(): string;
  cursor(): { row: number; column: number; visible: boolean };
}

const ESC = '\u001b';
/** A sequence after ESC: a control sequence, an operating system command, or one of the single-character ones. */
const SEQUENCE = /^(?:\[([?\d;]*)([A-Za-z])|\]\P{Cc}*\p{Cc}|[78=>])/u;

export function createScreen(columns: number): Screen {
  const rows: string[][] = [[]];
  let row = 0;
  let column = 0;
  let visible = true;

  const current = (): string[] => {
    while (rows.length <= row) rows.push([]);
    return rows[row] as string[];
  };

  function show(char: string): void {
    if (char === '\n') {
      // A terminal's driver turns a line feed into both.
      row += 1;
      column = 0;
    } else if (char === '\r') column = 0;
    else if (char === '\b') column = Math.max(0, column - 1);
    else if (char !== '\u0007') put(char);
  }

  function put(char: string): void {
    const width = stringWidth(char);
    if (width === 0) return;
    if (column + width > columns) {
      row += 1;
      column = 0;
    }
    const cells = current();
    while (cells.length < column) cells.push(' ');
    cells[column] = char;
    // The second half of a wide character is a separate, empty cell.
    if (width === 2) cells[column + 1] = '';
    column += width;
  }

  function obey(parameters: string, command: string): void {
    const first = Number.parseInt(parameters, 10);
    const count = Number.isNaN(first) ? 1 : Math.max(1, first);
    if (command === 'A') row = Math.max(0, row - count);
    else if (command === 'B') row += count;
    else if (command === 'C') column = Math.min(columns - 1, column + count);
    else if (command === 'D') column = Math.max(0, column - count);
    else if (command === 'G') column = count - 1;
    else if (command === 'K') eraseLine(Number.isNaN(first) ? 0 : first);
    else if (command === 'J') eraseBelow(Number.isNaN(first) ? 0 : first);
    else if (command === 'h' && parameters === '?25') visible = true;
    else if (command === 'l' && parameters === '?25') visible = false;
    else if (command !== 'm' && !parameters.startsWith('?'))
      throw new Error(`unknown sequence ESC[${parameters}${command}`);
  }

  function eraseLine(mode: number): void {
    if (mode === 2) rows[row] = [];
    else if (mode === 0) current().length = Math.min(current().length, column);
    else throw new Error('erasing to the start of a line is not implemented');
  }

  function eraseBelow(mode: number): void {
    if (mode !== 0) throw new Error('erasing more than what is below is not implemented');
    eraseLine(0);
    rows.length = Math.min(rows.length, row + 1);
  }

  return {
    write(text) {
      for (let rest = text; rest !== ''; ) {
        const sequence = rest.startsWith(ESC) ? SEQUENCE.exec(rest.slice(1)) : null;
        const char = String.fromCodePoint(rest.codePointAt(0) ?? 0);
        rest = rest.slice(sequence ? ESC.length + sequence[0].length : char.length);
        if (sequence) obey(sequence[1] ?? '', sequence[2] ?? 'm');
        else show(char);
      }
      current();
    },
    text: () =>
      rows
        .map((cells) =>
          Array.from(cells, (cell) => cell ?? ' ')
            .join('')
            .trimEnd(),
        )
        .join('\n')
        .trimEnd(),
    cursor: () => ({ row, column, visible }),
  };
}
