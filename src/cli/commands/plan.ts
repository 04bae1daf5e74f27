import { isStopped } from '../../lib/plan-with.ts';
import { DOCUMENT_VERSION } from '../../ui/render/action-document.ts';
import { planDocument } from '../../ui/render/documents.ts';
import { line, styled } from '../../ui/text/text.ts';
import { addCiOptions, type CiOptions, openCiReport } from '../ci/report.ts';
import { type CommandSpec, READING } from '../command.ts';
import type { CanPlan, Context } from '../context.ts';
import { planFileText } from '../plan/plan-file.ts';
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

export interface PlanCommandOptions extends PlanFlags, CiOptions {
  readonly exitCode?: boolean | undefined;
  readonly out?: string | undefined;
}

export const spec: CommandSpec = {
  name: 'plan',
  summary: 'show what sync would change',
  group: 'code',
  rank: 4,
  scopes: READING,
  document: 'plan-and-sync',
  uses: ['config', 'pagerduty', 'result'],
  examples: ['plan', 'plan --exit-code', 'plan --out plan.json'],
  define(command, context) {
    addCiOptions(addPlanOptions(command))
      .option('--exit-code', 'exit with 2 if there are changes')
      .option('-o, --out <file>', 'save the plan in FILE, for `sync --plan`')
      .action((options: PlanCommandOptions) => runPlan(context(), options));
  },
};

/** Shows what sync would do, and saves it on request. Writes nothing to PagerDuty. */
export async function runPlan(
  context: CanPlan & Pick<Context, 'globals' | 'format' | 'verdict' | 'atExit'>,
  options: PlanCommandOptions,
): Promise<void> {
  const { io } = context;
  const ci = await openCiReport(context, 'plan', options);
  const asDocument = wantsDocument(context, 'markdown');
  const prepared = await preparePlan(context, options);
  ci.planned(prepared);
  if (asDocument) {
    await showDocument(
      context,
      { version: DOCUMENT_VERSION, command: 'plan', ...planDocument(prepared) },
      ci.page,
    );
  } else {
    for (const parts of planLines(prepared, options)) io.out(parts, { prose: true });
  }
  if (isStopped(prepared)) {
    if (options.out !== undefined) {
      io.say(
        line(
          styled('warn', `${options.out} was not saved: `),
          'the plan is refused and could not be applied.',
        ),
      );
    }
    return context.verdict('refused');
  }
  if (options.out !== undefined) {
    const { openPendingFile } = await import('../files/write-file.ts');
    const file = await openPendingFile(options.out, context.cwd);
    await file.commit(io.redact(planFileText(prepared, io.redact)));
    io.say(
      line(
        styled(
          'muted',
          `Saved to ${options.out}. To apply it, run \`pdactions sync --plan ${options.out}\`.`,
        ),
      ),
    );
  }
  if (hasChanges(prepared) && options.out === undefined) sayNext(context, ['sync'], 'applies it');
  if (options.exitCode && (hasChanges(prepared) || hasBlocked(prepared))) context.verdict('pending');
}
