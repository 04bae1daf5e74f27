/** F45 to F48: a server that answers, but stores something else; once, and always. F48 at one request is a row of the matrix. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Switches } from '../../src/sandbox/account/switches.ts';
import { matchOf } from './cases.ts';
import type { Run } from './lab.ts';
import { documentOf, expectSafe, type OutcomeDocument } from './oracle.ts';
import { signalsAround, turnAtSignals } from './storing.ts';
import { useLab } from './with-lab.ts';
import { SMALL, type Target, type WorldSpec, WRITES } from './worlds.ts';

const LABEL = 'restart  the server & é 🚀 now';
const URL_ = 'https://Automation.example.com:443/Restart%2fall#top';

/** The same world, with a label and a URL that every normalisation changes. */
const ODD: WorldSpec = JSON.parse(
  JSON.stringify({ ...SMALL, name: 'odd' })
    .replaceAll('https://automation.example.com/pagerduty/restart', URL_)
    .replaceAll('"label":"Restart Server"', `"label":${JSON.stringify(LABEL)}`)
    .replaceAll(
      '"name":"Restart Server","url":"https://automation.example.com/pagerduty/old"',
      `"name":${JSON.stringify(LABEL)},"url":"https://automation.example.com/pagerduty/old"`,
    ),
);
/** Capitals sort first, so the odd label is the second create on its service. */
const CREATE: Target = { ...WRITES.create, nth: 2 };
const at = useLab(SMALL, ODD);

/** Runs a sync with these switch positions, for one request or for all. */
async function sync(world: WorldSpec, switches: Partial<Switches>, target: Target | 'always'): Promise<Run> {
  const { lab, ideal } = at();
  await lab.reset(world, target === 'always' ? switches : {});
  if (target !== 'always') {
    turnAtSignals(lab, switches);
    lab.break(signalsAround(matchOf(target)));
  }
  const run = await lab.run(world.argv);
  expectSafe(lab, ideal(world), run);
  expectNoSecondPost(run);
  return run;
}

/** I10: no POST for a service and label after a success. */
function expectNoSecondPost({ log }: Run): void {
  const posts = log.requests.filter(
    ({ method, path, status }) => method === 'POST' && path === '/extensions' && status === 201,
  );
  const bodies = posts.map(({ body }) => JSON.stringify(body));
  expect(new Set(bodies).size, 'I10').toBe(bodies.length);
}

const outcomesOf = (run: Run): readonly OutcomeDocument[] => documentOf(run)?.report?.outcomes ?? [];
const statuses = (run: Run, kind: string) =>
  outcomesOf(run).flatMap((one) => (one.kind === kind ? [one.status] : []));

const TIMES = ['once', 'always'] as const;
const NAMES = ['collapsed', 'cut', 'nfd', 'entities', 'no-pictographs', 'capitalised'] as const;

describe('a label stored differently', () => {
  for (const storedName of NAMES) {
    it.each(TIMES)(
      `F45: ${storedName}, %s: differs, and the next run writes nothing for it`,
      async (times) => {
        const run = await sync(ODD, { storedName }, times === 'once' ? CREATE : 'always');
        expect(run.code).toBe(6);
        expect(
          outcomesOf(run).find(({ service, label }) => service.id === 'PALPHA' && label === LABEL),
        ).toMatchObject({
          status: 'differs',
        });
        const again = await at().lab.run(ODD.argv);
        expect(again.code, again.stderr).toBe(8);
        expect(documentOf(again)?.refusals.map(({ code }) => code)).toContain('look-alike');
        expect(again.log.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
      },
    );
  }
});

describe('a URL stored differently', () => {
  it.each(['no-fragment', 'escapes', 'normalised'] as const)(
    'F46: %s is not a difference',
    async (storedUrl) => {
      const run = await sync(ODD, { storedUrl }, 'always');
      expect(run.code, run.stderr).toBe(0);
      const again = await at().lab.run(ODD.argv);
      expect(again.code).toBe(0);
      expect(again.log.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    },
  );

  it.each(['create', 'update'] as const)('F46: lower-case, once, at %s: differs', async (kind) => {
    const run = await sync(ODD, { storedUrl: 'lower-case' }, kind === 'create' ? CREATE : WRITES[kind]);
    expect(run.code).toBe(6);
    expect(statuses(run, kind)).toContain('differs');
  });
});

describe('a URL stored in a form that no normalisation explains', () => {
  const stored = URL_.toLowerCase();
  const LOWER: WorldSpec = {
    ...ODD,
    config: JSON.parse(JSON.stringify(ODD.config).replaceAll(URL_, stored)),
  };

  it('F46: is named by each plan and each sync, which never end with 0 while it is written', async () => {
    expect((await sync(ODD, { storedUrl: 'lower-case' }, 'always')).code).toBe(6);
    const { lab } = at();
    const plan = await lab.run(['plan', '--exit-code', '--json']);
    expect(plan.code).toBe(2);
    const fields = (documentOf(plan)?.changes ?? []).flatMap((change) => change.fields ?? []);
    expect(fields.length).toBeGreaterThan(0);
    for (const field of fields)
      expect(field).toMatchObject({ field: 'url', before: stored.replace('#top', '#***'), storedForm: true });
    const again = await lab.run(ODD.argv);
    expect(again.code).toBe(6);
    expect(new Set(outcomesOf(again).map(({ status }) => status))).toEqual(new Set(['differs']));
  });

  it('F46: converges once the config has the stored form', async () => {
    await sync(ODD, { storedUrl: 'lower-case' }, 'always');
    const { lab } = at();
    writeFileSync(join(lab.folder, 'pdactions.config.json'), JSON.stringify(LOWER.config));
    const run = await lab.run(ODD.argv);
    expect(run.code, run.stderr).toBe(0);
    expect(run.log.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});

describe('headers of a PUT without config', () => {
  const { config } = SMALL;
  const { restart } = (config as { actions: { restart: object } }).actions;
  const silent = { ...restart, headers: undefined };
  const world: WorldSpec = {
    ...SMALL,
    name: 'small',
    config: JSON.parse(
      JSON.stringify({
        ...(config as object),
        actions: { ...(config as { actions: object }).actions, restart: silent },
      }),
    ),
  };

  it.each(TIMES)('F47: gone, %s: reported, with the lost names, and exit 6', async (times) => {
    const target = times === 'once' ? WRITES.update : 'always';
    const run = await sync(world, { putWithoutConfig: 'clear' }, target);
    expect(run.code).toBe(6);
    expect(outcomesOf(run).find(({ kind }) => kind === 'update')).toMatchObject({
      status: 'differs',
      lost: ['Authorization'],
    });
  });
});

describe('a write that is answered but not stored', () => {
  it('F48: always: nothing is called applied', async () => {
    const run = await sync(SMALL, { writes: 'echoed' }, 'always');
    expect(run.code).toBe(6);
    for (const { status } of outcomesOf(run)) expect(['not kept', 'failed', 'skipped']).toContain(status);
    expect(run.after.extensions).toEqual(run.before.extensions);
  });
});
