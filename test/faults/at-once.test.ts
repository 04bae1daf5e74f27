/**
 * Two applies at once, and a person between them: every order of their requests, from the read before the last slot to the check after
 * the last write. PagerDuty has no locks, so the promise is: found, named, undone (F39, F54).
 */
import { describe, expect, it } from 'vitest';
import type { ActionSpec } from '../../src/core/action.ts';
import { applyPlan } from '../../src/engine/apply.ts';
import { verdictsOf } from '../../src/engine/report.ts';
import { createTransport, type Transport } from '../../src/pagerduty/http/transport.ts';
import type { Switches } from '../../src/sandbox/account/switches.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { declare, planOn } from '../engine/world.ts';
import { spec } from '../helpers/actions.ts';
import { testSandbox } from '../helpers/in-process.ts';
import { sandboxStore } from '../helpers/sandbox-store.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';

/** Chooses the next of the waiting processes, so that every order runs once. The choices are the digits of a counter. */
function orders() {
  let taken: { choice: number; of: number }[] = [];
  let at = 0;
  return {
    choose(of: number): number {
      taken[at] ??= { choice: 0, of };
      const step = taken[at] as { choice: number; of: number };
      at += 1;
      return step.choice;
    },
    /** False after the last order. */
    next(): boolean {
      at = 0;
      while (taken.length > 0) {
        const last = taken.at(-1) as { choice: number; of: number };
        if (last.choice + 1 < last.of) {
          taken = [...taken.slice(0, -1), { choice: last.choice + 1, of: last.of }];
          return true;
        }
        taken = taken.slice(0, -1);
      }
      return false;
    },
  };
}

/** Lets processes take one step at a time, in the order that `choose` gives. */
function createTurns(processes: number, choose: (of: number) => number) {
  const waiting: { readonly who: number; readonly go: () => void }[] = [];
  let alive = processes;
  const step = (): void => {
    if (alive === 0 || waiting.length < alive) return;
    waiting.sort((a, b) => a.who - b.who);
    const [next] = waiting.splice(choose(waiting.length), 1);
    next?.go();
  };
  return {
    turn: (who: number) =>
      new Promise<void>((go) => {
        waiting.push({ who, go });
        step();
      }),
    ended(): void {
      alive -= 1;
      step();
    },
  };
}

interface Scene {
  readonly there: readonly string[];
  readonly wanted: readonly [readonly ActionSpec[], readonly ActionSpec[]];
  /** The label of an action that a person adds between two steps. */
  readonly person?: string;
  readonly limitMode: Switches['limitMode'];
}

const SERVICE = 'PA';
const added = (name: string, id: string) => ({
  id,
  service: SERVICE,
  name,
  url: 'https://them.example.com/',
});

/** Plays one order of one scene. */
async function play(
  sandbox: Sandbox,
  { there, wanted, person, limitMode }: Scene,
  choose: (of: number) => number,
) {
  await sandbox.reset({
    account: 'acme',
    services: [{ id: SERVICE, name: 'A' }],
    extensions: there.map((name, index) => added(name, `PM${index}`)),
    switches: { limitMode },
  });
  const turns = createTurns(person === undefined ? 2 : 3, choose);
  let gated = false;
  const prepared = await Promise.all(
    wanted.map(async (specs, who) => {
      const clock = createVirtualClock();
      const plain = createTransport({
        baseUrl: sandbox.url,
        token: sandbox.token,
        tokenType: 'token',
        userAgent: `pdactions/${who}`,
        timeoutMs: 30_000,
      });
      const transport: Transport = async (request, signal) => {
        if (gated) await turns.turn(who);
        return plain(request, signal);
      };
      const store = sandboxStore(sandbox, { clock, transport, concurrency: 1 });
      return { store, clock, plan: await planOn(store, declare({ 'id:PA': specs }), { clock }) };
    }),
  );
  gated = true;
  const runs = prepared.map(async ({ store, clock, plan }) => {
    const report = await applyPlan(plan.plan, store, { concurrency: 1, clock, readAt: plan.readAt });
    turns.ended();
    return report;
  });
  let personAt = Number.POSITIVE_INFINITY;
  if (person !== undefined) {
    await turns.turn(2);
    personAt = sandbox.log().requests.length;
    // With the largest id, so that the rule would remove it.
    await sandbox.edit({ insert: { extensions: [added(person, 'PZZZZZZ')] } });
    turns.ended();
  }
  return { reports: await Promise.all(runs), personAt };
}

/** True if a run that created an action (with this label) read the service after the person's edit; otherwise the next run will. */
function isSeen(
  sandbox: Sandbox,
  { reports, personAt }: Awaited<ReturnType<typeof play>>,
  label?: string,
): boolean {
  const { requests, commits } = sandbox.log();
  const creators = reports.map((_, who) =>
    commits.some(({ verb, request, after }) => {
      if (label !== undefined && (after as { name?: string } | null)?.name !== label) return false;
      const agent = requests.find(({ index }) => index === request)?.headers['user-agent'];
      return verb === 'create' && agent === `pdactions/${who}`;
    }),
  );
  if (personAt === Number.POSITIVE_INFINITY) return true;
  return requests.slice(personAt).some(({ method, headers }) => {
    return method === 'GET' && creators[Number(headers['user-agent']?.split('/')[1])];
  });
}

/** Asserts the result, whatever the order was. */
function judge(sandbox: Sandbox, scene: Scene, played: Awaited<ReturnType<typeof play>>): 'quiet' | 'found' {
  const { reports } = played;
  const live = sandbox.state().extensions;
  const { commits } = sandbox.log();
  const conflicts = reports.flatMap(({ duplicates, overfull }) => [...duplicates, ...overfull]);
  const named = conflicts.flatMap(({ ids }) => ids);
  if (isSeen(sandbox, played)) {
    // The surplus is removed.
    expect(live.length).toBeLessThanOrEqual(3);
    const isUnique = new Set(live.map(({ name }) => name)).size === live.length;
    if (isSeen(sandbox, played, scene.person)) expect(isUnique).toBe(true);
    // Every surplus at any moment is reported by a run.
    const held = new Map(scene.there.map((name, index) => [`PM${index}`, name]));
    for (const { id, after } of commits) {
      if (after) held.set(id, String(Object(after).name));
      else held.delete(id);
      const twice = new Set(held.values()).size < held.size && isSeen(sandbox, played, scene.person);
      if (held.size <= 3 && !twice) continue;
      expect(conflicts.length).toBeGreaterThan(0);
      if (held.size > 3 && scene.person === undefined)
        expect(named).toEqual(expect.arrayContaining([...held.keys()]));
    }
  }
  for (const report of reports) {
    if (report.duplicates.length + report.overfull.length > 0)
      expect(verdictsOf(report)).toContain('refused');
    // No run removes an action that it did not create.
    const made = report.outcomes.flatMap((one) => ('id' in one ? [one.id] : []));
    for (const { withdrawn } of [...report.duplicates, ...report.overfull]) {
      expect(made).toEqual(expect.arrayContaining([...withdrawn]));
    }
    for (const one of report.outcomes) {
      const isThere = 'id' in one && live.some(({ id }) => id === one.id);
      if (one.status === 'withdrawn') expect(isThere).toBe(false);
      if (one.status === 'applied' && one.note === undefined) expect(isThere).toBe(true);
    }
  }
  const removed = commits.flatMap(({ verb, id }) => (verb === 'delete' ? [id] : []));
  expect(conflicts.flatMap(({ withdrawn }) => withdrawn)).toEqual(expect.arrayContaining(removed));
  return conflicts.length > 0 ? 'found' : 'quiet';
}

async function everyOrder(scene: Scene): Promise<Record<'quiet' | 'found', number>> {
  const sandbox = await testSandbox();
  const order = orders();
  const seen = { quiet: 0, found: 0 };
  do {
    const end = judge(sandbox, scene, await play(sandbox, scene, order.choose));
    seen[end] += 1;
  } while (order.next());
  return seen;
}

const [one, two, three] = [spec('One'), spec('Two'), spec('Three')] as const;

describe.each(['off', '2019', '2001'] as const)('two applies at once, with the limit %s', (limitMode) => {
  it('F54: that fill the last slot together', async () => {
    const seen = await everyOrder({ there: ['X', 'Y'], wanted: [[one], [two]], limitMode });
    // If PagerDuty accepts a fourth action, some orders create one, and each of these is found.
    expect(seen.found > 0).toBe(limitMode === 'off');
    expect(seen.quiet).toBeGreaterThan(0);
  });

  it('F39: that create the same label', async () => {
    const seen = await everyOrder({ there: ['X'], wanted: [[one], [one]], limitMode });
    expect(seen.found).toBeGreaterThan(0);
  });

  it('F54: of which one creates a label, and a person another action', async () => {
    await everyOrder({ there: ['X', 'Y'], wanted: [[one], []], person: 'Theirs', limitMode });
  });
});

describe('two applies at once, and a person', () => {
  it('F54: who all fill the last slots', async () => {
    const seen = await everyOrder({
      there: ['X'],
      wanted: [[one], [two]],
      person: 'Theirs',
      limitMode: 'off',
    });
    expect(seen.found).toBeGreaterThan(0);
  });

  it('F54: who adds the label that one of them creates', async () => {
    const seen = await everyOrder({
      there: ['X'],
      wanted: [[one], [three]],
      person: 'One',
      limitMode: 'off',
    });
    expect(seen.found).toBeGreaterThan(0);
  });
});
