/**
 * Draws docs/assets/terminal.svg for the README from a real run of the built program on the sandbox:
 *
 *     node scripts/terminal-picture.mjs
 *
 * Also writes the same as text to terminal.txt.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInTerminal, startSandbox } from './terminal.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const assets = join(root, 'docs/assets');
const COLUMNS = 100;

const COLORS = { 31: '#ff7b72', 32: '#7ee787', 33: '#e3b341', 34: '#79c0ff', 35: '#d2a8ff', 36: '#56d4dd' };

const COMMANDS = [
  ['list', '--quiet'],
  ['sync', '--yes', '--quiet', '--service', 'Checkout API', '--service', 'id:PIJ90N7'],
];

const lines = await record();
mkdirSync(assets, { recursive: true });
writeFileSync(join(assets, 'terminal.txt'), `${lines.map(withoutColors).join('\n')}\n`);
writeFileSync(join(assets, 'terminal.svg'), draw(lines));

/** The screen after all commands, with colours. */
async function record() {
  const folder = mkdtempSync(join(tmpdir(), 'pdactions-picture-'));
  const bare = { PATH: process.env.PATH ?? '', HOME: folder };
  const sandbox = await startSandbox({ cwd: folder, env: bare });
  try {
    copyFileSync(join(root, 'pdactions.config.example.json'), join(folder, 'pdactions.config.json'));
    const env = { ...bare, PAGERDUTY_API_URL: sandbox.url, PAGERDUTY_TOKEN: sandbox.token };
    const screen = [];
    for (const args of COMMANDS) {
      const { code, text } = await runInTerminal(args, { cwd: folder, env, columns: COLUMNS, colors: true });
      if (code !== 0) throw new Error(`pdactions ${args.join(' ')} ended with ${code}: ${text}`);
      const shown = args.map((arg) => (arg.includes(' ') ? `'${arg}'` : arg)).join(' ');
      screen.push(`\x1b[32m$\x1b[39m \x1b[1mpdactions ${shown}\x1b[22m`, ...text.trimEnd().split('\n'), '');
    }
    return screen.slice(0, -1);
  } finally {
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function withoutColors(text) {
  return spansOf(text)
    .map((span) => span.text)
    .join('');
}

/** A line as stretches of text with their styles. Handles only the basic colours, which the program uses. */
function spansOf(text) {
  const spans = [];
  const style = { color: undefined, strong: false, muted: false };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with one
  for (const [, code, part] of `\x1b[0m${text}`.matchAll(/\x1b\[([\d;]*)m([^\x1b]*)/g)) {
    for (const number of code.split(';').map(Number)) apply(style, number);
    if (part !== '') spans.push({ ...style, text: part });
  }
  return spans;
}

function apply(style, number) {
  if (number === 0) Object.assign(style, { color: undefined, strong: false, muted: false });
  else if (number === 1) style.strong = true;
  else if (number === 2) style.muted = true;
  else if (number === 22) Object.assign(style, { strong: false, muted: false });
  else if (number === 39) style.color = undefined;
  else if (number in COLORS) style.color = COLORS[number];
}

/** One text element per line. Each stretch has its own position, so that the columns align without the font. */
function draw(rows) {
  const [WIDTH, HEIGHT, PADDING, BAR] = [8.4, 19, 16, 34];
  const width = Math.round(COLUMNS * WIDTH + 2 * PADDING);
  const height = rows.length * HEIGHT + 2 * PADDING + BAR;
  const texts = rows.map((row, index) => {
    let column = 0;
    const parts = spansOf(row).map(({ text, color, strong, muted }) => {
      const at = (PADDING + column * WIDTH).toFixed(1);
      column += [...text].length;
      if (text.trim() === '') return '';
      const look = [
        color && `fill="${color}"`,
        strong && 'font-weight="bold"',
        muted && 'fill-opacity="0.6"',
        `textLength="${([...text].length * WIDTH).toFixed(1)}"`,
      ];
      return `<tspan x="${at}" ${look.filter(Boolean).join(' ')}>${escapeXml(text)}</tspan>`;
    });
    return `<text y="${BAR + PADDING + (index + 0.75) * HEIGHT}">${parts.join('')}</text>`;
  });
  const dots = ['#ff5f56', '#ffbd2e', '#27c93f'].map(
    (fill, index) => `<circle cx="${20 + index * 20}" cy="${BAR / 2 + 2}" r="6" fill="${fill}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="pdactions list and pdactions sync in a terminal">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${dots.join('')}
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="#e6edf3" style="white-space:pre">
${texts.join('\n')}
</g>
</svg>
`;
}

function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
