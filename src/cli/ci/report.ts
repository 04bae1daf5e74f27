/**
 * The files that a run leaves behind for a CI system: `--summary FILE`, GitHub's job summary and its step outputs. All of it is written at the
 * very end, when the exit code is known, and however the run ended.
 */
import type { Command } from 'commander';
import type { Prepared } from '../../engine/prepare.ts';
import type { Report } from '../../engine/report.ts';
import type { PageFacts } from '../../ui/render/github/plan.ts';
import { countPlan } from '../../ui/render/plan-counts.ts';
import type { Context, Ending } from '../context.ts';
import { openPendingFile } from '../files/write-file.ts';

export interface CiOptions {
  readonly summary?: string | undefined;
  readonly service?: readonly string[] | undefined;
}

/** Gathers what is known of the run while it is under way. */
export interface CiReport {
  planned(prepared: Prepared): void;
  applied(report: Report | null): void;
  /** The same page as `--summary` gets, as far as it is known now. */
  page(): Promise<string>;
}

/** The options of every command that can tell a CI system how it ended. */
export function addCiOptions(command: Command): Command {
  return command.option('--summary <file>', 'also write a page of Markdown there, however the run ends');
}

/**
 * Sees to it that everything is written at the end.
 * @throws LocalIoError when `--summary` names a place that cannot be written to; nothing has been done then
 */
export async function openCiReport(
  context: Pick<Context, 'globals' | 'io' | 'env' | 'cwd' | 'atExit'>,
  command: PageFacts['command'],
  options: CiOptions,
): Promise<CiReport> {
  const { io, env, cwd, globals } = context;
  let plan: Prepared | undefined;
  let report: Report | null | undefined;

  const page = async (ending?: Ending): Promise<(room?: number) => string> => {
    const { renderPage, LARGEST_PAGE } = await import('../../ui/render/github/plan.ts');
    const { folderInCheckout, markerOf } = await import('./marker.ts');
    const folder = folderInCheckout(cwd, env);
    const about = [globals.config ?? [], options.service ?? [], folder === '' ? [] : [`in ${folder}`]].flat();
    const simulated = globals.sandbox !== undefined;
    const facts = { command, marker: markerOf(command, about), simulated, plan, report, ...ending };
    return (room = LARGEST_PAGE) => renderPage(facts, io.redact, Math.min(room, LARGEST_PAGE));
  };

  if (options.summary !== undefined) {
    const file = await openPendingFile(options.summary, cwd);
    context.atExit(async (ending) => file.commit(io.redact((await page(ending))())));
  }
  if (env.GITHUB_STEP_SUMMARY) {
    const path = env.GITHUB_STEP_SUMMARY;
    context.atExit(async (ending) => {
      const { appendSummary } = await import('./append.ts');
      const render = await page(ending);
      await appendSummary(path, cwd, (room) => io.redact(render(room)));
    });
  }
  // Last: the code that it tells has to count in whether the others could be written.
  if (env.GITHUB_OUTPUT) {
    const path = env.GITHUB_OUTPUT;
    context.atExit(async ({ code }) => {
      const { appendOutputs } = await import('./append.ts');
      await appendOutputs(path, cwd, { ...(plan && outputsOf(plan)), 'exit-code': code });
    });
  }
  return {
    planned: (prepared) => {
      plan = prepared;
    },
    applied: (result) => {
      report = result;
    },
    page: async () => (await page())(),
  };
}

function outputsOf({ plan, digest }: Prepared): Record<string, string | number> {
  const { create, update, delete: deletes, enable } = countPlan(plan);
  return { changes: create + update + deletes + enable, creates: create, updates: update, deletes, digest };
}
