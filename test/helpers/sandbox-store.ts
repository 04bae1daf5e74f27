import type { Clock } from '../../src/clock.ts';
import type { ActionStore } from '../../src/pagerduty/store.ts';
import { createStore, type StoreOptions } from '../../src/pagerduty/stores/api-store.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { createVirtualClock } from './virtual-clock.ts';

/** The real client on a sandbox, with a given clock and fixed randomness. */
export function sandboxStore(
  { url, token }: Pick<Sandbox, 'url' | 'token'>,
  options: Partial<StoreOptions> & { readonly clock?: Clock } = {},
): ActionStore {
  return createStore({
    baseUrl: url,
    token,
    tokenType: 'token',
    userAgent: 'pdactions/test',
    timeoutMs: 30_000,
    runTimeoutMs: 600_000,
    concurrency: 4,
    clock: createVirtualClock(),
    random: () => 0.5,
    ...options,
  });
}
