/** Runs the handler of a press, with the context it requests, and stores its output on request. */

import type { Clock } from '../../clock.ts';
import { codeOf } from '../../code-of.ts';
import type { Limits } from '../limits.ts';
import type { Press } from '../press/message.ts';
import type { Route } from '../press/routes.ts';
import { contextOf } from './context.ts';
import { environmentOf } from './environment.ts';
import { type OutputFile, openOutputFile } from './output-file.ts';
import type { AccountReader } from './reader.ts';
import { type RunOutcome, runScript } from './script.ts';

export interface HandlerOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly now: () => number;
  /** Called with failures other than the command's own. */
  readonly onProblem: (event: 'context-failed' | 'record-failed', detail: string) => void;
  readonly redact: (text: string) => string;
  readonly limits: Limits;
  readonly reader?: AccountReader | undefined;
  readonly outputFolder?: string | undefined;
  readonly stop: AbortSignal;
}

/** Runs it to its end. Never rejects: every failure is an outcome. */
export async function runHandler(
  { route, press }: { readonly route: Route; readonly press: Press },
  options: HandlerOptions,
): Promise<RunOutcome> {
  const { env, platform, clock, reader, redact, onProblem, limits, stop } = options;
  const { handler } = route;
  if (!handler) return { kind: 'failed', how: 'has no handler', ms: 0, output: '' };
  const context = await contextOf(handler.context, press, {
    reader,
    clock,
    limitMs: limits.contextMs,
    stop,
    redact,
    onFailure: (detail) => onProblem('context-failed', detail),
  });
  const message = handler.context.length === 0 ? press.message : { ...press.message, context };
  const file = outputFile({ action: route.action, id: press.id }, options);
  const task = {
    command: handler.command,
    cwd: route.folder,
    env: environmentOf(route, press, env, platform, context),
    input: `${JSON.stringify(message)}\n`,
    timeoutMs: handler.timeout * 1000,
    onOutput: file && ((chunk: Buffer) => file.add(chunk)),
  };
  return runScript(task, { clock, platform, limits, stop }).finally(() => file?.end());
}

function outputFile(
  about: { readonly action: string; readonly id: string },
  { outputFolder, now, redact, onProblem, limits }: HandlerOptions,
): OutputFile | undefined {
  if (outputFolder === undefined) return undefined;
  return openOutputFile(about, {
    folder: outputFolder,
    most: limits.outputFileBytes,
    files: limits.outputFiles,
    now,
    redact,
    onFailure: (error) => {
      onProblem('record-failed', `its output could not be saved (${codeOf(error, 'unknown')})`);
    },
  });
}
