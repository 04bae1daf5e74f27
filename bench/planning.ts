/** Plans a large account, and prints the time and the memory as JSON. Run by `bench/run.mjs`. */
import type { ActionSpec, LiveAction, Service } from '../src/core/action.ts';
import { planDigest } from '../src/core/digest.ts';
import { checkGuards } from '../src/core/guard.ts';
import { liveByService } from '../src/core/live.ts';
import { type Declaration, desiredServices } from '../src/core/normalize.ts';
import { changesOf, computePlan } from '../src/core/plan.ts';
import { matchSelectors, type Selector } from '../src/core/selector.ts';

const SERVICES = 10_000;
const ROUNDS = 7;
const LABELS = ['Add Diagnostics', 'Restart Server', 'Update Status Page'];

interface Input {
  readonly services: readonly Service[];
  readonly actions: readonly LiveAction[];
}

const text = JSON.stringify(makeInput());
const parseTimes: number[] = [];
const planTimes: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  globalThis.gc?.();
  let began = performance.now();
  const input = JSON.parse(text) as Input;
  parseTimes.push(performance.now() - began);
  began = performance.now();
  const changes = plan(input);
  planTimes.push(performance.now() - began);
  // One action in ten differs, so that the plan has changes.
  if (changes !== (SERVICES * LABELS.length) / 10) throw new Error(`${changes} changes`);
}
process.stdout.write(
  JSON.stringify({
    planMs: median(planTimes),
    parseMs: median(parseTimes),
    peakMb: process.resourceUsage().maxRSS / 1024,
    megabytes: Buffer.byteLength(text) / 1e6,
  }),
);

/** From the records read to a plan with its guards and digest: everything in `plan` except reading and printing. */
function plan({ services, actions }: Input): number {
  const selector: Selector = { kind: 'glob', text: '*', pattern: '*' };
  const specs = LABELS.map(specOf);
  const declaration: Declaration = {
    account: 'acme',
    prune: false,
    actions: new Map(specs.map((spec) => [spec.key, spec])),
    selections: [{ selector, actionKeys: specs.map(({ key }) => key) }],
  };
  const desired = desiredServices(declaration, matchSelectors([selector], services, []));
  const computed = computePlan(desired, liveByService(actions), { enable: false, rotate: null });
  checkGuards(computed, { allowEmpty: false });
  planDigest('acme', desired, computed);
  return changesOf(computed).length;
}

function specOf(label: string): ActionSpec {
  return { key: label, label, url: urlOf(label), headers: null, renamedFrom: [] };
}

function urlOf(label: string): string {
  return `https://automation.example.com/${label.toLowerCase().replaceAll(' ', '-')}`;
}

function makeInput(): Input {
  const services = Array.from({ length: SERVICES }, (_, index) => ({
    id: `PS${index}`,
    name: `service-${(index * 7919) % SERVICES}`,
    teamIds: [],
    htmlUrl: `https://acme.pagerduty.com/service-directory/PS${index}`,
  }));
  const actions = services.flatMap(({ id, name }, index) =>
    LABELS.map((label, slot) => ({
      id: `PX${index}${slot}`,
      label,
      url: (index * LABELS.length + slot) % 10 === 0 ? `${urlOf(label)}-old` : urlOf(label),
      services: [{ id, name }],
      headerNames: [],
      disabled: null,
      htmlUrl: null,
    })),
  );
  return { services, actions };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
