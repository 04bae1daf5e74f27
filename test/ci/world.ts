/** A repository with a config, a sandbox, and the programs of a runner. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { CANARY, CONFIG } from '../cli/project.ts';
import { pointedAt, temporaryFolder, testSandbox } from '../helpers/in-process.ts';
import type { Machine, Step } from './runner.ts';
import { makeStubs, type Stubs } from './stubs.ts';

export const ROOT = resolve(import.meta.dirname, '../..');
export const SHA = '1234567890123456789012345678901234567890';

export interface World {
  readonly folder: string;
  readonly sandbox: Sandbox;
  readonly stubs: Stubs;
  readonly machine: Machine;
  write(config: unknown): void;
}

/** @param scope additional GitHub contexts */
export async function world(scope: Machine['scope'] = {}): Promise<World> {
  const base = temporaryFolder();
  const folder = join(base, 'repository');
  mkdirSync(folder);
  const sandbox = await testSandbox();
  const stubs = makeStubs(join(base, 'stubs'), ['gh', 'curl', 'npm', 'sudo', 'apt-get']);
  const write = (config: unknown): void =>
    writeFileSync(join(folder, 'pdactions.config.json'), JSON.stringify(config, null, 2));
  write(CONFIG);
  const { PAGERDUTY_TOKEN: token = '', ...address } = pointedAt(sandbox);
  return {
    folder,
    sandbox,
    stubs,
    write,
    machine: {
      folder,
      temp: join(base, 'temp'),
      path: `${stubs.folder}:${process.env.PATH}`,
      env: { ...address, GITHUB_REPOSITORY: 'acme/buttons', GITHUB_SHA: SHA },
      shell: 'bash',
      scope: {
        secrets: { PAGERDUTY_TOKEN: token, PAGERDUTY_READONLY_TOKEN: token, AUTOMATION_TOKEN: CANARY },
        github: { token: 'gh-token-of-the-job', repository: 'acme/buttons', event: {} },
        ...scope,
      },
    },
  };
}

/** A file of the repository as text. */
export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The steps of one job of a workflow in docs/ci, each with the variables of the workflow. */
export function jobSteps(path: string, job: string): readonly Step[] {
  const { env, jobs } = parse(read(path));
  const steps: readonly Step[] | undefined = jobs?.[job]?.steps;
  if (!Array.isArray(steps)) throw new Error(`${path} has no job ${job}`);
  return steps.map((step) => ({ ...step, env: { ...env, ...step.env } }));
}
