import type { LiveAction, Service, Team } from '../core/action.ts';
import { servicesFor } from './ask/selectors.ts';
import type { CanRead } from './context.ts';

export interface Account {
  readonly account: string | null;
  /** The selected ones. */
  readonly services: readonly Service[];
  /** Every service of the account. */
  readonly all: readonly Service[];
  /** On the selected services. */
  readonly actions: readonly LiveAction[];
}

/** Reads the account, or the part that `--service` names, with a progress display. */
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

/** Every team, if services share one; otherwise none, to save the read. */
export async function sharedTeams(
  context: Pick<CanRead, 'store'>,
  services: readonly Service[],
): Promise<readonly Team[]> {
  const counts = new Map<string, number>();
  for (const id of services.flatMap(({ teamIds }) => [...new Set(teamIds)]))
    counts.set(id, (counts.get(id) ?? 0) + 1);
  if (![...counts.values()].some((count) => count > 1)) return [];
  return (await context.store()).teams();
}
