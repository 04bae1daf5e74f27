/** `pdactions listen` as a process of its own, with commands of the test. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { inject } from 'vitest';
import { temporaryFolder } from '../helpers/in-process.ts';
import { type Running, start } from '../helpers/spawned.ts';
import { send } from './world.ts';

export const SECRET = 'k7Qz-correct-horse-99';
export const AUTH = { authorization: `Bearer ${SECRET}` };

const actionOf = (url: string, handler: object, more: object = {}): object => ({
  label: 'Restart Server',
  url: `https://hooks.example.com${url}`,
  headers: { Authorization: 'Bearer ${LISTEN_SECRET}' },
  handler,
  ...more,
});

/** A folder with a config of one action, `restart`, at `/hooks/restart`. */
export function folderWith(handler: object, more: object = {}): string {
  return write({ restart: actionOf('/hooks/restart', handler, more) });
}

/** A folder with a config of an action for each handler, at `/hooks/KEY`. */
export function folderOf(handlers: Readonly<Record<string, object>>): string {
  const actions = Object.entries(handlers).map(([key, handler]) => [key, actionOf(`/hooks/${key}`, handler)]);
  return write(Object.fromEntries(actions));
}

function write(actions: object): string {
  const folder = temporaryFolder();
  // The receiver ignores the services, so any will do.
  const config = { actions, services: { 'Checkout API': Object.keys(actions).slice(0, 1) } };
  writeFileSync(join(folder, 'pdactions.config.json'), JSON.stringify(config));
  return folder;
}

/** The Redis of `npm run test:redis`, for runs of these tests on a shared queue; undefined for runs on files. */
export const QUEUE: string | undefined = inject('queue');

const databases = new Map<string, Promise<number>>();

/** Calls `use` with a connection to a database. */
async function withRedis<T>(database: number, use: (client: Redis) => Promise<T>): Promise<T> {
  const { Redis } = await import('ioredis');
  const client = new Redis(`${QUEUE}/${database}`);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}

/** Receivers in one folder share a queue with each other only. */
function databaseOf(cwd: string): Promise<number> {
  const known = databases.get(cwd) ?? withRedis(0, (client) => client.incr('databases'));
  databases.set(cwd, known);
  return known;
}

/** Skips the minute after which a worker counts as dead. */
async function expireLocks(database: number): Promise<void> {
  await withRedis(database, async (client) => {
    const locks = await client.keys('*:lock');
    if (locks.length > 0) await client.del(...locks);
  });
}

/** The arguments, with a queue in place of the file if there is one. */
function onQueue(args: readonly string[], database: number): readonly string[] {
  if (args.includes('--forward')) return args;
  const state = args.indexOf('--state');
  const rest = state === -1 ? args : args.filter((_, index) => index !== state && index !== state + 1);
  return [...rest, '--queue', `${QUEUE}/${database}`];
}

type Event = Readonly<Record<string, unknown>>;

export interface Listening extends Running {
  readonly url: string;
  readonly port: number;
  /** Resolves with `count` events of this name, and of this action if given. */
  told(event: string, action?: string, count?: number): Promise<readonly Event[]>;
}

export async function listen(
  cwd: string,
  args: readonly string[] = ['--no-notes'],
  env: Readonly<Record<string, string>> = {},
): Promise<Listening> {
  const database = QUEUE === undefined ? 0 : await databaseOf(cwd);
  const where = QUEUE === undefined ? args : onQueue(args, database);
  const running = start(['listen', '--port', '0', '--json', ...where], {
    cwd,
    env: { LISTEN_SECRET: SECRET, ...env },
  });
  const events: Event[] = [];
  let looks: (() => void)[] = [];
  let rest = '';
  running.child.stdout?.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    events.push(...lines.map((text) => JSON.parse(text)));
    for (const look of [...looks]) look();
  });
  const url = /http:\/\/[\d.:]+/.exec(await running.seen('"listening"'))?.[0] ?? '';
  return {
    ...running,
    ended: running.ended.then(async (ended) => {
      if (QUEUE !== undefined && ended.code === null) await expireLocks(database);
      return ended;
    }),
    url,
    port: Number(new URL(url).port),
    told: (event, action, count = 1) =>
      new Promise((tell) => {
        const look = (): void => {
          const found = events.filter((one) => one.event === event && (!action || one.action === action));
          if (found.length < count) return;
          looks = looks.filter((other) => other !== look);
          tell(found);
        };
        looks.push(look);
        look();
      }),
  };
}

/** Presses the button of `folderWith`, on an incident. */
export function press({ url }: Listening, id = 'm-1') {
  return send(url, { headers: AUTH, id, incident: 'PINC001' });
}

/** Ends a receiver. @returns its exit code and its output */
export async function end({ child, ended }: Listening, signal: NodeJS.Signals = 'SIGTERM') {
  child.kill(signal);
  return ended;
}
