import type { LiveAction, Service } from '../core/action.ts';
import { servicesFor } from './ask/selectors.ts';
import type { CanRead } from './context.ts';

export interface Account {
  readonly account: string | null;
  /** Those that were asked for. */
  readonly services: readonly Service[];
  /** Every service of the account. */
  readonly all: readonly Service[];
  /** On the services that were asked for. */
  readonly actions: readonly LiveAction[];
}

/** Reads the account, or the part that `--service` names, with a display of progress. */
export async function readAccount(
  context: CanRead,
  selectors: readonly string[] | undefined,
): Promise<Account> {
  const store = await context.store();
  return context.activity.while('reading', async () => {
    store.prefetch(selectors === undefined ? 'all' : []);
    const { services: all } = await store.catalogue('all');
    const services = selectors === undefined ? all : await servicesFor(store, selectors);
    const actions = await store.actions(selectors === undefined ? 'all' : services);
    return { account: await store.account(), services, all, actions };
  });
}
