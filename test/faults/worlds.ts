/** The two accounts for fault tests, and their configs. */
import type { SeedInput } from '../../src/sandbox/seed/seed.ts';

/** For the whole run, in seconds: enough for the longest wait that a server may request. */
export const TIMEOUT_S = 900;
const ARGV = ['sync', '--yes', '--json', '--concurrency', '1', '--timeout', String(TIMEOUT_S)];

/** Secrets that may appear only in a request's own header or body (I8). */
export const CANARIES = {
  token: 'tk7Qz9canaryTokenX4w',
  header: 'hs3c+r3t/canaryHeader==8Kq2',
} as const;

export interface WorldSpec {
  readonly name: string;
  readonly seed: SeedInput;
  readonly config: unknown;
  readonly argv: readonly string[];
}

const BASE = 'https://automation.example.com/pagerduty';

const ACTIONS = {
  diagnose: { label: 'Add Diagnostics', url: `${BASE}/diagnostics` },
  restart: {
    label: 'Restart Server',
    url: `${BASE}/restart`,
    headers: { Authorization: 'Bearer ${AUTOMATION_TOKEN}' },
  },
  revert: { label: 'Revert Last Commit', url: `${BASE}/revert` },
};

const at = (id: string, service: string, name: string, url: string) => ({ id, service, name, url });

/**
 * One change of each kind, each followed by another change to the same service, and bystanders before and after. In the order of
 * execution: Alpha create, create · Bravo update, create · Charlie (full) delete, delete, create · Delta create, enable · Echo create.
 */
export const SMALL: WorldSpec = {
  name: 'small',
  argv: [...ARGV, '--enable'],
  config: {
    account: 'acme',
    actions: ACTIONS,
    services: {
      Alpha: ['restart', 'revert'],
      Bravo: ['restart', 'revert'],
      Charlie: { actions: ['diagnose', 'restart'], prune: true },
      Delta: ['diagnose', 'revert'],
      Echo: ['revert'],
    },
  },
  seed: {
    account: 'acme',
    services: ['Alpha', 'Bravo', 'Charlie', 'Delta', 'Echo', 'Foreign'].map((name) => ({
      id: `P${name.toUpperCase()}`,
      name,
    })),
    extensions: [
      { ...at('PHOOK1', 'PALPHA', 'Restart Server', `${BASE}/hook`), schema: 'generic_v2_webhook' },
      {
        ...at('PBRAVO1', 'PBRAVO', 'Restart Server', `${BASE}/old`),
        headers: { Authorization: 'Bearer old' },
      },
      at('PCHARL1', 'PCHARLIE', 'Add Diagnostics', `${BASE}/diagnostics`),
      at('PCHARL2', 'PCHARLIE', 'Old One', `${BASE}/one`),
      at('PCHARL3', 'PCHARLIE', 'Older One', `${BASE}/two`),
      { ...at('PDELTA1', 'PDELTA', 'Add Diagnostics', `${BASE}/diagnostics`), disabled: true },
      at('PECHO1', 'PECHO', 'Page the vendor', 'https://vendor.example.com/'),
      at('PFOREI1', 'PFOREIGN', 'Restart Server', `${BASE}/theirs`),
    ],
  },
};

/** The same account, synced for one service and the bystanders before and after it: half of the requests. */
function around(service: string): WorldSpec {
  const services = new Set(['Alpha', service, 'Echo']);
  const argv = [...SMALL.argv, ...[...services].flatMap((name) => ['--service', name])];
  return { ...SMALL, name: `small, around ${service}`, argv };
}

const COUNT = 210;
const number = (index: number): string => String(index).padStart(3, '0');

/** Three pages of services and three of actions; one create and one update. */
export const PAGED: WorldSpec = {
  name: 'paged',
  argv: ARGV,
  config: { account: 'acme', actions: { restart: ACTIONS.restart }, services: { 'svc-*': ['restart'] } },
  seed: {
    account: 'acme',
    services: Array.from({ length: COUNT }, (_, index) => ({
      id: `PSVC${number(index)}`,
      name: `svc-${number(index)}`,
    })),
    extensions: Array.from({ length: COUNT - 1 }, (_, index) => {
      const url = `${BASE}/${index === 0 ? 'old' : 'restart'}`;
      const one = at(`PACT${number(index + 1)}`, `PSVC${number(index + 1)}`, 'Restart Server', url);
      return { ...one, headers: { Authorization: `Bearer ${CANARIES.header}` } };
    }),
  },
};

export const CLASSES = ['read', 'create', 'update', 'delete', 'enable'] as const;
export type CallClass = (typeof CLASSES)[number];

/** A request that a fault hits. */
export interface Target {
  readonly name: string;
  readonly class: CallClass;
  readonly world: WorldSpec;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** In the body, for creates, whose path does not contain it. */
  readonly service?: string;
  /** The n-th matching request; the page of a list. */
  readonly nth?: number;
}

const read = (name: string, path: string, nth: number, world = PAGED): Target => ({
  name,
  class: 'read',
  world,
  method: 'GET',
  path,
  nth,
});

/** Every read of a whole account, with the first, the middle and the last page of the long lists. */
export const READS: readonly Target[] = [
  read('the list of extension schemas', '/extension_schemas', 1),
  read('the first page of services', '/services', 1),
  read('the middle page of services', '/services', 2),
  read('the last page of services', '/services', 3),
  read('the first page of extensions', '/extensions', 1),
  read('the middle page of extensions', '/extensions', 2),
  read('the last page of extensions', '/extensions', 3),
];

export const WRITES: Readonly<Record<Exclude<CallClass, 'read'>, Target>> = {
  create: {
    name: 'a create',
    class: 'create',
    world: around('Alpha'),
    method: 'POST',
    path: '/extensions',
    service: 'PALPHA',
  },
  update: {
    name: 'an update',
    class: 'update',
    world: around('Bravo'),
    method: 'PUT',
    path: '/extensions/PBRAVO1',
  },
  delete: {
    name: 'a delete',
    class: 'delete',
    world: around('Charlie'),
    method: 'DELETE',
    path: '/extensions/PCHARL2',
  },
  enable: {
    name: 'an enable',
    class: 'enable',
    world: around('Delta'),
    method: 'POST',
    path: '/extensions/PDELTA1/enable',
  },
};

/** The worlds of these targets. */
export const WRITE_WORLDS: readonly WorldSpec[] = Object.values(WRITES).map(({ world }) => world);
