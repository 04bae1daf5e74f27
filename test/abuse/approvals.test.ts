/** A plan is approved, and something changes before it is applied: relevant changes are refused, others do not block it (T55). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pointedAt, runCli, temporaryFolder, testSandbox } from '../helpers/in-process.ts';
import { sample } from '../helpers/runs.ts';

const ENV = {
  HOST: 'h.example.com',
  PORT: '8443',
  T: 'token-of-the-header',
  P: 'capability-in-a-path',
  LOGIN: 'me:pw',
};
type Env = Partial<typeof ENV>;

interface Declared {
  account?: string;
  prune?: boolean;
  actions: Record<string, Record<string, unknown>>;
  services: Record<string, unknown>;
}

/** A config with a literal, a default and a variable in each place that allows them. */
const declared = (): Declared => ({
  account: 'acme',
  actions: {
    a: {
      label: 'Restart',
      url: 'https://${HOST}:${PORT}/a/${P}?mode=${MODE:-fast}&env=prod',
      headers: { 'X-Token': 'Bearer ${T}', 'X-Team': 'web', 'X-Mode': 'v1-${MODE:-fast}' },
    },
    b: {
      label: 'Status',
      url: 'https://b.example.com/status?env=prod&sig=abcdef',
      headers: { 'X-Plain': '${T}' },
    },
    c: { label: 'Page', url: 'https://${LOGIN}@${OTHER:-c.example.com}/page#part' },
  },
  services: { 'Checkout API': ['a', 'b'], 'web-frontend': ['c'] },
});

interface Move {
  readonly config?: (config: Declared) => unknown;
  readonly env?: Env & Record<string, string>;
  readonly argv?: readonly string[];
  /** The query of the live action, replaced by another. */
  readonly live?: readonly string[];
}

const set = (key: string, fields: Record<string, unknown>): Move => ({
  config: (config) => Object.assign(config.actions[key] ?? {}, fields),
});
const header = (name: string, value: string): Move => ({
  config: (config) => Object.assign(config.actions.a?.headers ?? {}, { [name]: value }),
});
const url = (text: string): Move => set('a', { url: text });

const REFUSED: Readonly<Record<string, Move>> = {
  'a label': set('a', { label: 'Reboot' }),
  'a literal host': set('b', { url: 'https://evil.example.com/status?env=prod&sig=abcdef' }),
  'a literal path': set('b', { url: 'https://b.example.com/other?env=prod&sig=abcdef' }),
  'a literal query value': set('b', { url: 'https://b.example.com/status?env=test&sig=abcdef' }),
  'a literal query secret': set('b', { url: 'https://b.example.com/status?env=prod&sig=abcdeg' }),
  'the name of a parameter': set('b', { url: 'https://b.example.com/status?stage=prod&sig=abcdef' }),
  'one parameter more': set('b', { url: 'https://b.example.com/status?env=prod&sig=abcdef&x=1' }),
  'a scheme': set('b', { url: 'http://b.example.com/status', headers: {}, allowInsecureUrl: true }),
  'a literal port': set('b', { url: 'https://b.example.com:444/status?env=prod&sig=abcdef' }),
  'a fragment': set('c', { url: 'https://${LOGIN}@${OTHER:-c.example.com}/page#other' }),
  'a literal query value beside variables': url('https://${HOST}:${PORT}/a/${P}?mode=${MODE:-fast}&env=test'),
  'a literal path beside variables': url('https://${HOST}:${PORT}/b/${P}?mode=${MODE:-fast}&env=prod'),
  'the default of a variable in a query': url('https://${HOST}:${PORT}/a/${P}?mode=${MODE:-slow}&env=prod'),
  'the default of a variable that is the host': set('c', {
    url: 'https://${LOGIN}@${OTHER:-evil.example.com}/page#part',
  }),
  'another variable in the host': url('https://${T}:${PORT}/a/${P}?mode=${MODE:-fast}&env=prod'),
  'another variable in the path': url('https://${HOST}:${PORT}/a/${T}?mode=${MODE:-fast}&env=prod'),
  'a literal host beside a variable': url(
    'https://${HOST}.evil.example.com:${PORT}/a/${P}?mode=${MODE:-fast}&env=prod',
  ),
  'a variable instead of a login': set('c', { url: 'https://${P}@${OTHER:-c.example.com}/page#part' }),
  'a literal header value': header('X-Team', 'infra'),
  'literal text before a variable': header('X-Token', 'Basic ${T}'),
  'literal text after a variable': header('X-Token', 'Bearer ${T}x'),
  'literal text beside a default': header('X-Mode', 'v2-${MODE:-fast}'),
  'the default of a variable in a header': header('X-Mode', 'v1-${MODE:-slow}'),
  'the variable of a header': header('X-Token', 'Bearer ${P}'),
  'one header more': header('X-New', '1'),
  'one header less': {
    config: (config) =>
      Object.assign(config.actions.a ?? {}, {
        headers: { 'X-Token': 'Bearer ${T}', 'X-Mode': 'v1-${MODE:-fast}' },
      }),
  },
  'a fingerprint': set('a', { fingerprint: true }),
  'a former label': set('a', { renamedFrom: 'Reboot' }),
  'one action more': { config: (config) => (config.services['web-frontend'] = ['b', 'c']) },
  'one action less': { config: (config) => (config.services['Checkout API'] = ['a']) },
  'one service more': { config: (config) => (config.services['web-admin'] = ['c']) },
  'one service less': { argv: ['--service', 'Checkout API'] },
  prune: { argv: ['--prune'] },
  'the host that the environment brings': { env: { HOST: 'x.example.com' } },
  'the port that the environment brings': { env: { PORT: '8444' } },
  'the environment instead of a default host': { env: { OTHER: 'x.example.com' } },
  'a live query value': { live: ['update', 'PVENDOR', '--url', 'https://vendor.example.com/page?x=2'] },
  'a live label': { live: ['update', 'PVENDOR', '--label', 'Page them'] },
};

const APPLIED: Readonly<Record<string, Move>> = {
  nothing: {},
  'the value of a header variable': { env: { T: 'rotated-in-the-meantime' } },
  'the order of keys, headers and services': {
    config: (config) => {
      config.actions = Object.fromEntries(Object.entries(config.actions).reverse()) as Declared['actions'];
      config.services = { 'web-frontend': ['c'], 'Checkout API': ['b', 'a'] };
    },
  },
  'the spelling of a host, a port and a header': {
    config: (config) => {
      Object.assign(config.actions.b ?? {}, {
        url: 'HTTPS://B.example.com:443/status?env=prod&sig=abcdef',
        headers: { 'x-plain': '${T}' },
      });
    },
  },
};

async function approveThen({ config = () => undefined, env = {}, argv = [], live }: Move): Promise<number> {
  const folder = temporaryFolder();
  const sandbox = await testSandbox();
  const content = declared();
  const write = (): void => writeFileSync(join(folder, 'pdactions.config.json'), JSON.stringify(content));
  const run = async (words: readonly string[], more: Record<string, string> = {}) =>
    runCli([...words, '--concurrency', '1'], {
      cwd: folder,
      env: { ...pointedAt(sandbox), ...ENV, ...more },
    });
  // An unmanaged action, on a service in scope, with a query of its own.
  content.services['web-admin'] = [];
  if (live) {
    content.services['web-admin'] = ['c'];
    expect(
      await run(['update', 'PVENDOR', '--url', 'https://vendor.example.com/page?x=1', '--yes']),
    ).toMatchObject({ code: 0 });
  } else delete content.services['web-admin'];
  write();
  expect(await run(['plan', '--out', 'plan.json'])).toMatchObject({ code: 0 });
  config(content);
  write();
  if (live) expect(await run([...live, '--yes'])).toMatchObject({ code: 0 });
  const before = sandbox.state();
  const { code } = await run(['sync', '--plan', 'plan.json', '--yes', ...argv], env);
  if (code !== 0) expect(sandbox.state()).toEqual(before);
  return code;
}

describe('changes between approval and sync', () => {
  it('are 42 cases', () => {
    expect(Object.keys({ ...REFUSED, ...APPLIED })).toHaveLength(42);
  });

  it.each(sample(Object.entries(REFUSED)))('T55 %s is refused', async (_name, move) => {
    expect(await approveThen(move)).toBe(8);
  });

  it.each(Object.entries(APPLIED))('T55 %s does not matter', async (_name, move) => {
    expect(await approveThen(move)).toBe(0);
  });
});
