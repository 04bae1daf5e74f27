/** The four writes of the port, each with the read that decides after a lost answer. */
import type { LiveAction } from '../../core/action.ts';
import { sameUrl } from '../../core/same/same-url.ts';
import { RemoteError } from '../../errors.ts';
import type { Caller } from '../http/call.ts';
import type { Reads } from '../reads/reads.ts';
import type { ActionBody } from '../store.ts';
import { decodeExtension, encodeExtension, id as idOf, ShapeError, unwrap } from '../wire.ts';
import { checkedId } from './checked-id.ts';

/** The caller for one API, and the reads over it. */
interface ApiAccess {
  readonly call: Caller;
  readonly reads: Reads;
}

export async function createAction(
  { call, reads }: ApiAccess,
  serviceId: string,
  body: ActionBody,
): Promise<LiveAction> {
  checkedActionId(serviceId);
  const encoded = await encode(reads, serviceId, body);
  return call({
    class: 'create',
    request: { method: 'POST', path: '/extensions', body: encoded },
    what: `create \`${body.label}\``,
    decode: (document) => unwrap(document, 'extension', created),
  });
}

export async function updateAction(
  { call, reads }: ApiAccess,
  id: string,
  serviceId: string,
  body: ActionBody,
): Promise<LiveAction> {
  const path = `/extensions/${checkedActionId(id)}`;
  const encoded = await encode(reads, serviceId, body);
  return call<LiveAction>({
    class: 'update',
    request: { method: 'PUT', path, body: encoded },
    what: `update \`${body.label}\` (${id})`,
    decode: (document) => decodeOwn(document, id),
    async look(answered) {
      const { action } = await reads.action(id);
      // Header values cannot be read back: without the server's confirmation, equality proves nothing about them.
      const provable = answered || (body.headers ?? []).length === 0;
      return provable && isAsWanted(action, body) ? action : undefined;
    },
  });
}

export async function deleteAction({ call, reads }: ApiAccess, id: string): Promise<'deleted' | 'gone'> {
  return call<'deleted' | 'gone'>({
    class: 'delete',
    request: { method: 'DELETE', path: `/extensions/${checkedActionId(id)}` },
    what: `delete the action ${id}`,
    decode: () => 'deleted',
    whenApplied: (kind, wasLost) => (kind === 'gone' && !wasLost ? 'gone' : 'deleted'),
    look: async () => ((await isGone(reads, id)) ? 'deleted' : undefined),
  });
}

export async function enableAction({ call, reads }: ApiAccess, id: string): Promise<LiveAction> {
  return call({
    class: 'enable',
    request: { method: 'POST', path: `/extensions/${checkedActionId(id)}/enable` },
    what: `enable the action ${id}`,
    decode: (document) => enabled(decodeOwn(document, id)),
    async look() {
      const { action } = await reads.action(id);
      return action.disabled === false ? action : undefined;
    },
  });
}

/** An id of an action or a service. @throws UsageError for anything else */
export function checkedActionId(id: string): string {
  return checkedId(id, '`pdactions list` shows the ids.');
}

async function isGone(reads: Reads, id: string): Promise<boolean> {
  try {
    await reads.action(id);
    return false;
  } catch (error) {
    if (error instanceof RemoteError && error.reason === 'gone') return true;
    throw error;
  }
}

async function encode(reads: Reads, serviceId: string, body: ActionBody): Promise<unknown> {
  return encodeExtension(await reads.schemaId(), serviceId, body);
}

function isAsWanted(now: LiveAction, { label, url, headers }: ActionBody): boolean {
  const names = (list: readonly string[]): string =>
    list
      .map((name) => name.toLowerCase())
      .sort()
      .join('\n');
  const sameHeaders =
    headers === undefined ||
    now.headerNames === null ||
    names(headers.map(({ name }) => name)) === names(now.headerNames);
  return now.label === label && sameUrl(url, now.url) && sameHeaders;
}

/** The action of an answer. One about another action is not an answer (F19). */
function decodeOwn(document: unknown, id: string): LiveAction {
  const { action } = unwrap(document, 'extension', decodeExtension);
  if (action.id !== id) throw new ShapeError('the action has a different `id`');
  return action;
}

function enabled(action: LiveAction): LiveAction {
  if (action.disabled === true) throw new ShapeError('the action is still disabled');
  return action;
}

/** A success with an id ends a create; a read shows the rest. */
function created(item: unknown): LiveAction {
  try {
    return decodeExtension(item).action;
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    const nothing = { label: '', url: null, services: [], headerNames: null, disabled: null, htmlUrl: null };
    return { id: idOf(item), ...nothing };
  }
}
