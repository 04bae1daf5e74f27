import { Chalk } from 'chalk';
import type { Span, Style } from './text/text.ts';

type Paint = Readonly<Record<Style, (text: string) => string>>;

let paints: Paint | undefined;

/**
 * Basic colours only: they follow the terminal's own theme, so they are readable on light and dark backgrounds. Created
 * on first use.
 */
function paintOf(style: Style): (text: string) => string {
  paints ??= createPaint();
  return paints[style];
}

function createPaint(): Paint {
  const chalk = new Chalk({ level: 1 });
  return {
    strong: chalk.bold,
    muted: chalk.dim,
    added: chalk.green,
    changed: chalk.yellow,
    removed: chalk.red,
    ok: chalk.green,
    warn: chalk.yellow,
    error: chalk.red,
    accent: chalk.cyan,
  };
}

/** The text of a span, in its colours where `colored`. */
export function paintSpan({ text, style }: Span, colored: boolean): string {
  return colored && style !== undefined && text !== '' ? paintOf(style)(text) : text;
}
