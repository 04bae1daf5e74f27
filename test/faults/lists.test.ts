import { describe, expect, it } from 'vitest';
import type { InjectedFault } from '../../src/sandbox/faults/fault.ts';
import { commitsOf, documentOf, expectInvariants } from './oracle.ts';
import { useLab } from './with-lab.ts';
import { PAGED, SMALL, type WorldSpec } from './worlds.ts';

const at = useLab(PAGED, SMALL);

const page = (nth: number) => ({ method: 'GET', path: '/extensions', nth });
const removes = (id: string, nth: number): InjectedFault => ({
  action: 'remove',
  ids: [id],
  match: page(nth),
  phase: 'before-commit',
});

async function plan(world: WorldSpec, faults: readonly InjectedFault[], switches = {}) {
  const { lab, ideal } = at();
  await lab.reset(world, switches);
  lab.break(faults);
  return { lab, ideal: ideal(world), run: await lab.run(world.argv) };
}

describe('unreliable lists', () => {
  it('F27: an entry on two pages counts once, and the plan is that of a quiet list', async () => {
    const extensions = [{ id: 'PZNEW1', service: 'PSVC200', name: 'Theirs', url: 'https://x.example.com/' }];
    const { lab, ideal, run } = await plan(
      PAGED,
      [{ action: 'insert', insert: { extensions }, match: page(2), phase: 'before-commit' }],
      // Newest first: an added entry shifts every page by one, so the last entry of a page repeats on the next.
      { listOrder: 'newest' },
    );
    expect(run.code).toBe(0);
    expect(documentOf(run)?.changes.map(({ kind }) => kind)).toEqual(['create', 'update']);
    await expectInvariants(lab, ideal, run, { converges: false, edited: ['PZNEW1'] });
  });

  it('F28: an entry that slipped between two pages is not created again', async () => {
    // Removing an entry of the first page moves the 101st entry to a place that was already read.
    const { lab, ideal, run } = await plan(PAGED, [removes('PACT050', 2)]);
    expect(run.code).toBe(0);
    const created = commitsOf(run).filter(({ verb }) => verb === 'create');
    expect(created.map(({ after }) => after && 'serviceIds' in after && after.serviceIds)).toEqual([
      ['PSVC000'],
      ['PSVC050'],
    ]);
    await expectInvariants(lab, ideal, run);
  });

  it('F28: a list that changes at every reading is refused, with nothing written', async () => {
    const { lab, ideal, run } = await plan(PAGED, [
      removes('PACT050', 2),
      removes('PACT051', 5),
      removes('PACT052', 8),
    ]);
    expect(run.code).toBe(8);
    expect(run.stderr).toContain('[unstable_list]');
    expect(commitsOf(run)).toEqual([]);
    await expectInvariants(lab, ideal, run);
  });

  it('F56: more services than any order or filter shows are refused, with nothing written', async () => {
    const services = Array.from({ length: 100 }, (_, index) => ({ id: `PS${index}`, name: `svc-${index}` }));
    const { run } = await plan(PAGED, [
      {
        action: 'status',
        status: 200,
        body: { services, more: true, total: 30_000 },
        match: { method: 'GET', path: '/services' },
        times: 'always',
      },
    ]);
    expect(run.code).toBe(8);
    expect(run.stderr).toContain('[too_many_records]');
    expect(run.stderr).toContain('30,000 services, but PagerDuty lists only 100');
    expect(run.log.requests.length).toBeLessThan(210);
    expect(commitsOf(run)).toEqual([]);
  });

  const entry = (index: number) => ({
    id: `PX${index}`,
    type: 'webhook',
    name: `x ${index}`,
    endpoint_url: null,
    extension_schema: { id: 'PCUSTOM' },
    extension_objects: [{ id: 'PSVC001', type: 'service_reference' }],
  });
  const hundred = Array.from({ length: 100 }, (_, index) => entry(index));

  it.each([
    ['the same page forever', { extensions: hundred, more: true, total: 300 }],
    ['`more` forever, without a total', { extensions: hundred, more: true, total: null }],
    ['an empty page with more', { extensions: [], more: true, total: 300 }],
  ])('F30: %s ends at once, with nothing written', async (_, body) => {
    const { lab, ideal, run } = await plan(PAGED, [
      { action: 'status', status: 200, body, match: { method: 'GET', path: '/extensions' }, times: 'always' },
    ]);
    expect(run.code).toBe(7);
    expect(run.stderr).toContain('[contract]');
    expect(commitsOf(run)).toEqual([]);
    expect(run.log.requests.length).toBeLessThan(12);
    await expectInvariants(lab, ideal, run);
  });

  it('F30: pages of 25 instead of 100 are read to their end', async () => {
    const body = (from: number) => ({
      extensions: hundred.slice(from, from + 25),
      limit: 25,
      offset: 0,
      more: from < 75,
      total: 100,
    });
    const faults = [0, 1, 2, 3].map(
      (index): InjectedFault => ({
        action: 'status',
        status: 200,
        body: body(index * 25),
        match: page(index + 1),
      }),
    );
    const { run } = await plan({ ...PAGED, argv: ['plan', '--json', '--concurrency', '1'] }, faults);
    expect(run.log.requests.filter(({ path }) => path === '/extensions')).toHaveLength(4);
    expect(run.code).toBe(8);
    expect(documentOf(run)?.refusals).toMatchObject([{ code: 'over-limit' }]);
  });
});

describe('the schema', () => {
  it('F42: stops everything if it is missing, and lists the existing ones', async () => {
    const { lab, ideal } = at();
    await lab.reset(SMALL);
    const kept = lab.sandbox.state().extensions.filter(({ schema }) => schema === 'custom_webhook');
    await lab.sandbox.edit({ remove: [...kept.map(({ id }) => id), 'PCUSTOM'] });
    const run = await lab.run(SMALL.argv);
    expect(run.code).toBe(8);
    expect(run.stderr).toContain('[schema]');
    await expectInvariants(lab, ideal(SMALL), run, { converges: false });
  });

  it('F42: stops everything if it exists twice, and names both', async () => {
    const schema = (id: string) => ({
      id,
      key: 'custom_webhook',
      label: `Custom ${id}`,
      type: 'extension_schema',
    });
    const { lab, ideal, run } = await plan(SMALL, [
      {
        action: 'status',
        status: 200,
        body: { extension_schemas: [schema('PONE'), schema('PTWO')], more: false, total: 2 },
        match: { method: 'GET', path: '/extension_schemas' },
      },
    ]);
    expect(run.code).toBe(8);
    expect(run.stderr).toMatch(/PONE[\s\S]*PTWO/);
    await expectInvariants(lab, ideal, run);
  });

  it('F42: with another label is the same schema, with another id too', async () => {
    const { lab, ideal } = at();
    await lab.reset(SMALL);
    await lab.run(SMALL.argv);
    lab.sandbox.setSwitches({ schemaId: 'account' });
    const run = await lab.run(SMALL.argv);
    expect(run.code).toBe(0);
    expect(commitsOf(run)).toEqual([]);
    await expectInvariants(lab, ideal(SMALL), run);
  });

  it('a server that ignores its filters widens nothing', async () => {
    const { lab, ideal, run } = await plan(SMALL, [], { ignoreFilters: 'yes' });
    expect(run.code).toBe(0);
    await expectInvariants(lab, ideal, run);
  });
});

describe('redacted values', () => {
  it('F41: are not a difference, and are sent again only on request', async () => {
    const { lab, ideal } = at();
    await lab.reset(SMALL);
    await lab.run(SMALL.argv);
    const second = await lab.run(SMALL.argv);
    expect(commitsOf(second)).toEqual([]);
    const rotated = await lab.run([...SMALL.argv, '--rotate-secrets']);
    expect(rotated.code).toBe(0);
    expect(commitsOf(rotated).map(({ verb }) => verb)).toEqual(['update', 'update', 'update']);
    await expectInvariants(lab, ideal(SMALL), rotated);
  });
});
