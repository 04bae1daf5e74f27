/** The example policy decides real plans as documented, in OPA's own evaluator, and reads only members that plans have. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { project } from '../cli/project.ts';
import { type JsonSchema, readSchema } from '../helpers/schemas.ts';

const POLICY = resolve(import.meta.dirname, '../../examples/policy');
const read = (name: string): string => readFileSync(join(POLICY, name), 'utf8');
const policy = read('plan.rego').replace(/#.*/g, '');

/** The rules of both files. The evaluator predates `rego.v1`, and imports its keywords already. */
const rules = ['plan.rego', 'plan_test.rego']
  .map((name) => read(name).replace(/^(?:package main|import rego\.v1)$/gm, ''))
  .join('\n');

/** The value of a Rego expression over the rules of the policy. */
function evaluate(expression: string): unknown {
  // To optimise the evaluator takes longer than to evaluate.
  const program = ['--liftoff-only', join(import.meta.dirname, 'opa.mjs')];
  const input = JSON.stringify({ rules, expression });
  return JSON.parse(execFileSync(process.execPath, program, { input, encoding: 'utf8' }));
}

interface Judgement {
  readonly deny: readonly string[];
  readonly warn: readonly string[];
}

/** The decisions of the policy for each plan; a JSON document is a valid Rego term. */
function judge(plans: readonly unknown[]): readonly Judgement[] {
  const each = `plan := ${JSON.stringify(plans)}[_]; d := deny with input as plan; w := warn with input as plan`;
  return evaluate(`[{"deny": d, "warn": w} | ${each}]`) as readonly Judgement[];
}

const URL_ALLOWED = 'https://automation.example.com/x';

const HEADERS = { Authorization: 'Bearer ${AUTOMATION_TOKEN}' };

/** The document that `plan --out` saves for a config and an account of one service. */
async function saved(
  actions: Readonly<Record<string, unknown>>,
  live: readonly string[] = [],
  flags: readonly string[] = [],
): Promise<Readonly<Record<string, unknown>>> {
  const extensions = live.map((name, index) => ({
    id: `PX${index}`,
    service: 'PA',
    name,
    url: `${URL_ALLOWED}y`,
  }));
  const seed = { account: 'acme', services: [{ id: 'PA', name: 'PA' }], extensions };
  const own = await project({ actions, services: { PA: Object.keys(actions) } }, { seed });
  await own.run(['plan', '--out', 'plan.json', ...flags]);
  return JSON.parse(readFileSync(join(own.folder, 'plan.json'), 'utf8'));
}

/** The members of a plan that each variable of the policy stands for. */
const ROOTS: Readonly<Record<string, string>> = {
  input: '',
  change: 'changes[]',
  header: 'changes[].after.headers[]',
  service: 'services[]',
  twin: 'services[].lookAlikes[]',
};

/** Every member that the policy reads, as a path in a plan. */
const paths = [...policy.matchAll(/\b([a-z]+)((?:\.[a-zA-Z]+)+)/g)].flatMap(([, root = '', rest = '']) => {
  const from = ROOTS[root];
  if (from === undefined) return [];
  return [`${from}${rest}`.replace(/^\./, '')];
});

/** The values at a path; `[]` stands for every item. */
function at(value: unknown, path: string): unknown[] {
  const steps = path.split('.').flatMap((step) => (step.endsWith('[]') ? [step.slice(0, -2), '[]'] : [step]));
  return steps.reduce<unknown[]>(
    (values, step) =>
      values.flatMap((one) => {
        if (step === '[]') return Array.isArray(one) ? one : [];
        return typeof one === 'object' && one !== null && Object.hasOwn(one, step)
          ? [(one as Record<string, unknown>)[step]]
          : [];
      }),
    [value],
  );
}

/** True if any alternative in the schema of saved plans has the path. */
function isDescribed(schema: JsonSchema, part: JsonSchema, steps: readonly string[]): boolean {
  if (typeof part.$ref === 'string') {
    const found = schema.definitions?.[part.$ref.replace('#/definitions/', '')];
    return found !== undefined && isDescribed(schema, found, steps);
  }
  const others = [part.anyOf, part.oneOf].flat().filter((one) => one !== undefined) as JsonSchema[];
  if (others.some((one) => isDescribed(schema, one, steps))) return true;
  const [step, ...rest] = steps;
  if (step === undefined) return true;
  const next = step === '[]' ? part.items : (part.properties as Record<string, unknown> | undefined)?.[step];
  return next !== undefined && isDescribed(schema, next as JsonSchema, rest);
}

describe('examples/policy', () => {
  it('explains each of its variables', () => {
    const declared = [...policy.matchAll(/some (\w+) in ([\w.]+)/g)].map(([, name]) => name);
    const known = new Set([...Object.keys(ROOTS), 'host']);
    expect(declared.filter((name) => !known.has(name ?? ''))).toEqual([]);
    expect(paths.length).toBeGreaterThan(20);
  });

  it('reads only members that the schema of saved plans describes', () => {
    const schema = readSchema('plan');
    const saved = schema.definitions?.savedPlan ?? {};
    const unknown = paths.filter((path) => {
      const steps = path.replaceAll('[]', '.[]').split('.');
      return !isDescribed(schema, saved, steps);
    });
    expect(unknown).toEqual([]);
  });

  it('reads only members that a real plan has', async () => {
    const plan = await saved({ one: { label: 'One', url: URL_ALLOWED, headers: HEADERS } }, ['ONE']);
    expect(paths.filter((path) => at(plan, path).length === 0)).toEqual([]);
    expect(plan).toMatchObject({ kind: 'pdactions-plan', version: 2 });
  });

  it('passes its own tests', () => {
    const names = [...rules.matchAll(/^(test_\w+) if/gm)].map(([, name]) => name);
    const passed = names.map((name) => `[n | ${name}; n := "${name}"]`).join(', ');
    expect(names.length).toBeGreaterThan(7);
    expect(evaluate(`[name | name := [${passed}][_][_]]`)).toEqual(names);
  });

  it('decides about plans that the program has saved', async () => {
    const one = { label: 'One', url: URL_ALLOWED, headers: HEADERS };
    const elsewhere = { ...one, url: 'https://elsewhere.example.com/x' };
    const { headers: _, ...open } = one;
    const plans = [
      await saved({ one }),
      await saved({ elsewhere }),
      await saved({ open }),
      await saved({ one }, ['A', 'B', 'C', 'D', 'E'], ['--prune', '--max-deletes', '9']),
      await saved({ one }, ['A', 'B']),
      await saved({ one }, ['ONE']),
      { kind: 'pdactions-plan', version: 1, changes: [], services: [] },
    ];
    expect(judge(plans)).toEqual([
      { deny: [], warn: [] },
      { deny: ['One on PA: the host of https://elsewhere.example.com/x is not allowed'], warn: [] },
      { deny: ['One on PA: it sends no Authorization header'], warn: [] },
      { deny: ['the plan deletes 5 actions; at most 3 are allowed'], warn: [] },
      { deny: [], warn: ['PA: this plan uses the last slot'] },
      { deny: [], warn: ['PA: the new One looks like the existing ONE (PX0)'] },
      { deny: [expect.stringContaining('not a plan saved by')], warn: [] },
    ]);
  });
});
