import { changesOf } from '../../core/plan.ts';
import type { Prepared } from '../../engine/prepare.ts';
import type { RunReport } from '../../engine/report.ts';
import { UsageError } from '../../errors.ts';
import { isStopped } from '../../lib/plan-with.ts';
import { DOCUMENT_VERSION } from '../../ui/render/action-document.ts';
import { planDocument, reportDocument } from '../../ui/render/documents.ts';
import { plural } from '../../ui/text/plural.ts';
import { line } from '../../ui/text/text.ts';
import { confirm } from '../ask/confirm.ts';
import { addCiOptions, type CiOptions, openCiReport } from '../ci/report.ts';
import { type CommandSpec, WRITING } from '../command.ts';
import type { CanApply, CanConfirm, CanPlan, CanWrite, Context } from '../context.ts';
import { applyChanges, reportInAnyCase, showReport } from '../plan/apply-changes.ts';
import { type Approval, expectApproved, readPlanFile } from '../plan/plan-file.ts';
import {
  addPlanOptions,
  hasBlocked,
  hasChanges,
  type PlanFlags,
  planLines,
  preparePlan,
} from '../plan/prepare-plan.ts';
import { sayNext } from '../show/next-step.ts';
import { showDocument, wantsDocument } from '../show/show-document.ts';

export interface SyncOptions extends PlanFlags, CiOptions {
  readonly plan?: string | undefined;
  readonly expectDigest?: string | undefined;
}

export const spec: CommandSpec = {
  name: 'sync',
  summary: 'make PagerDuty match the config',
  group: 'code',
  rank: 5,
  scopes: WRITING,
  document: 'plan-and-sync',
  uses: ['config', 'pagerduty', 'result', 'confirmation'],
  examples: ['sync', 'sync --yes', 'sync --plan plan.json --yes', 'sync --rotate-secrets=restart-server'],
  define(command, context) {
    addCiOptions(addPlanOptions(command))
      .option('--plan <file>', 'apply this saved plan, or refuse if anything has changed since')
      .option('--expect-digest <digest>', 'refuse unless the plan has this digest')
      .action((options: SyncOptions) => runSync(context(), options));
  },
};

/** Makes PagerDuty match the config: reads, plans, shows the plan, asks, applies, reports. */
export async function runSync(context: CanWrite & CanPlan, options: SyncOptions): Promise<void> {
  const ci = await openCiReport(context, 'sync', options);
  const asDocument = wantsDocument(context, 'markdown');
  const approved = await approval(context, options);
  const prepared = await preparePlan(context, options);
  ci.planned(prepared);
  if (!asDocument) showPlan(context, prepared, options);
  if (approved) expectApproved(prepared, approved, context.io.redact);
  const report = await carryOut(context, prepared, approved !== undefined);
  ci.applied(report);
  if (asDocument) await showDocument(context, document(prepared, report), ci.page);
  else if (report) {
    context.io.out(line());
    showReport(context, report);
    if (isComplete(report)) sayNext(context, ['list'], 'shows the actions of each service');
  }
}

async function approval(context: Pick<Context, 'cwd'>, options: SyncOptions): Promise<Approval | undefined> {
  const { plan, expectDigest } = options;
  if (plan !== undefined && expectDigest !== undefined) {
    throw new UsageError('`--plan` and `--expect-digest` cannot be combined');
  }
  if (expectDigest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(expectDigest)) {
    throw new UsageError('--expect-digest must be `sha256:` and 64 hexadecimal digits', {
      hint: 'Copy it from `digest` of `pdactions plan --json`.',
    });
  }
  if (plan !== undefined) return readPlanFile(plan, context.cwd);
  return expectDigest === undefined ? undefined : { digest: expectDigest };
}

/** The plan is data. If stdout is a pipe and the user is prompted, stderr shows the plan as well. */
function showPlan({ io }: Pick<Context, 'io'>, prepared: Prepared, options: SyncOptions): void {
  for (const parts of planLines(prepared, options)) {
    io.out(parts, { prose: true });
    if (io.canPrompt && !io.terminal.stdout) io.say(parts, { always: true });
  }
}

/** @returns null if there are no changes, or they must not be applied */
async function carryOut(
  context: CanApply & CanConfirm & Pick<Context, 'atExit'>,
  prepared: Prepared,
  approved: boolean,
): Promise<RunReport | null> {
  if (isStopped(prepared)) {
    context.verdict('refused');
    return null;
  }
  if (hasBlocked(prepared)) context.verdict('partial');
  if (!hasChanges(prepared)) return null;
  const count = plural(changesOf(prepared.plan).length, 'change');
  // A user who names a plan has already reviewed it.
  if (!approved) await confirm(context, `Apply ${count}?`, 'sync');
  const report = await applyChanges(context, prepared.plan, prepared.readAt);
  reportInAnyCase(context, report);
  return report;
}

function isComplete({ stopped, outcomes }: RunReport): boolean {
  return stopped === null && outcomes.every(({ status }) => status === 'applied');
}

function document(prepared: Prepared, report: RunReport | null) {
  return {
    version: DOCUMENT_VERSION,
    command: 'sync',
    ...planDocument(prepared),
    report: report && reportDocument(report),
  };
}
