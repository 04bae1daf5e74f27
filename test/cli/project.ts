import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.ts';
import {
  pointedAt,
  type Result,
  type RunOptions,
  runCli,
  temporaryFolder,
  testSandbox,
} from '../helpers/in-process.ts';

/** A secret that no output may show. It differs in each run, because no output may depend on it (T53). */
export const CANARY = `canary-${randomBytes(4).toString('hex')}`;

/** The config of most tests. */
export const CONFIG = {
  account: 'acme',
  actions: {
    'restart-server': {
      label: 'Restart Server',
      url: 'https://automation.example.com/restart',
      headers: { Authorization: 'Bearer ${AUTOMATION_TOKEN}' },
    },
    'add-diagnostics': {
      label: 'Add Diagnostics',
      url: 'https://automation.example.com/pagerduty/diagnostics',
    },
  },
  services: { 'Checkout API': ['restart-server', 'add-diagnostics'], 'id:PIJ90N7': ['add-diagnostics'] },
};

export interface Project {
  readonly folder: string;
  readonly sandbox: Sandbox;
  run(argv: readonly string[], options?: RunOptions): Promise<Result>;
  write(config: unknown): void;
}

/** A folder with a config, and a sandbox that the program uses like any server. Concurrency is 1, so ids never change. */
export async function project(config: unknown = CONFIG, options: SandboxOptions = {}): Promise<Project> {
  const folder = temporaryFolder();
  const sandbox = await testSandbox(options);
  const write = (content: unknown): void =>
    writeFileSync(join(folder, 'pdactions.config.json'), JSON.stringify(content, null, 2));
  if (config !== null) write(config);
  const env = { ...pointedAt(sandbox), AUTOMATION_TOKEN: CANARY };
  return {
    folder,
    sandbox,
    write,
    async run(argv, more = {}) {
      const result = await runCli([...argv, '--concurrency', '1'], {
        cwd: folder,
        ...more,
        env: { ...env, ...more.env },
      });
      for (const secret of [CANARY, sandbox.token]) {
        if ((result.stdout + result.stderr).includes(secret)) throw new Error('a secret was shown');
      }
      return result;
    },
  };
}

/** The labels on a service of the sandbox, sorted. */
export function labelsOn(sandbox: Sandbox, service: string): string[] {
  return sandbox
    .state()
    .extensions.filter(
      (extension) => extension.serviceIds.includes(service) && extension.schema === 'custom_webhook',
    )
    .map(({ name }) => name)
    .sort();
}
