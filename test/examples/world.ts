/** A recipe in use: its folder copied, the sandbox, `sync`, `listen`, and presses from PagerDuty. */
import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { HANDLER_DEFAULTS } from '../../src/core/handler.ts';
import { understand } from '../../src/receiver/press/message.ts';
import type { PressContext } from '../../src/receiver/run/context.ts';
import { environmentOf } from '../../src/receiver/run/environment.ts';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { pointedAt, temporaryFolder, testSandbox } from '../helpers/in-process.ts';
import { type Running, spawnCli, start } from '../helpers/spawned.ts';
import { message, type PressOptions } from '../receiver/world.ts';
import { call, list } from '../sandbox/client.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../examples');
export const SECRET = 'k7Qz-correct-horse-99';

type Env = Readonly<Record<string, string>>;

export interface RecipeOptions {
  /** Variables that the handler reads. */
  readonly env?: Env;
  readonly title?: string;
  /** The events behind `PINC001`, which a press does not include (fact 33). */
  readonly event?: Pick<SeedIncident, 'trigger' | 'alerts'>;
  /** `PINC001` by default, which is on "Checkout API"; `PINC002` is on "Search API". */
  readonly incident?: string;
  readonly switches?: NonNullable<SandboxOptions['switches']>;
}

export interface Recipe {
  readonly folder: string;
  readonly listening: Running;
  /** Presses the button, as a responder in PagerDuty or with `run`. Resolves with the `count`-th note on the incident. */
  press(count?: number, by?: 'responder' | 'run'): Promise<string>;
  /** All notes on the incident, the oldest first. */
  notes(): Promise<readonly string[]>;
  /** Runs the script directly with the message of the last press, like a receiver without memory. */
  again(script: string): Promise<Ran>;
}

export interface Ran {
  readonly code: number | null;
  readonly text: string;
}

/** A copy of the recipe in a temporary folder. */
export function copyOf(name: string): string {
  const folder = join(temporaryFolder(), name);
  cpSync(join(EXAMPLES, name), folder, { recursive: true });
  return folder;
}

/** Starts the receiver of a recipe. Resolves with its URL. */
export async function listen(
  cwd: string,
  env: Env,
  ...args: string[]
): Promise<Running & { readonly url: string }> {
  const told = { HOOKS_SECRET: SECRET, HOOKS_URL: 'http://127.0.0.1:9', ...env };
  const running = start(['listen', '--port', '0', '--json', ...args], { cwd, env: told });
  const url = /http:\/\/[\d.:]+/.exec(await running.seen('"listening"'))?.[0] ?? '';
  return { ...running, url };
}

/** Starts everything for a recipe, on an account with one incident for each service. */
export async function recipe(folder: string, label: string, options: RecipeOptions = {}): Promise<Recipe> {
  const { env = {}, title = 'It is broken', event = {}, incident = 'PINC001', switches = {} } = options;
  const sandbox = await testSandbox({ deliver: undefined, switches, seed: seedWith(title, event) });
  const told = { ...pointedAt(sandbox), ...env };
  const listening = await listen(folder, told);
  const cli = async (...argv: string[]): Promise<void> => {
    const here = { ...told, HOOKS_SECRET: SECRET, HOOKS_URL: listening.url };
    const { code, stderr } = await spawnCli(argv, { cwd: folder, env: here });
    expect(code, stderr).toBe(0);
  };
  await cli('sync', '--yes');
  const notes = async (): Promise<readonly string[]> => {
    const { json } = await call(sandbox, 'GET', `/incidents/${incident}/notes`);
    return list(json.notes)
      .map(({ content }) => String(content))
      .reverse();
  };
  return {
    folder,
    listening,
    notes,
    async press(count = 1, by = 'responder') {
      if (by === 'run') await cli('run', label, '--incident', incident, '--yes');
      else await pressIn(sandbox, label, incident);
      await listening.seen('"noted"', count);
      const all = await notes();
      expect(all).toHaveLength(count);
      return all.at(-1) ?? '';
    },
    again: (script) =>
      alone(folder, script, sandbox.deliveries().at(-1)?.attempts.at(-1)?.request.body ?? '', env),
  };
}

/** Presses the button of this label on the service of the incident (fact 31). */
export async function pressIn(sandbox: Sandbox, label: string, incidentId: string): Promise<void> {
  const { incidents, extensions } = sandbox.state();
  const incident = incidents.find(({ id }) => id === incidentId);
  const button = extensions.find(
    ({ name, serviceIds }) => name === label && serviceIds.includes(incident?.serviceId ?? ''),
  );
  const body = { custom_action: { webhook: { id: button?.id, type: 'webhook_reference' } } };
  const { status, text } = await call(sandbox, 'POST', `/incidents/${incidentId}/custom_action`, { body });
  expect(status, text).toBe(200);
}

/** Runs a script as `listen` does, for a made-up press. */
export function pressAlone(
  folder: string,
  script: string,
  press: PressOptions,
  env: Env = {},
  context: PressContext = {},
): Promise<Ran> {
  return alone(folder, script, message(press), env, context);
}

/** Runs a script as `listen` does, for this body of a request. */
export async function alone(
  folder: string,
  script: string,
  body: string,
  env: Env,
  context: PressContext = {},
): Promise<Ran> {
  const understood = understand(JSON.parse(body), undefined);
  if (understood.kind !== 'press') throw new Error('that is not a press');
  const { press } = understood;
  const handler = { ...HANDLER_DEFAULTS, command: [], env: Object.keys(env) };
  const around = { PATH: process.env.PATH, HOME: folder, ...env };
  const child = spawn(join(folder, script), {
    cwd: folder,
    env: environmentOf({ action: 'a', label: 'A', handler }, press, around, process.platform, context),
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(press.message));
  const code = new Promise<number | null>((tell) => child.once('close', tell));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, text: stdout + stderr };
}

type Seed = NonNullable<SandboxOptions['seed']>;
type SeedIncident = NonNullable<Seed['incidents']>[number];

function seedWith(title: string, event: RecipeOptions['event']): Seed {
  return {
    account: 'acme',
    services: [
      { id: 'PCHKOUT', name: 'Checkout API' },
      { id: 'PIJ90N7', name: 'Search API' },
    ],
    incidents: [
      { id: 'PINC001', service: 'PCHKOUT', title, ...event },
      { id: 'PINC002', service: 'PIJ90N7', title },
    ],
  };
}
