/** Accounts beyond the reach of paging, read by the whole program. */
import { expect, it } from 'vitest';
import { documentOf } from './oracle.ts';
import { useLab } from './with-lab.ts';
import { PAGED } from './worlds.ts';

const at = useLab();

it('F29: more actions than paging can reach are read service by service', async () => {
  const { lab } = at();
  const services = Array.from({ length: 40 }, (_, index) => ({ id: `PS${index}`, name: `svc-${index}` }));
  const extensions = services.flatMap(({ id }) =>
    Array.from({ length: 260 }, (_, index) => ({
      id: `PE${id}X${index}`,
      service: id,
      name: `Action ${index}`,
      url: 'https://x.example.com/',
    })),
  );
  await lab.reset({ ...PAGED, seed: { account: 'acme', services, extensions } });
  const run = await lab.run(['plan', '--json']);
  expect(run.code).toBe(8);
  expect(documentOf(run)?.refusals.map(({ code }) => code)).toContain('over-limit');
  for (const { query } of run.log.requests) {
    const asked = new URLSearchParams(query);
    expect(Number(asked.get('offset')) + Number(asked.get('limit'))).toBeLessThanOrEqual(10_000);
  }
  expect(run.log.requests.every(({ status }) => status === 200)).toBe(true);
});

it('F29: more services than paging can reach are read from both ends, none of them beyond the wall', async () => {
  const { lab } = at();
  const services = Array.from({ length: 10_001 }, (_, index) => ({
    id: `PS${index}`,
    name: `svc-${index}`,
  }));
  await lab.reset({ ...PAGED, seed: { account: 'acme', services } });
  const run = await lab.run(['slots', '--json']);
  expect(run.code).toBe(0);
  expect(JSON.parse(run.stdout).services).toHaveLength(10_001);
  expect(run.log.requests.every(({ status }) => status === 200)).toBe(true);
});
