/**
 * Writes the files of a run for a CI system: `--summary FILE`, GitHub's job summary and its step outputs. All are written at the
 * very end, when the exit code is known, and however the run ended.
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

/** The options of every command that can report its result to a CI system. */
export function addCiOptions(command: Command): Command {
  return command.option('--summary <file>', 'also write a page of Markdown there, however the run ends');
}

type CanReport = Pick<Context, 'globals' | 'io' | 'env' | 'cwd' | 'atExit'>;

/** Collects the facts of a run while it is in progress. */
export class CiReport {
  readonly #context: CanReport;
  readonly #command: PageFacts['command'];
  readonly #services: readonly string[];
  #plan: Prepared | undefined;
  #report: RunReport | null | undefined;

  constructor(context: CanReport, command: PageFacts['command'], services: readonly string[] = []) {
    this.#context = context;
    this.#command = command;
    this.#services = services;
  }

  get plan(): Prepared | undefined {
    return this.#plan;
  }

  planned(prepared: Prepared): void {
    this.#plan = prepared;
  }

  applied(report: RunReport | null): void {
    this.#report = report;
  }

  /** The page for `--summary`, with the facts known so far. */
  async page(): Promise<string> {
    return (await this.renderer())();
  }

  /** Renders the page into at most `room` bytes, with the facts known so far. */
  async renderer(ending?: Ending): Promise<(room?: number) => string> {
    const { globals, io, cwd, env } = this.#context;
    const { renderPage, LARGEST_PAGE } = await import('../../ui/render/github/plan.ts');
    const { folderInCheckout, markerOf } = await import('./marker.ts');
    const folder = folderInCheckout(cwd, env);
    const about = [globals.config ?? [], this.#services, folder === '' ? [] : [`in ${folder}`]].flat();
    const facts = {
      command: this.#command,
      marker: markerOf(this.#command, about),
      simulated: globals.sandbox !== undefined,
      plan: this.#plan,
      report: this.#report,
      ...ending,
    };
    return (room = LARGEST_PAGE) => renderPage(facts, io.redact, Math.min(room, LARGEST_PAGE));
  }
}

/**
 * Registers the reports to be written at the end.
 * @throws LocalIoError if `--summary` names a place that cannot be written to; nothing else has been done then
 */
export async function openCiReport(
  context: CanReport,
  command: PageFacts['command'],
  options: CiOptions,
): Promise<CiReport> {
  const { io, env, cwd } = context;
  const ci = new CiReport(context, command, options.service);
  if (options.summary !== undefined) {
    const { openPendingFile } = await import('../files/write-file.ts');
    const file = await openPendingFile(options.summary, cwd);
    context.atExit(async (ending) => file.commit(io.redact((await ci.renderer(ending))())));
  }
  if (env.GITHUB_STEP_SUMMARY) {
    const path = env.GITHUB_STEP_SUMMARY;
    context.atExit(async (ending) => {
      const { appendSummary } = await import('./append.ts');
      const render = await ci.renderer(ending);
      await appendSummary(path, cwd, (room) => io.redact(render(room)));
    });
  }
  // Last, because its exit code must include failures to write the others.
  if (env.GITHUB_OUTPUT) {
    const path = env.GITHUB_OUTPUT;
    context.atExit(async ({ code }) => {
      const { appendOutputs } = await import('./append.ts');
      await appendOutputs(path, cwd, { ...(ci.plan && outputsOf(ci.plan)), 'exit-code': code });
    });
  }
  return ci;
}

function outputsOf({ plan, digest }: Prepared): Record<string, string | number> {
  const { create, update, delete: deletes, enable } = countPlan(plan);
  return { changes: create + update + deletes + enable, creates: create, updates: update, deletes, digest };
}
