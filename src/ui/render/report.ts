/** What became of a plan, change by change, for people. */
import { type Change, type ChangeKind, labelOf } from '../../core/plan.ts';
import type { PdactionsError } from '../../errors.ts';
import { plural } from '../text/plural.ts';
import { type Line, line, type Style, styled } from '../text/text.ts';
import { describeAnswer } from './error.ts';

/** One change's end, as the report has it. */
export interface OutcomeView {
  readonly change: Change;
  readonly status: 'applied' | 'failed' | 'unknown' | 'skipped';
  readonly id?: string | undefined;
  readonly note?: string | undefined;
  readonly warning?: string | undefined;
  readonly error?: PdactionsError | undefined;
  readonly why?: string | undefined;
}

const DONE: Readonly<Record<ChangeKind, string>> = {
  create: 'created',
  update: 'updated',
  delete: 'deleted',
  enable: 'enabled',
};

const MARK: Readonly<Record<OutcomeView['status'], readonly [string, Style]>> = {
  applied: ['✓', 'ok'],
  failed: ['✗', 'error'],
  unknown: ['?', 'warn'],
  skipped: ['-', 'muted'],
};

/** One outcome: what, where, how it ended, and for what went wrong why and what to do. */
export function renderOutcome(outcome: OutcomeView): Line[] {
  const { change, status, note, warning, error, why } = outcome;
  const [mark, style] = MARK[status];
  const word = status === 'applied' ? DONE[change.kind] : `${change.kind} ${status}`;
  const id = outcome.id ?? ('id' in change ? change.id : undefined);
  const where = `on ${change.service.name} (${change.service.id})`;
  const end = [
    id === undefined ? '' : `  ${id}`,
    note === undefined ? '' : `  ${note}`,
    why ? `  ${why}` : '',
  ];
  return [
    line(styled(style, `${mark} ${word} `), labelOf(change), ` ${where}`, styled('muted', end.join(''))),
    ...(warning === undefined ? [] : [line(styled('warn', '    ! '), warning)]),
    ...(error ? renderReason(error) : []),
  ];
}

function renderReason(error: PdactionsError): Line[] {
  const reason = error.reason === undefined ? [] : [styled('muted', ` [${error.reason}]`)];
  return [
    line('    ', error.message, ...reason),
    ...error.details.map((detail) => line(`      ${detail}`)),
    ...(error.http ? [line(styled('muted', `      ${describeAnswer(error.http)}`))] : []),
    ...(error.hint === undefined ? [] : [line(styled('accent', '    → '), error.hint)]),
  ];
}

/** Actions that stand twice on a service after the run, with the command that removes one. */
export function renderDuplicate(duplicate: {
  readonly service: { readonly id: string; readonly name: string };
  readonly label: string;
  readonly ids: readonly string[];
}): Line[] {
  const { service, label, ids } = duplicate;
  return [
    line(
      styled('error', '✗ '),
      `${service.name} (${service.id}) now has \`${label}\` ${ids.length} times: ${ids.join(', ')}`,
    ),
    line(
      styled('accent', '    → '),
      `Somebody else created it at the same time. Compare them with \`pdactions show ID\`, then remove one: \`pdactions delete ${ids.at(-1)}\`.`,
    ),
  ];
}

/** `Applied 3 of 5 changes: 1 failed, 1 skipped.` */
export function renderSummary(outcomes: readonly OutcomeView[]): Line {
  const counts = { applied: 0, failed: 0, unknown: 0, skipped: 0 };
  for (const { status } of outcomes) counts[status] += 1;
  const bad = (['failed', 'unknown', 'skipped'] as const).filter((status) => counts[status] > 0);
  if (bad.length === 0) return line(styled('ok', `Applied ${plural(outcomes.length, 'change')}.`));
  const rest = bad.map((status) => `${counts[status]} ${status}`).join(', ');
  return line(
    styled('error', `Applied ${counts.applied} of ${plural(outcomes.length, 'change')}: ${rest}.`),
    ' Running the same command again is safe.',
  );
}
