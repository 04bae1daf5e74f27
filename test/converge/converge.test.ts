import { describe, expect, it } from 'vitest';
import { changesOf } from '../../src/core/plan.ts';
import type { RunReport } from '../../src/engine/report.ts';
import type { ActionStore } from '../../src/pagerduty/store.ts';
import { SWITCHES, type Switches } from '../../src/sandbox/account/switches.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { brief, planOn, syncOn } from '../engine/world.ts';
import { testSandbox } from '../helpers/in-process.ts';
import { sample } from '../helpers/runs.ts';
import { sandboxStore } from '../helpers/sandbox-store.ts';
import { createVirtualClock, type VirtualClock } from '../helpers/virtual-clock.ts';
import { SEED, STATES, type State } from './states.ts';

/** The stored actions on the services of a state, with the real header values, beside the wanted ones. */
async function held(sandbox: Sandbox, store: ActionStore, state: State, clock: VirtualClock) {
  const { desired } = await planOn(store, state.declaration, { clock });
  const { extensions } = sandbox.state();
  return desired.map(({ service, actions }) => ({
    service: service.name,
    wanted: actions.map(({ label, url, headers }) => [label, url, headers?.map(plain) ?? 'any']).sort(),
    found: extensions
      .filter(({ schema, serviceIds }) => schema === 'custom_webhook' && serviceIds.join() === service.id)
      .flatMap(({ name, url, headers }) => {
        const spec = actions.find(({ label }) => label === name);
        return spec ? [[name, url, spec.headers === null ? 'any' : (headers ?? []).map(plain)]] : [];
      })
      .sort(),
  }));
}

function plain({ name, value }: { readonly name: string; readonly value: string }): string {
  return `${name}: ${value}`;
}

/** Every extension outside all states, or that no sync may touch. */
function untouchable(sandbox: Sandbox) {
  return sandbox.state().extensions.filter(({ id }) => ['PSHARE', 'PHOOK1', 'POUTER'].includes(id));
}

interface Walk {
  readonly sandbox: Sandbox;
  readonly store: ActionStore;
  readonly clock: VirtualClock;
  readonly state: State;
  /** The report of this state's sync, which may have failed. */
  readonly synced: Promise<RunReport>;
}

/** Assertions that hold after every sync. */
async function expectConverged({ sandbox, store, clock, state, synced }: Walk): Promise<void> {
  const report = await synced;
  expect(report.outcomes.filter(({ status }) => status !== 'applied').map(brief)).toEqual([]);
  expect(report).toMatchObject({ duplicates: [], stopped: null, unchecked: false });
  const policy = { ...state.policy, rotate: null };
  const { plan } = await planOn(store, state.declaration, { clock, policy });
  expect(changesOf(plan)).toEqual([]);
  expect(plan.refusals).toEqual([]);
  for (const { wanted, found } of await held(sandbox, store, state, clock)) expect(found).toEqual(wanted);
}

/** For changes that cannot be detected: the plan is empty, and the account stays as it is. */
async function expectUnseen({ sandbox, store, clock, state, synced }: Walk): Promise<void> {
  expect((await synced).outcomes).toEqual([]);
  const differs = (await held(sandbox, store, state, clock)).filter(
    ({ wanted, found }) => JSON.stringify(wanted) !== JSON.stringify(found),
  );
  expect(differs).not.toEqual([]);
}

/** PagerDuty stores something other than was sent: reported, never called applied, and fixed by hand as the hint says. */
async function expectHeadersKept(walk: Walk): Promise<void> {
  const { store, clock, state } = walk;
  const { outcomes } = await walk.synced;
  expect(outcomes.length).toBeGreaterThan(0);
  for (const outcome of outcomes) {
    // If the only change removes a header, nothing has changed.
    expect(['update Restart differs', 'update Restart not kept (headers)']).toContain(brief(outcome));
  }
  // The next plan finds the same difference again.
  const { plan } = await planOn(store, state.declaration, { clock });
  expect(changesOf(plan).map(({ kind }) => kind)).toEqual(outcomes.map(() => 'update'));
  for (const change of changesOf(plan)) if (change.kind === 'update') await store.delete(change.id);
  await expectConverged({ ...walk, synced: syncOn(store, state.declaration, { clock, concurrency: 4 }) });
}

/** Headers that the config does not mention are lost: those of at most one action per run, until none are left. */
async function expectHeadersLost(walk: Walk): Promise<void> {
  const { store, clock, state } = walk;
  let { outcomes } = await walk.synced;
  const total = outcomes.length;
  for (let run = 1; run < total; run += 1) {
    const count = (wanted: string) => outcomes.filter(({ status }) => status === wanted).length;
    expect([count('differs'), count('skipped')]).toEqual([1, outcomes.length - 1]);
    expect(outcomes).toContainEqual(expect.objectContaining({ lost: ['Authorization'] }));
    ({ outcomes } = await syncOn(store, state.declaration, { clock, concurrency: 4 }));
  }
  expect(outcomes.map(({ status }) => status)).toEqual(['differs']);
  await expectConverged({ ...walk, synced: syncOn(store, state.declaration, { clock, concurrency: 4 }) });
}

/** The token may not write: nothing is written, whatever the config declares. */
async function expectForbidden({ synced }: Walk): Promise<void> {
  const { outcomes } = await synced;
  for (const outcome of outcomes) expect(outcome).not.toHaveProperty('status', 'applied');
  for (const outcome of outcomes.filter((one) => 'error' in one)) {
    expect(outcome).toMatchObject({ error: { kind: 'auth', reason: 'forbidden' } });
  }
}

/** Every write succeeds and stores nothing (fact 56): no outcome is called applied. */
async function expectNothingKept({ synced }: Walk): Promise<void> {
  const { outcomes } = await synced;
  const done = outcomes.filter(({ status }) => !['not kept', 'failed', 'skipped'].includes(status));
  expect(done.map(brief)).toEqual([]);
}

type Check = (walk: Walk) => Promise<void>;

/** The expected result for switch positions that make a state unreachable. */
const INSTEAD: Readonly<Record<string, (state: State) => Check | undefined>> = {
  // A merging PUT cannot take a header away (U4).
  'putConfig=merge': ({ name }) =>
    name === 'another header' || name === 'no header' ? expectHeadersKept : undefined,
  // A PUT without `config` loses the headers (U4).
  'putWithoutConfig=clear': ({ name }) => (name === 'another label' ? expectHeadersLost : undefined),
  // Headers that PagerDuty hides cannot be compared (U5): only `--rotate-secrets` sends them.
  'headerNames=hidden': ({ name }) =>
    ['a header more', 'another header', 'a header again'].includes(name) ? expectUnseen : undefined,
  // A redacted URL always compares as equal (fact 14), so a changed one is not noticed until another field changes.
  'redacted=headers-and-url': ({ name }) => (name === 'another URL' ? expectUnseen : undefined),
  'writes=echoed': () => expectNothingKept,
  'tokenKind=read-only': () => expectForbidden,
  'tokenKind=scoped-read': () => expectForbidden,
};

/** Every position except the defaults, which are one and the same PagerDuty and run once, under the first switch. */
const positions = SWITCHES.flatMap(({ name, values, default: usual }, index) =>
  values.filter((value) => value !== usual || index === 0).map((value) => [name, value] as const),
);

/** Switches about presses affect no request of a run: for the night. */
const OF_PRESSES = new Set<string>([
  'redirects',
  'pressBody',
  'pressFrom',
  'pressPlan',
  'payload',
  'clientCertificate',
  'retrySpacing',
]);
const isNightly = process.env.PDACTIONS_ALL === '1';
const walked = sample(positions.filter(([name]) => isNightly || !OF_PRESSES.has(name)));

describe('every state is reached and then stays, whatever PagerDuty is like', () => {
  it.each(walked)('%s = %s', async (name, value) => {
    const clock = createVirtualClock();
    const sandbox = await testSandbox({
      seed: SEED,
      clock,
      switches: { [name]: value } as Partial<Switches>,
      // Small enough that the run reaches it, and each wait fits within the retries of a 429 without headers.
      rateLimit: { limit: 40, windowSeconds: 10 },
    });
    const before = untouchable(sandbox);
    for (const state of STATES) {
      const store = sandboxStore(sandbox, { clock });
      const { declaration, policy = {}, guard } = state;
      const options = { clock, concurrency: 4, policy, ...(guard ? { guard } : {}) };
      const synced = syncOn(store, declaration, options);
      const check = INSTEAD[`${name}=${value}`]?.(state) ?? expectConverged;
      await check({ sandbox, store, clock, state, synced }).catch((error: unknown) => {
        throw new Error(`in the state \`${state.name}\``, { cause: error });
      });
    }
    expect(untouchable(sandbox)).toEqual(before);
    expect(JSON.stringify(sandbox.log().requests)).not.toMatch(/"value":"[- ]*redacted/);
  });
});
