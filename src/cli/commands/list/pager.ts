import { spawn } from 'node:child_process';
import type { Line } from '../../../ui/text/text.ts';
import type { Context } from '../../context.ts';

/**
 * Shows lines in the user's pager (`PAGER`, or less), like git: only on a terminal, and only if they do not fit on it.
 * @returns undefined if nothing is paged; the function resolves to false if the pager could not be started
 */
export function pagerFor({
  io,
  env,
  cwd,
  stderr,
}: Pick<Context, 'io' | 'env' | 'cwd' | 'stderr'>):
  | ((lines: readonly Line[]) => Promise<boolean>)
  | undefined {
  const command = env.PAGER ?? 'less';
  if (!io.terminal.stdout || !io.canPrompt || command.trim() === '') return undefined;
  return async (lines) => {
    if (lines.length < (stderr.rows ?? Number.POSITIVE_INFINITY)) return false;
    // Sanitised and redacted, as every line of a terminal.
    const text = lines.map((parts) => `${io.paint(parts)}\n`).join('');
    return page(command, text, { cwd, env: { ...environmentFor(env), LESS: env.LESS ?? 'FRX' } });
  };
}

/** The variables that a pager needs: the rest of the environment may hold secrets. */
const PASSED =
  /^(?:PATH|HOME|SHELL|TERM|TERMINFO|COLORTERM|LANG|LC_\w+|LINES|COLUMNS|LESS\w*|MORE|SystemRoot)$/;

function environmentFor(env: Context['env']): Context['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => PASSED.test(name)));
}

function page(
  command: string,
  text: string,
  options: { readonly cwd: string; readonly env: Context['env'] },
): Promise<boolean> {
  return new Promise((resolve) => {
    // Split at spaces, for values such as `less -R`. Runs without a shell (T42).
    const [program = '', ...words] = command.trim().split(/\s+/);
    const child = spawn(program, words, { ...options, stdio: ['pipe', 'inherit', 'inherit'] });
    child.on('error', () => resolve(false));
    child.on('close', () => resolve(true));
    // If the user quits the pager early, the rest is dropped.
    child.stdin.on('error', () => undefined);
    child.stdin.end(text);
  });
}
