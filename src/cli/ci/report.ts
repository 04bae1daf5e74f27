/**
 * Writes the files of a run for a CI system: `--summary FILE`, GitHub's job summary and its step outputs. All are written at the very
 * end, when the exit code is known, whether or not the run failed.
 */
import type { Command } from 'commander';
import type { Prepared } from '../../engine/prepare.ts';
import type { RunReport } from '../../engine/report.ts';
import type { PageFacts } from '../../ui/render/github/plan.ts';
import { countPlan } from '../../ui/render/plan/plan-counts.ts';
import type { Context, Ending } from '../context.ts';

export interface CiOptions {
  readonly summary?: string | undefined;
  readonly service?: readonly string[] | undefined;
}

/** Collects the facts of a run while it is in progress. */
export interface CiReport {
  planned(prepared: Prepared): void;
  applied(report: RunReport | null): void;
  /** The page for `--summary`, with the facts known so far. */
  page(): Promise<string>;
}

/** The options of every command that can report its result to a CI system. */
export function addCiOptions(command: Command): Command {
  return command.option('--summary <file>', 'also write a Markdown report to FILE, even if the run fails');
}

/**
 * Registers the reports to be written at the end.
 * @throws LocalIoError if `--summary` names a place that cannot be written to; nothing else has been done then
 */
export async function openCiReport(
  context: Pick<Context, 'globals' | 'io' | 'env' | 'cwd' | 'atExit'>,
  command: PageFacts['command'],
  options: CiOptions,
): Promise<CiReport> {
  const { io, env, cwd, globals } = context;
  let plan: Prepared | undefined;
  let report: RunReport | null | undefined;

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
    const { openPendingFile } = await import('../files/write-file.ts');
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
  // Last, because its exit code must include failures to write the others.
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
