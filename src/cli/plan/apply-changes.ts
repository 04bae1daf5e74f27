/** Carries out a plan and reports the result: the last step of every command that writes. */
import { changesOf, labelOf, type Plan } from '../../core/plan.ts';
import { type RunReport, verdictsOf } from '../../engine/report.ts';
import { applyWith } from '../../lib/apply-with.ts';
import { DOCUMENT_VERSION } from '../../ui/render/action-document.ts';
import { reportDocument } from '../../ui/render/documents.ts';
import type { ErrorStyle } from '../../ui/render/error.ts';
import { renderCounts } from '../../ui/render/plan/plan-counts.ts';
import { renderGroups } from '../../ui/render/plan/plan-groups.ts';
import { renderConflict, renderOutcomes, renderSummary } from '../../ui/render/report.ts';
import { line, styled } from '../../ui/text/text.ts';
import type { CanApply, CanShow, Context } from '../context.ts';
import { showDocument, wantsDocument } from '../show/show-document.ts';

/** Applies the plan with a progress display. Adds its verdicts. Prints no report: see `showReport`. */
export async function applyChanges(context: CanApply, plan: Plan, readAt: number): Promise<RunReport> {
  const { globals, clock, interrupted, activity } = context;
  const store = await context.store();
  const progress = activity.working('applying', changesOf(plan).length);
  const report = await applyWith(
    store,
    { plan, verdicts: [] },
    {
      concurrency: globals.concurrency,
      clock,
      readAt,
      interrupted,
      // A change that was not started is not progress.
      onOutcome: ({ change, status }) => {
        if (status !== 'skipped') progress.advance(1, change.service.name);
      },
    },
  );
  activity.end();
  for (const verdict of verdictsOf(report)) context.verdict(verdict);
  return report;
}

/** Prints the report on stderr at the end if stdout turns out to be full, because changes to PagerDuty must always be reported. */
export function reportInAnyCase({ io, atExit }: Pick<Context, 'io' | 'atExit'>, report: RunReport): void {
  atExit(async () => {
    if (!io.outputError) return;
    io.say(line('The report:'), { always: true });
    for (const parts of linesOf(report, io)) io.say(parts, { always: true });
    for (const parts of renderSummary(report.outcomes)) io.say(parts, { always: true });
  });
}

function linesOf(report: RunReport, errors: ErrorStyle) {
  return [
    ...renderOutcomes(report.outcomes, errors),
    ...[...report.duplicates, ...report.overfull].flatMap(renderConflict),
  ];
}

/** The report for users: every outcome on stdout, the summary on stderr. */
export function showReport({ io }: Pick<Context, 'io'>, report: RunReport): void {
  for (const parts of linesOf(report, io)) io.out(parts, { prose: true });
  // Unconfirmed changes have been reported already.
  if (report.unchecked && !report.outcomes.some((outcome) => 'unconfirmed' in outcome)) {
    io.warn('the changes could not be read back, so they are not confirmed');
  }
  for (const parts of renderSummary(report.outcomes)) io.say(parts);
}

/**
 * Applies the plan and shows the report, as a document on request: the end of every command that writes by hand.
 * @param extra further members of the document
 */
export async function applyAndShow(
  context: CanApply & CanShow & Pick<Context, 'atExit'>,
  command: string,
  plan: Plan,
  readAt: number,
  extra: object = {},
): Promise<RunReport> {
  const report = await applyChanges(context, plan, readAt);
  reportInAnyCase(context, report);
  if (wantsDocument(context)) await showDocument(context, { ...handDocument(command, report), ...extra });
  else showReport(context, report);
  return report;
}

/** Shows the planned changes, and writes nothing: `--dry-run`. @param extra further members of the document */
export async function showDryRun(
  context: CanShow,
  command: string,
  plan: Plan,
  extra: object = {},
): Promise<void> {
  const { io } = context;
  if (wantsDocument(context)) {
    const changes = changesOf(plan).map((change) => ({
      kind: change.kind,
      service: change.service,
      id: 'id' in change ? change.id : null,
      label: labelOf(change),
    }));
    await showDocument(context, { ...handDocument(command, null), dryRun: true, changes, ...extra });
  } else for (const parts of [...renderGroups(plan), ...renderCounts(plan)]) io.out(parts, { prose: true });
  io.say(line(styled('muted', 'Nothing was written (--dry-run).')));
}

/** Reports that nothing is left to do, in the same places. */
export async function showNoChanges(
  context: CanShow,
  command: string,
  why: string,
  extra: object = {},
): Promise<void> {
  context.io.say(line(styled('ok', 'No changes.'), ` ${why}`));
  if (wantsDocument(context)) await showDocument(context, { ...handDocument(command, null), ...extra });
}

function handDocument(command: string, report: RunReport | null) {
  return { version: DOCUMENT_VERSION, command, report: report && reportDocument(report) };
}
