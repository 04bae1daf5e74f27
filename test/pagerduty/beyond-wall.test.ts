/**
 * More actions than paging reaches, without a config that names their labels (F56): complete, and in about as many requests as pages exist.
 */
import { describe, expect, it } from 'vitest';
import { testSandbox } from '../helpers/in-process.ts';
import { sandboxStore } from '../helpers/sandbox-store.ts';

const VERBS = ['Diagnose', 'Restart', 'Status'];
const padded = (index: number): string => String(index).padStart(5, '0');

/** Reads the actions of an account whose service number `index` has these labels. */
async function read(services: number, labelsOf: (index: number) => readonly string[], switches = {}) {
  const list = Array.from({ length: services }, (_, index) => ({
    id: `PS${index}`,
    name: `service-${padded(index)}`,
  }));
  const extensions = list.flatMap(({ id }, index) =>
    labelsOf(index).map((name, slot) => ({
      id: `PX${index}X${slot}`,
      service: id,
      name,
      url: 'https://automation.example.com/x',
    })),
  );
  const sandbox = await testSandbox({ seed: { account: 'acme', services: list, extensions, switches } });
  const store = sandboxStore(sandbox, { concurrency: 32 });
  const found = await store.actions('all');
  expect(new Set(found.map(({ id }) => id)).size).toBe(extensions.length);
  const asked = sandbox.log().requests.filter(({ path }) => path === '/extensions');
  expect(asked.every(({ status }) => status === 200)).toBe(true);
  const single = asked.filter(({ query }) => query.includes('extension_object_id')).length;
  return { requests: asked.length, pages: Math.ceil(extensions.length / 100), single };
}

describe('more than 10,000 actions whose labels are unknown', () => {
  it.each(['substring', 'exact'])(
    'are read by labels that four services teach, where `query` means %s',
    async (query) => {
      const { requests, pages, single } = await read(
        5_000,
        (index) => (index < 4_000 ? VERBS : ['Roll Back', 'Scale Up', 'Wake Others']),
        { query },
      );
      expect(single).toBe(4);
      // Page 1 twice, of any schema and of ours; three samples; four services; page 1 again as proof.
      expect(requests).toBe(pages + 2 + 3 + 4 + 1);
    },
  );

  it('are read by what labels begin with that name their service', async () => {
    const { requests, pages } = await read(4_000, (index) =>
      VERBS.map((verb) => `${verb} service-${padded(index)}`),
    );
    expect(requests).toBeLessThan(pages * 1.3);
  });

  it('are read team by team', async () => {
    const { requests, pages } = await read(4_000, (index) =>
      VERBS.map((verb) => `${verb} of team ${padded((index * 7919) % 40)}`),
    );
    // Labels with a common prefix are found by it, too.
    expect(requests).toBeLessThan(pages * 2);
  });

  it('are read service by service where labels tell nothing, at the cost of little more', async () => {
    const { requests } = await read(
      3_600,
      (index) => VERBS.map((verb) => `${verb} service-${padded(index)}`),
      { query: 'exact' },
    );
    // As far as paging reaches, then each of the 267 services beyond.
    expect(requests).toBeLessThan(100 + 267 + 100);
  });

  it('cost a request for each service that is beyond reach with its label', async () => {
    const { requests, pages, single } = await read(10_200, (index) =>
      index % 2 ? ['Restart', 'Diagnose'] : ['Restart'],
    );
    expect(single).toBeLessThan(200 + 100);
    expect(requests).toBeLessThan(pages + single + 10);
  });
});
