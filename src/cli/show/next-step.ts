/** One dim line after a command: the likely next one. For people at a terminal only; a pipe or `--quiet` gets none. */
import { shellLine } from '../../ui/text/shell.ts';
import { line, styled } from '../../ui/text/text.ts';
import type { CanShow, Context } from '../context.ts';

/**
 * Suggests the next command, with the flags that choose the same account and config.
 * @param what what the command does: `applies it`
 */
export function sayNext(
  context: CanShow & Pick<Context, 'globals'>,
  words: readonly string[],
  what: string,
): void {
  const { io, format } = context;
  if (!io.terminal.stderr || format !== 'table') return;
  io.say(line(styled('muted', `Next: \`${commandLine(context, words)}\` ${what}.`)));
}

/** The command line of a further command on the same account. */
export function commandLine({ globals }: Pick<Context, 'globals'>, words: readonly string[]): string {
  const { sandbox, config, region } = globals;
  const same = [
    ...(sandbox === undefined ? [] : [sandbox === '' ? '--sandbox' : `--sandbox=${sandbox}`]),
    ...(region === undefined ? [] : ['--region', region]),
    ...config.flatMap((file) => ['-c', file]),
  ];
  return shellLine(['pdactions', ...words, ...same]);
}
