import { resource } from '../../resource.ts';
import { underLock } from './account-lock.ts';
import { getExtension, listExtensions } from './reads.ts';
import { extensions, extensionsOn } from './record.ts';
import { keep, kept, restore, row, seed, serviceIdsOf, slips } from './seed.ts';
import { createExtension, deleteExtension, enableExtension, updateExtension } from './writes.ts';

const read = 'extensions.read';
const write = 'extensions.write';

/** All existing routes: no PATCH and no bulk call (fact 1). */
const routes = [
  { method: 'GET', path: '/extensions', scope: read, handle: listExtensions },
  underLock({ method: 'POST', path: '/extensions', scope: write, handle: createExtension }),
  { method: 'GET', path: '/extensions/:id', scope: read, handle: getExtension },
  underLock({ method: 'PUT', path: '/extensions/:id', scope: write, handle: updateExtension }),
  underLock({ method: 'DELETE', path: '/extensions/:id', scope: write, handle: deleteExtension }),
  underLock({ method: 'POST', path: '/extensions/:id/enable', scope: write, handle: enableExtension }),
] as const;

export const extensionResource = resource({
  type: 'extension',
  plural: 'extensions',
  records: extensions,
  seed,
  row,
  kept,
  keep,
  restore,
  links: {
    service: { to: 'service', of: (entry) => (entry.odd ? [] : serviceIdsOf(entry)) },
    schema: { to: 'schema', by: 'key', of: ({ schema }) => [schema] },
  },
  slips,
  /** Removing a service also removes its extensions, or leaves them (U13). */
  follow: (state, type, id) => {
    const goes = type === 'service' && state.switches.orphans === 'delete';
    return goes ? extensionsOn(state, id).map((extension) => extension.id) : [];
  },
  routes,
});
