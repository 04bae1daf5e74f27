/**
 * A temporary receiver for a drill on the sandbox: that of `listen`, with the routes and handlers of the config.
 * A sandbox in this process delivers to it whatever the endpoint is; one in another process only at its own port.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../../config/config.ts';
import type { ActionSpec, LiveAction } from '../../../core/action.ts';
import { filledFor } from '../../../core/filling/fill.ts';
import { RefusedError } from '../../../errors.ts';
import type { Caller } from '../../../pagerduty/http/call.ts';
import { createIncidentStore } from '../../../pagerduty/stores/incident-store.ts';
import { createNoteStore } from '../../../pagerduty/stores/note-store.ts';
import { isLoopback, parseUrl } from '../../../parse-url.ts';
import { line, styled } from '../../../ui/text/text.ts';

import type { CanFork, Context, Simulation } from '../../context.ts';
import { cleaned } from '../../receiving/cleaned.ts';
import { lineOf } from '../../receiving/log.ts';
import { listenRoutes } from '../../receiving/routes.ts';

const HOST = '127.0.0.1';
/** A port on this machine answers immediately or not at all. */
const KNOCK_MS = 1_000;

interface OwnReceiverOptions {
  readonly simulation: Simulation;
  readonly caller: Caller;
  /** The author of the notes. */
  readonly from: string | undefined;
}

export type CanReceive = CanFork & Pick<Context, 'labels' | 'config'>;
type Endpoint = Pick<LiveAction, 'label' | 'services'> & { readonly url: URL };

/**
 * Starts a receiver for the actions whose endpoints do not answer; undefined if there are none.
 * @returns a function that stops it after its running handlers
 * @throws RefusedError if the config has no handler for one of them; UsageError if anyone could press it
 */
export async function startOwnReceiver(
  context: CanReceive,
  actions: readonly LiveAction[],
  options: OwnReceiverOptions,
): Promise<(() => Promise<void>) | undefined> {
  const missing = await withoutReceiver(actions, options.simulation);
  if (missing.length === 0) return undefined;
  const config = handledBy(await configOf(context), missing);
  const folder = await mkdtemp(join(tmpdir(), 'pdactions-prove-'));
  const tidy = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const receiver = await start(context, { missing, config, stateFile: join(folder, 'state') }, options);
    return () => receiver.stop().then(tidy, tidy);
  } catch (error) {
    await tidy();
    throw error;
  }
}

/** Actions with unreachable endpoints. If another process delivers, the drill reports undelivered presses itself. */
async function withoutReceiver(
  actions: readonly LiveAction[],
  { standIn }: Simulation,
): Promise<readonly Endpoint[]> {
  const endpoints = actions.flatMap(({ label, services, url: text }) => {
    const url = parseUrl(text ?? '');
    return url ? [{ label, services, url }] : [];
  });
  const answered = await Promise.all(endpoints.map(({ url }) => isAnswered(url)));
  const missing = endpoints.filter((_, index) => answered[index] !== true);
  if (standIn) return missing;
  const here = missing.filter(({ url }) => url.protocol === 'http:' && isLoopback(url.hostname));
  return here.filter(({ url }) => url.origin === here[0]?.url.origin);
}

/** True if a program on this machine listens at an endpoint. Other machines are not tried, because the sandbox would not deliver there. */
function isAnswered({ protocol, hostname, port }: URL): Promise<boolean> {
  if (!isLoopback(hostname)) return Promise.resolve(false);
  const usual = protocol === 'https:' ? 443 : 80;
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || usual,
      timeout: KNOCK_MS,
    });
    const tell = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => tell(true));
    socket.once('error', () => tell(false));
    socket.once('timeout', () => tell(false));
  });
}

/** Null without a config; its problems are errors. */
async function configOf(context: CanReceive): Promise<Config | null> {
  return (await context.labels()) === null ? null : context.config();
}

/** The config, limited to the actions of these endpoints. */
function handledBy(config: Config | null, endpoints: readonly Endpoint[]): Config {
  const handled = [...(config?.actions ?? [])].filter(([, { handler }]) => handler !== undefined);
  const actions = handled.filter(([, action]) => endpoints.some((endpoint) => isOf(action, endpoint)));
  const other = endpoints.find((endpoint) => !actions.some(([, action]) => isOf(action, endpoint)));
  if (config && !other) return { ...config, actions: new Map(actions) };
  const { label = '', url } = other ?? {};
  throw new RefusedError(`no receiver answers at ${url?.origin} for \`${label}\``, {
    hint: `${config ? 'Its definition in the config has no `handler`' : 'There is no config with a `handler`'} that this command can run. Start your receiver first. Nothing was opened or pressed.`,
  });
}

/** True if the definition, filled in for the service of the live action, has its label. */
function isOf(action: ActionSpec, { label, services }: Endpoint): boolean {
  return services.some(({ id, name }) => filledFor(action, { id, name: name ?? '' }).label === label);
}

interface Start {
  readonly missing: readonly Endpoint[];
  readonly config: Config;
  readonly stateFile: string;
}

async function start(
  context: CanReceive,
  { missing, config, stateFile }: Start,
  { simulation, caller, from }: OwnReceiverOptions,
) {
  const { io, clock, env, platform } = context;
  const now = (): string => new Date().toISOString();
  const routes = await listenRoutes(config, context, { host: HOST });
  const notes = createNoteStore(caller);
  const incidents = createIncidentStore(caller);
  const { startReceiver } = await import('../../../receiver/receiver.ts');
  const receiver = await startReceiver({
    ...{ routes, stateFile, host: HOST, env, platform, clock },
    port: simulation.standIn ? 0 : Number(missing[0]?.url.port || 80),
    addNote: (incident, content, mayBeThere) => notes.addNote(incident, content, { from, mayBeThere }),
    reader: incidents,
    limits: { lingerMs: 0 },
    now: () => Date.parse(now()),
    clean: (text) => cleaned(text, io.redact),
    redact: io.redact,
    log: (event) => io.say(lineOf(event, now())),
  });
  io.say(
    line(styled('muted', 'No receiver answers there, so this command runs the handlers of the config.')),
  );
  for (const { url } of missing)
    simulation.standIn?.(url.href, `${receiver.url}${url.pathname}${url.search}`);
  return receiver;
}
