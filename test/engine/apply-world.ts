/** Small accounts in memory, and ways to make their stores fail, for the tests of applying. */
import type { LiveAction } from '../../src/core/action.ts';
import { verdictsOf } from '../../src/engine/report.ts';
import { RemoteError } from '../../src/errors.ts';
import { spec } from '../helpers/actions.ts';
import { type Account, type Asked, createMemoryStore, type MemoryStore } from '../helpers/memory-store.ts';
import { brief, type SyncOptions, syncOn } from './world.ts';

export const restart = spec('Restart');
export const diagnose = spec('Diagnose');
export const revert = spec('Revert');
export const at = (id: string, service: string, label: string, url = spec(label).url) => ({
  id,
  service,
  name: label,
  url,
});

export function storeWith(
  extensions: Account['extensions'] = [],
  services = ['ALPHA', 'BRAVO'],
): MemoryStore {
  return createMemoryStore({
    account: 'acme',
    services: services.map((id) => ({ id, name: id })),
    extensions,
  });
}

export const remote = (reason: 'server_error' | 'lost_response' | 'gone' | 'network' | 'invalid' | 'proxy') =>
  new RemoteError(`it was ${reason}`, {
    reason,
    aftermath:
      reason === 'server_error' || reason === 'lost_response' || reason === 'proxy' ? 'verify' : 'skip',
  });

/** Fails the calls of one method; `lost` carries them out first. */
export function failing(
  store: MemoryStore,
  method: Asked[0],
  error: () => Error,
  { lost = false, times = Number.POSITIVE_INFINITY, service = '' } = {},
): void {
  let left = times;
  const others = store.before;
  store.before = async (asked, commit) => {
    await others(asked, commit);
    if (asked[0] !== method || !asked.includes(service === '' ? asked[1] : service) || left <= 0) return;
    left -= 1;
    if (lost) commit();
    throw error();
  };
}

/** Stores something other than was sent, and answers with it. */
export function changing(store: MemoryStore, change: (sent: LiveAction) => LiveAction): void {
  const { create, update } = store;
  const keep = (action: LiveAction): LiveAction => {
    const kept = change(action);
    store.live.set(kept.id, kept);
    return kept;
  };
  store.create = async (...sent) => keep(await create(...sent));
  store.update = async (...sent) => keep(await update(...sent));
}

export const labels = (store: MemoryStore): string[] =>
  [...store.live.values()].map(({ label }) => label).sort();
export const sent = (store: MemoryStore): string[] =>
  store.writes().map(([method, about]) => `${method} ${about}`);

export async function outcomes(store: MemoryStore, ...rest: [Parameters<typeof syncOn>[1], SyncOptions?]) {
  const report = await syncOn(store, ...rest);
  return { report, briefs: report.outcomes.map(brief), verdicts: verdictsOf(report) };
}
