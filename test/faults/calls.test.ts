/**
 * Every case of the matrix for a single call, without the program: the classification of the fault, the rule that applies, and the number
 * of attempts. The whole program meets one case of each row and class here (matrix-*.test.ts), and all of them at night.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCaller } from '../../src/pagerduty/stores/api-store.ts';
import { decodeExtension, id, ShapeError, unwrap } from '../../src/pagerduty/wire.ts';
import { CASES, type Case, matchOf } from './cases.ts';
import { createLab, type Lab } from './lab.ts';
import { CANARIES, SMALL, type Target, TIMEOUT_S } from './worlds.ts';

/** The body of a create or update, like the program sends it; other writes have none. */
function bodyOf({ class: kind, service }: Target, schema: string): unknown {
  if (kind !== 'create' && kind !== 'update') return undefined;
  return {
    extension: {
      name: 'Restart Server',
      endpoint_url: 'https://automation.example.com/pagerduty/restart',
      ...(kind === 'create' && {
        extension_schema: { id: schema, type: 'extension_schema_reference' },
        extension_objects: [{ id: service, type: 'service_reference' }],
      }),
    },
  };
}

/** The expected number of attempts. A call that looks first is sent once more, because the look finds nothing here. */
function sendsOf({ row, target, times }: Case): number {
  const cell = row.cells[target.class];
  if (cell.does === 'looks') return cell.again ? 2 : 1;
  if (cell.does !== 'resends') return 1;
  return times === 'always' ? cell.most + 1 : 2;
}

describe('the fault matrix: one call', () => {
  let lab: Lab;
  let schema: string;
  beforeAll(async () => {
    lab = await createLab();
    const headers = { authorization: `Token token=${CANARIES.token}` };
    const answer = await fetch(`${lab.sandbox.url}/extension_schemas`, { headers });
    const { extension_schemas } = (await answer.json()) as {
      extension_schemas: { id: string; key: string }[];
    };
    schema = extension_schemas.find(({ key }) => key === 'custom_webhook')?.id ?? '';
  });
  afterAll(() => lab.close());

  it.each(CASES.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const { target, variant, times, row } = one;
    // One call sees nothing of the account but what its fault leaves of it.
    await lab.reset(SMALL);
    const match = { ...matchOf(target), nth: undefined };
    lab.break(
      variant.faults?.(match, times) ?? [],
      variant.throws === undefined ? [] : [{ throws: variant.throws, target: { ...target, nth: 1 }, times }],
    );
    const call = openCaller({
      baseUrl: lab.sandbox.url,
      token: CANARIES.token,
      tokenType: 'token',
      userAgent: 'a test',
      timeoutMs: 30_000,
      runTimeoutMs: TIMEOUT_S * 1000,
      concurrency: 1,
      clock: lab.clock,
      random: () => 0.5,
    });
    const reason = await call<unknown>({
      class: target.class,
      request: { method: target.method, path: target.path, body: bodyOf(target, schema) },
      what: 'try it',
      decode: (document) => (target.class === 'delete' ? document : decode(target, document)),
      whenApplied: () => 'applied',
    }).then(
      () => undefined,
      (error: { readonly reason?: string }) => error.reason,
    );
    expect(call.requests(), 'how often it was sent').toBe(sendsOf(one));
    const isCured = times === 1 && row.cells[target.class].does === 'resends';
    expect([isCured ? undefined : row.reason, undefined]).toContain(reason);
  });
});

/** Decodes answers like the stores do: lists by the name of their path, everything else as an extension. */
function decode({ class: kind, path }: Target, document: unknown): unknown {
  if (kind !== 'read') return unwrap(document, 'extension', decodeExtension);
  const entries = (document as Readonly<Record<string, unknown>> | null)?.[path.slice(1)];
  if (!Array.isArray(entries)) throw new ShapeError('no list');
  return entries.map(id);
}
