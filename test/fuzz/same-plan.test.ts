/** P12: one meaning, many spellings, one plan. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadConfig } from '../../src/config/load-config.ts';
import { prepare } from '../../src/engine/prepare.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { createMemoryStore } from '../helpers/memory-store.ts';
import { runs } from '../helpers/runs.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';

const SERVICES = ['One', 'Two', 'Three: four', '#five', 'yes', "it's"].map((name, index) => ({
  id: `PSVC${index}`,
  name,
}));

/** Texts that YAML would parse as another type. */
const text = fc.oneof(
  fc.constantFrom(
    'yes',
    'null',
    '0123',
    '1e3',
    '~',
    '- x',
    '# y',
    ': z',
    '&a',
    '*a',
    '!t',
    '%d',
    '@',
    '`',
    "it's",
    '"',
  ),
  fc.stringMatching(/^[A-Za-z0-9äé €][ -~]{0,12}[A-Za-z0-9ß]$/),
);
const key = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
const action = fc.record(
  {
    label: text,
    url: fc.constantFrom(
      'https://a.example.com/',
      'https://b.example.com/x?y=${HOOK}#z',
      'https://c.example.com/${HOOK}',
    ),
    headers: fc.dictionary(
      fc.constantFrom('Authorization', 'X-A', 'x-b'),
      fc.constantFrom('Bearer ${HOOK}', '1', 'yes', '${NONE:-d}'),
    ),
    description: text,
  },
  { requiredKeys: ['label', 'url'] },
);
const model = fc.dictionary(key, action, { minKeys: 1, maxKeys: 3 }).chain((actions) =>
  fc.record({
    actions: fc.constant(actions),
    services: fc.dictionary(
      fc.constantFrom(...SERVICES.map(({ name }) => name), 'id:PSVC0'),
      fc.uniqueArray(fc.constantFrom(...Object.keys(actions)), { maxLength: 3 }),
      { minKeys: 1, maxKeys: 4 },
    ),
    prune: fc.boolean(),
  }),
);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The same value with the keys of every object reversed; lists keep their order, which may matter. */
function turned(value: Json): Json {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, inner]) => [name, turned(inner)]),
  );
}

/** The spellings: the name of the file and its text. */
function spellings(value: Json): [string, string][] {
  const json = JSON.stringify(value, null, 2);
  const ascii = json.replace(/[^\n -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [
    ['json', json],
    ['json', JSON.stringify(turned(value))],
    ['json', `\ufeff${json.replaceAll('\n', '\r\n')}`],
    ['json', ascii],
    ['yaml', json],
    ['yaml', stringify(value)],
    ['yaml', stringify(turned(value), { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 30 })],
    ['yaml', `\ufeff${stringify(value, { collectionStyle: 'flow' }).replaceAll('\n', '\r\n')}`],
  ];
}

/** The digest of the plan, or the messages of the problems, which must not depend on the spelling either. */
async function meaning([kind, content]: readonly [string, string]): Promise<string> {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, '.git'));
  writeFileSync(join(cwd, `pdactions.config.${kind}`), content);
  const result = await loadConfig({ cwd, env: { HOOK: 'secret-hook-value' } });
  if (!result?.ok) {
    const messages =
      result?.problems.map(({ path, message }) => `${path}: ${message.replace(/at line.*/, '')}`) ?? [];
    return messages.sort().join('\n');
  }
  const store = createMemoryStore({ account: 'acme', services: SERVICES, extensions: [] });
  const prepared = await prepare(store, {
    declaration: result.config,
    policy: { enable: false, rotate: null },
    guard: { maxDeletes: undefined, allowEmpty: true },
    clock: createVirtualClock(),
  });
  return prepared.digest;
}

it('P12: JSON, YAML, key order, line ends and marks do not change the plan', async () => {
  let plans = 0;
  await fc.assert(
    fc.asyncProperty(model, async (value) => {
      const [first = '', ...others] = await Promise.all(spellings(value as Json).map(meaning));
      for (const other of others) expect(other).toBe(first);
      if (first.startsWith('sha256:')) plans += 1;
    }),
    // Each digest takes a slow hash on purpose (T55).
    { numRuns: runs(60) },
  );
  // Proves little unless some configs are valid.
  expect(plans).toBeGreaterThan(10);
});
