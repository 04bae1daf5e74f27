/** Executes the steps of a workflow, or of a composite action, as GitHub's runner would: shell, variables, files, conditions. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluate, fill, type Scope, type Value } from './expression.ts';

export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly 'working-directory'?: string;
}

export interface StepResult {
  readonly step: Step;
  readonly outcome: 'success' | 'failure' | 'skipped';
  readonly code: number | null;
  readonly log: string;
}

export interface Run {
  readonly steps: readonly StepResult[];
  readonly code: number;
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly summary: string;
  readonly log: string;
}

export interface Machine {
  /** The workspace, where steps begin. */
  readonly folder: string;
  readonly temp: string;
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
  /** The contexts, except `steps`, `env` and the status functions. */
  readonly scope: Scope;
  /** The default shell of a step. */
  readonly shell?: string;
}

/** The command that the runner derives from `shell:`. */
const SHELLS: Readonly<Record<string, readonly string[]>> = {
  bash: ['bash', '--noprofile', '--norc', '-eo', 'pipefail'],
  default: ['bash', '-e'],
};

/** Runs the steps in order. Steps with `uses` count as done. */
export async function runSteps(steps: readonly Step[], machine: Machine): Promise<Run> {
  mkdirSync(machine.temp, { recursive: true });
  const file = (name: string): string => join(machine.temp, name);
  writeFileSync(file('summary'), '');
  const results: StepResult[] = [];
  const known: Record<string, { outputs: Record<string, string>; outcome: string }> = {};
  let failed = false;
  for (const [index, step] of steps.entries()) {
    const scope: Scope = {
      ...machine.scope,
      env: machine.env,
      steps: known as unknown as Value,
      'always()': true,
      'success()': !failed,
      'failure()': failed,
      'cancelled()': false,
    };
    const condition = (step.if ?? 'success()').replace(/^\s*\$\{\{|\}\}\s*$/g, '');
    const status = /\b(always|failure|cancelled|success)\(\)/.test(condition);
    const wanted = Boolean(evaluate(condition, scope)) && (status || !failed);
    let result: StepResult = { step, outcome: wanted ? 'success' : 'skipped', code: null, log: '' };
    let outputs = {};
    if (wanted && step.run !== undefined) {
      const output = file(`output-${index}`);
      writeFileSync(output, '');
      const script = file(`step-${index}.sh`);
      writeFileSync(script, fill(step.run, scope));
      const env = Object.fromEntries(
        Object.entries(step.env ?? {}).map(([name, value]) => [name, fill(String(value), scope)]),
      );
      const { code, log } = await execute([...shellOf(step, machine), script], {
        cwd: join(machine.folder, fill(step['working-directory'] ?? '.', scope)),
        env: {
          PATH: machine.path,
          HOME: machine.temp,
          CI: 'true',
          GITHUB_ACTIONS: 'true',
          GITHUB_WORKSPACE: machine.folder,
          RUNNER_TEMP: machine.temp,
          ...machine.env,
          ...env,
          GITHUB_OUTPUT: output,
          GITHUB_STEP_SUMMARY: file('summary'),
        },
      });
      outputs = readOutputs(readFileSync(output, 'utf8'));
      result = { step, outcome: code === 0 ? 'success' : 'failure', code, log };
    }
    failed ||= result.outcome === 'failure';
    if (step.id !== undefined) known[step.id] = { outputs, outcome: result.outcome };
    results.push(result);
  }
  const failures = results.filter(({ outcome }) => outcome === 'failure');
  return {
    steps: results,
    code: failures.at(-1)?.code ?? 0,
    outputs: Object.fromEntries(Object.entries(known).map(([id, step]) => [id, step.outputs])),
    summary: readFileSync(file('summary'), 'utf8'),
    log: results.map(({ log }) => log).join(''),
  };
}

function shellOf(step: Step, machine: Machine): readonly string[] {
  const shell = SHELLS[step.shell ?? machine.shell ?? 'default'];
  if (shell === undefined) throw new Error(`no such shell: ${step.shell}`);
  return shell;
}

/** Parses GITHUB_OUTPUT like the runner. @throws Error for a line that the runner would refuse */
export function readOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line === '') continue;
    const [, name = '', delimiter] = /^([^=<]+)<<(.+)$/.exec(line) ?? [];
    if (delimiter === undefined) {
      const equals = line.indexOf('=');
      if (equals < 1) throw new Error(`the runner refuses: ${line}`);
      outputs[line.slice(0, equals)] = line.slice(equals + 1);
      continue;
    }
    const end = lines.indexOf(delimiter, index + 1);
    if (end === -1) throw new Error(`no end of ${name}`);
    outputs[name] = lines.slice(index + 1, end).join('\n');
    index = end;
  }
  return outputs;
}

/** Runs a program to its end. */
export function execute(
  [command = '', ...args]: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<{ readonly code: number | null; readonly log: string }> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        log += text;
      });
    }
    child.on('error', fail);
    child.on('close', (code) => done({ code, log }));
  });
}
