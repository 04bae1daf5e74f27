/** SIGHUP: reads the config again, with the secrets that it names, and serves it if it is valid. */
import { ConfigError, PdactionsError } from '../../../errors.ts';
import type { Receiver } from '../../../receiver/receiver.ts';
import type { Log } from '../../../receiver/tell/events.ts';
import { renderError } from '../../../ui/render/error.ts';
import type { CanFork } from '../../context.ts';
import { createContext } from '../../create-context.ts';
import { listenRoutes, type RouteOptions } from '../../receiving/routes.ts';

/** Reloads at each SIGHUP, one after the other. If the config has problems, reports them and keeps the old one. */
export function reloadAtHangup(context: CanFork, options: RouteOptions, receiver: Receiver, log: Log): void {
  let last = Promise.resolve();
  context.onHangup(() => {
    last = last.then(() => reload(context, options, receiver, log));
  });
}

async function reload(context: CanFork, options: RouteOptions, receiver: Receiver, log: Log): Promise<void> {
  try {
    const fresh = createContext(context, context.globals);
    const routes = await listenRoutes(await fresh.config(), context, options);
    receiver.reload(routes);
    const count = routes.size === 1 ? 'one action' : `${routes.size} actions`;
    log({ event: 'reloaded', level: 'info', detail: `serving ${count}` });
  } catch (error) {
    if (!(error instanceof PdactionsError)) throw error;
    const where = error instanceof ConfigError ? '; the problems are on stderr' : '';
    const detail = `${error.message}${where}. The previous config stays in use`;
    log({ event: 'reload-failed', level: 'error', detail });
    for (const parts of renderError(error, context.io)) context.io.say(parts, { always: true });
  }
}
