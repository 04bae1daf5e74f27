/** Opens the store for the program and the library, with the same settings for every request. */
import type { Caller } from '../pagerduty/http/call.ts';
import type { ActionStore } from '../pagerduty/store.ts';
import { createStore, openCaller, type StoreOptions } from '../pagerduty/stores/api-store.ts';
import { VERSION } from '../version.ts';

/** Settings of every call, from the program and the library. */
export const CALL_DEFAULTS = {
  userAgent: `pdactions/${VERSION}`,
  /** The time limit of one attempt of one request. */
  timeoutMs: 30_000,
} as const;

/** Opens a store. Nothing is sent yet. */
export function openStore(options: StoreOptions): { readonly store: ActionStore; readonly caller: Caller } {
  const caller = openCaller(options);
  return { store: createStore(options, caller), caller };
}
