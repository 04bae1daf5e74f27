import { ConfigError, type HttpFacts, type PdactionsError, type Problem } from '../../errors.ts';
import { signed } from '../text/signs.ts';
import { type Line, line, styled } from '../text/text.ts';

/** Shows at most this many problems of a config in full; a file with more has one cause. */
const MOST_PROBLEMS = 50;

/** With `--debug`, the code of an error for programs, such as `[gone]`, follows its sentence. */
export interface ErrorStyle {
  readonly debugging: boolean;
}

/** An error for users: what failed, on what, why, and the next step. Never a stack. */
export function renderError(error: PdactionsError, style: ErrorStyle): Line[] {
  return [
    line(styled('error', 'pdactions: '), error.message, ...codeOf(error, style)),
    ...error.details.map((detail) => line(`  ${detail}`)),
    ...(error instanceof ConfigError ? renderProblems(error.problems) : []),
    ...(error.http ? [line(styled('muted', `  ${describeAnswer(error.http)}`))] : []),
    ...(error.hint === undefined ? [] : [line(signed('accent', '  → '), error.hint)]),
  ];
}

/** The code as the end of a sentence. After Ctrl-C the user knows the reason. */
export function codeOf({ reason, kind }: PdactionsError, { debugging }: ErrorStyle): Line {
  if (!debugging || reason === undefined || kind === 'cancelled') return [];
  return [styled('muted', ` [${reason}]`)];
}

/** Any error except a PdactionsError is a bug: short, without a stack. `--debug` shows more. */
export function renderBug(error: unknown): Line[] {
  const name = error instanceof Error ? error.name : typeof error;
  return [
    line(styled('error', 'pdactions: '), `an internal error (${name}); this is a bug in pdactions`),
    line(
      signed('accent', '  → '),
      'Run the command again with `--debug` and report what it prints. Running it again is safe.',
    ),
  ];
}

/** Problems of a config, each with its position, the message and the fix. */
export function renderProblems(problems: readonly Problem[], mark: 'error' | 'warn' = 'error'): Line[] {
  const lines = problems
    .slice(0, MOST_PROBLEMS)
    .flatMap((problem) => [
      line(
        '  ',
        styled(mark, place(problem)),
        problem.path === '' ? ': ' : ` ${problem.path}: `,
        problem.message,
      ),
      ...(problem.fix === undefined ? [] : [line(signed('accent', '      → '), problem.fix)]),
    ]);
  const unlisted = problems.length - MOST_PROBLEMS;
  return unlisted > 0 ? [...lines, line(signed(undefined, `  … and ${unlisted} more`))] : lines;
}

/** `file:line:column`, which editors and terminals turn into a link. */
export function place({ file, line: row, column }: Problem): string {
  return [file, row, column].filter((part) => part !== undefined).join(':');
}

/** Request and answer in one line. */
export function describeAnswer({ method, path, host, ...answer }: HttpFacts): string {
  const parts = [
    `${method} ${path} at ${host}`,
    answer.status === undefined ? '' : `status ${answer.status}`,
    answer.code === undefined ? '' : `PagerDuty code ${answer.code}`,
    answer.requestId === undefined ? '' : `request id ${answer.requestId}`,
  ];
  return parts.filter(Boolean).join(', ');
}
