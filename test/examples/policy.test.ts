/** The example policy reads only what plans have. conftest itself is run by whoever uses it. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { project } from '../cli/project.ts';
import { type JsonSchema, readSchema } from '../helpers/documents.ts';

const POLICY = resolve(import.meta.dirname, '../../examples/policy');
const policy = readFileSync(join(POLICY, 'plan.rego'), 'utf8').replace(/#.*/g, '');

/** Where the variables of the policy come from. */
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

/** Whether the schema of saved plans has the path in any of its alternatives. */
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
  it('names where each of its variables comes from', () => {
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
    const url = 'https://automation.example.com/x';
    const one = { label: 'One', url, headers: { Authorization: 'Bearer ${AUTOMATION_TOKEN}' } };
    const own = await project(
      { actions: { one }, services: { PA: ['one'] } },
      {
        seed: {
          account: 'acme',
          services: [{ id: 'PA', name: 'PA' }],
          extensions: [{ id: 'PX', service: 'PA', name: 'ONE', url: `${url}y` }],
        },
      },
    );
    expect((await own.run(['plan', '--out', 'plan.json'])).code).toBe(0);
    const plan = JSON.parse(readFileSync(join(own.folder, 'plan.json'), 'utf8'));
    expect(paths.filter((path) => at(plan, path).length === 0)).toEqual([]);
    expect(plan).toMatchObject({ kind: 'pdactions-plan', version: 2 });
  });
});
