import type { Route } from '../../wire/route.ts';
import { underLock } from './account-lock.ts';
import { getExtension, listExtensions } from './reads.ts';
import { createExtension, deleteExtension, enableExtension, updateExtension } from './writes.ts';

const read = 'extensions.read';
const write = 'extensions.write';

/** All there is: no PATCH and no bulk call (fact 1). */
export const extensionRoutes: readonly Route[] = [
  { method: 'GET', path: '/extensions', scope: read, handle: listExtensions },
  underLock({ method: 'POST', path: '/extensions', scope: write, handle: createExtension }),
  { method: 'GET', path: '/extensions/:id', scope: read, handle: getExtension },
  underLock({ method: 'PUT', path: '/extensions/:id', scope: write, handle: updateExtension }),
  underLock({ method: 'DELETE', path: '/extensions/:id', scope: write, handle: deleteExtension }),
  underLock({ method: 'POST', path: '/extensions/:id/enable', scope: write, handle: enableExtension }),
];
