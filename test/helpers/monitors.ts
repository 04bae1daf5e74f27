/**
 * Violations that the sandbox's log must never show after any run (SECURITY.md): I10 a create after a confirmed one with the same
 * label, I11 a fourth action on a service, I12 a write outside the run's scope.
 */
import { expect } from 'vitest';
import type { LoggedTraffic } from '../../src/sandbox/log.ts';
import type { Extension } from '../../src/sandbox/resources/extensions/record.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';

type Watched = Pick<Sandbox, 'log' | 'state'>;
type Request = LoggedTraffic['requests'][number];
type Commit = LoggedTraffic['commits'][number];

export interface Watch {
  /** Ignores requests up to this one, which belong to another run; 0 for none. */
  readonly after?: number | undefined;
  /** Ids of the services that may be written to; absent: any. */
  readonly scope?: ReadonlySet<string> | undefined;
}

/** Checks the log of a sandbox for writes that no run may send. Ignores requests of the test itself. */
export function expectMonitors(sandbox: Watched, { after = 0, scope }: Watch = {}): void {
  const { requests, commits } = sandbox.log();
  const sent = requests.filter(({ index, headers }) => index > after && isOurs(headers));
  if (sent.every(({ method }) => method === 'GET')) return;
  const history = historyOf(sandbox, commits);
  for (const request of sent) {
    if (request.method === 'GET') continue;
    createdOnce(request, requests, history);
    expectAllowed(request, history, scope);
  }
  for (const commit of commits) withinSlots(commit, requests, history, after);
}

const isOurs = (headers: Request['headers']): boolean =>
  headers['user-agent']?.startsWith('pdactions/') === true;

interface History {
  readonly commits: readonly Commit[];
  /** The custom incident actions after this number of commits. */
  readonly at: (count: number) => ReadonlyMap<string, Extension>;
}

/** Reconstructs earlier states of the account by undoing its commits. */
function historyOf(sandbox: Watched, commits: readonly Commit[]): History {
  const now = sandbox.state().extensions.filter(({ schema }) => schema === 'custom_webhook');
  const at = (count: number): ReadonlyMap<string, Extension> => {
    const held = new Map(now.map((one) => [one.id, one as unknown as Extension]));
    for (const { type, id, before } of commits.slice(count).toReversed()) {
      if (type !== 'extension') continue;
      if (before === null) held.delete(id);
      else held.set(id, before as Extension);
    }
    return held;
  };
  return { commits, at };
}

/** I10: an action confirmed by an id is not created again, unless it was removed or renamed since. */
function createdOnce(request: Request, requests: readonly Request[], { commits, at }: History): void {
  const wanted = createdBy(request);
  if (!wanted) return;
  const earlier = commits.filter(({ verb, type, by, request: index }) => {
    const answer = requests.find((one) => one.index === index);
    const said = answer?.status === 201 && answer.end === 'answered' && isOurs(answer.headers);
    return (
      verb === 'create' &&
      type === 'extension' &&
      by === 'api' &&
      said &&
      index !== null &&
      index < request.index
    );
  });
  // An edit has no request number, so an edit before the next request may also have come before this one.
  const next = commits.findIndex(({ request: index }) => index !== null && index > request.index);
  const before = at(next === -1 ? commits.length : next);
  for (const { id, after } of earlier) {
    const { name, serviceIds } = after as Extension;
    if (name !== wanted.name || !serviceIds.includes(wanted.service)) continue;
    expect(
      before.get(id)?.name,
      `I10: ${name} was created again on ${wanted.service}, while ${id} is there`,
    ).not.toBe(name);
  }
}

/** Label and service of a request that creates an action. */
function createdBy({
  method,
  path,
  body,
}: Request): { readonly name: string; readonly service: string } | undefined {
  if (method !== 'POST' || path !== '/extensions') return undefined;
  const { extension } = body as { extension?: { name: string; extension_objects: { id: string }[] } };
  // `doctor` checks the right to write with a body that creates nothing.
  if (!extension) return undefined;
  return { name: extension.name, service: extension.extension_objects[0]?.id ?? '' };
}

/** I11: a create of ours takes no service over three, unless another client added one since the run last read the list. */
function withinSlots(
  commit: Commit,
  requests: readonly Request[],
  { commits, at }: History,
  after: number,
): void {
  const request = requests.find(({ index }) => index === commit.request);
  if (
    commit.type !== 'extension' ||
    commit.verb !== 'create' ||
    commit.by !== 'api' ||
    !request ||
    request.index <= after
  )
    return;
  if (!isOurs(request.headers)) return;
  const read = requests.findLast(({ index, method, path, headers }) => {
    return index < request.index && method === 'GET' && path === '/extensions' && isOurs(headers);
  });
  // An edit has no request number: it may have come after the read, unless an earlier commit follows it.
  const seen =
    commits.findLast(({ request: index }) => index !== null && index <= (read?.index ?? 0))?.seq ?? 0;
  for (const service of (commit.after as Extension).serviceIds) {
    const added = commits.filter((one) => {
      const other =
        one.seq < commit.seq && one.verb === 'create' && one.by !== 'api' && one.type === 'extension';
      return other && one.seq > seen && (one.after as Extension).serviceIds.includes(service);
    });
    const there = [...at(commit.seq).values()].filter(({ serviceIds }) => serviceIds.includes(service));
    expect(there.length - added.length, `I11: actions on ${service} after ${commit.id}`).toBeLessThanOrEqual(
      3,
    );
  }
}

/** The sandbox's ids of the schema: the same everywhere, or one for each account (U14). */
const isAction = ({ schemaId }: Extension): boolean => /^PC/.test(schemaId);

const WRITES = [
  /^POST \/extensions$/,
  /^(PUT|DELETE) \/extensions\/[A-Z0-9]+$/,
  /^POST \/extensions\/[A-Z0-9]+\/enable$/,
  /^POST \/incidents\/[A-Z0-9]+\/(custom_action|notes)$/,
  /^(POST|PUT) \/incidents$/,
  // Resolves the incident of a drill.
  /^PUT \/incidents\/[A-Z0-9]+$/,
];

/** I12: only known writes, each to the action that its path names, on a service of the run. */
function expectAllowed(request: Request, { commits }: History, scope: Watch['scope']): void {
  const call = `${request.method} ${request.path}`;
  expect(
    WRITES.some((pattern) => pattern.test(call)),
    `I12: ${call}`,
  ).toBe(true);
  const done = commits.filter(({ type, by, request: index }) => {
    return type === 'extension' && (by === 'api' || by === 'late') && index === request.index;
  });
  for (const { id, verb, before, after } of done) {
    const named = verb === 'create' || request.path.split('/')[2] === id;
    expect(named, `I12: ${call} changed ${id}`).toBe(true);
    if (before !== null)
      expect(isAction(before as Extension), `I12: ${call} is about no custom incident action`).toBe(true);
    for (const service of ((after ?? before) as Extension).serviceIds) {
      if (scope) expect(scope.has(service), `I12: ${call} on ${service}`).toBe(true);
    }
  }
}
