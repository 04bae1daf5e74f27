/** The report of an applied plan, change by change, for users. */
import { NO_SERVICE } from '../../core/action.ts';
import { type ChangeKind, labelOf } from '../../core/plan.ts';
import type { PdactionsError } from '../../errors.ts';
import { plural } from '../text/plural.ts';
import { signed } from '../text/signs.ts';
import { type Line, line, type Style, styled } from '../text/text.ts';
import { codeOf, describeAnswer, type ErrorStyle } from './error.ts';
import { fieldNames, renderStored, type StoredView } from './stored.ts';

/** The outcome of one change. */
export interface OutcomeView extends StoredView {
  readonly status: 'applied' | 'differs' | 'not kept' | 'withdrawn' | 'failed' | 'unknown' | 'skipped';
  readonly note?: string | undefined;
  readonly warning?: string | undefined;
  readonly unconfirmed?: true | undefined;
  readonly error?: PdactionsError | undefined;
  readonly why?: string | undefined;
  readonly spared?: true | undefined;
}

const DONE: Readonly<Record<ChangeKind, string>> = {
  create: 'created',
  update: 'updated',
  delete: 'deleted',
  enable: 'enabled',
};

const MARK: Readonly<Record<OutcomeView['status'], readonly [string, Style]>> = {
  applied: ['✓', 'ok'],
  differs: ['≠', 'warn'],
  'not kept': ['✗', 'error'],
  withdrawn: ['-', 'warn'],
  failed: ['✗', 'error'],
  unknown: ['?', 'warn'],
  skipped: ['-', 'muted'],
};

/** One outcome: change, service, result, and for a failure the reason and the next step. */
export function renderOutcome(outcome: OutcomeView, errors: ErrorStyle): Line[] {
  return renderOne(outcome, errors, outcome.unconfirmed ? UNCONFIRMED : []);
}

function renderOne(outcome: OutcomeView, errors: ErrorStyle, open: readonly Line[]): Line[] {
  const { change, status, note, warning, error, why } = outcome;
  const [mark, style] = MARK[outcome.unconfirmed ? 'unknown' : status];
  const id = outcome.id ?? ('id' in change ? change.id : undefined);
  const { id: serviceId, name } = change.service;
  const where = `on ${name}${serviceId === NO_SERVICE.id ? '' : ` (${serviceId})`}`;
  const end = [
    id === undefined ? '' : `  ${id}`,
    note === undefined ? '' : `  ${note}`,
    why ? `  ${why}` : '',
  ];
  return [
    line(
      signed(style, `${mark} ${wordOf(outcome)} `),
      labelOf(change),
      ` ${where}`,
      styled('muted', end.join('')),
    ),
    ...(warning === undefined ? [] : [line(styled('warn', '    ! '), warning)]),
    ...open,
    ...renderStored(outcome),
    ...(error ? renderReason(error, errors) : []),
  ];
}

const UNCONFIRMED: readonly Line[] = [
  line(styled('warn', '    ! '), 'PagerDuty reported success, but the change could not be read back'),
  line(signed('accent', '    → '), 'Run `pdactions plan` to see whether it was made.'),
];

/** The reason for changes not started because the run was interrupted. */
const INTERRUPTED = 'interrupted';

/** All outcomes; changes that an interrupted run has not started share one line, and unconfirmed ones share a note. */
export function renderOutcomes(outcomes: readonly OutcomeView[], errors: ErrorStyle): Line[] {
  const isUnstarted = ({ status, why }: OutcomeView): boolean => status === 'skipped' && why === INTERRUPTED;
  const unstarted = outcomes.filter(isUnstarted);
  const open = outcomes.filter(({ unconfirmed }) => unconfirmed);
  const shown = unstarted.length < 2 ? outcomes : outcomes.filter((outcome) => !isUnstarted(outcome));
  const render = (outcome: OutcomeView): Line[] =>
    open.length < 2 ? renderOutcome(outcome, errors) : renderOne(outcome, errors, []);
  return [
    ...shown.flatMap(render),
    ...(unstarted.length < 2
      ? []
      : [line(styled('muted', `- ${plural(unstarted.length, 'change')} not started (interrupted)`))]),
    ...(open.length < 2 ? [] : renderOpen(open.length)),
  ];
}

function renderOpen(count: number): Line[] {
  return [
    line(
      styled('warn', '! '),
      `${count} changes are not confirmed: PagerDuty reported success, but they could not be read back`,
    ),
    line(signed('accent', '    → '), 'Run `pdactions plan` to see whether they were made.'),
  ];
}

function wordOf({ change: { kind }, status, unconfirmed, fields = [] }: OutcomeView): string {
  if (status === 'applied') return unconfirmed ? `${DONE[kind]}, not confirmed` : DONE[kind];
  if (status !== 'differs') return `${kind} ${status}`;
  return `${DONE[kind]}, ${fields.length > 0 ? 'stored differently' : 'headers lost'}`;
}

function renderReason(error: PdactionsError, style: ErrorStyle): Line[] {
  return [
    line('    ', error.message, ...codeOf(error, style)),
    ...error.details.map((detail) => line(`      ${detail}`)),
    ...(error.http ? [line(styled('muted', `      ${describeAnswer(error.http)}`))] : []),
    ...(error.hint === undefined ? [] : [line(signed('accent', '    → '), error.hint)]),
  ];
}

/** Surplus actions of a service: with a label, several with the same one; without, more than there are slots. */
export interface ConflictView {
  readonly service: { readonly id: string; readonly name: string };
  readonly label?: string | undefined;
  readonly ids: readonly string[];
  readonly made: readonly string[];
  readonly withdrawn: readonly string[];
  readonly left: readonly string[];
}

/** The actions that a run found beside its own, those it has withdrawn, and the next step. */
export function renderConflict({ service, label, ids, made, withdrawn, left }: ConflictView): Line[] {
  const most = label === undefined ? 3 : 1;
  const what = label === undefined ? `${ids.length} actions in 3 slots` : `\`${label}\` ${ids.length} times`;
  const isOver = left.length > most;
  const ours = made.filter((id) => left.includes(id)).at(-1);
  return [
    line(
      signed('error', '✗ '),
      `${service.name} (${service.id}) ${isOver ? 'has' : 'had'} ${what}: ${ids.join(', ')}`,
    ),
    ...(withdrawn.length === 0
      ? []
      : [line(`    This run removed the actions it created: ${withdrawn.join(', ')}`)]),
    line(
      signed('accent', '    → '),
      'Another run or a person created actions here at the same time. ',
      isOver
        ? `Compare them with \`pdactions show ID\`, then remove one with \`pdactions delete ${ours ?? 'ID'}\`.`
        : 'Run `pdactions plan` to see what is left to do.',
    ),
  ];
}

/** `Applied 3 of 5 changes: 1 failed, 1 skipped.`, and how many actions lost headers. */
export function renderSummary(outcomes: readonly OutcomeView[]): Line[] {
  return [renderTotals(outcomes), ...renderLosses(outcomes)];
}

const BAD = ['differs', 'not kept', 'withdrawn', 'failed', 'unknown', 'skipped'] as const;

function renderTotals(outcomes: readonly OutcomeView[]): Line {
  const isUnconfirmed = ({ status, unconfirmed }: OutcomeView): boolean =>
    status === 'applied' && unconfirmed === true;
  const open = outcomes.filter(isUnconfirmed).length;
  const count = (wanted: OutcomeView['status']) =>
    outcomes.filter((outcome) => outcome.status === wanted && !isUnconfirmed(outcome)).length;
  const bad = BAD.filter((status) => count(status) > 0);
  if (bad.length + open === 0) return line(styled('ok', `Applied ${plural(outcomes.length, 'change')}.`));
  const words = bad.map((status) => `${count(status)} ${COUNTED[status] ?? status}`);
  const rest = [...(open > 0 ? [`${open} not confirmed`] : []), ...words].join(', ');
  return line(
    styled('error', `Applied ${count('applied')} of ${plural(outcomes.length, 'change')}: ${rest}.`),
    outcomes.some(isUnrecognisable)
      ? ' Change the config as shown before you run this again. Otherwise pdactions does not recognise the new action and creates it again.'
      : ' Running the same command again is safe.',
  );
}

/** A new action with neither the label nor the endpoint that was sent: the next plan cannot know that it is the same one. */
function isUnrecognisable(outcome: OutcomeView): boolean {
  const names = outcome.status === 'differs' && outcome.change.kind === 'create' ? fieldNames(outcome) : [];
  return names.includes('label') && names.includes('url');
}

const COUNTED: Readonly<Partial<Record<OutcomeView['status'], string>>> = { differs: 'stored differently' };

/** Lost secrets come last, so that the reader does not overlook them. */
function renderLosses(outcomes: readonly OutcomeView[]): Line[] {
  const lost = outcomes.filter((outcome) => (outcome.lost ?? []).length > 0).length;
  if (lost === 0) return [];
  const spared = outcomes.filter((outcome) => outcome.spared).length;
  const text = `PagerDuty dropped the headers of ${plural(lost, 'action')} in an update without headers; ${plural(spared, 'similar update')} ${spared === 1 ? 'was' : 'were'} not sent.`;
  return [line(styled('error', text))];
}
