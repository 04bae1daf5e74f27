/**
 * Every case of the matrix for one call alone, without a program around it: what a fault is judged to be, what the table makes of it, how
 * often the caller sends. The whole program meets one case of each row and class here (matrix-*.test.ts), and all of them in the slow lane.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCaller } from '../../src/pagerduty/stores/api-store.ts';
import { decodeExtension, id, ShapeError, unwrap } from '../../src/pagerduty/wire.ts';
import { CASES, type Case, matchOf } from './cases.ts';
import { createLab, type Lab } from './lab.ts';
import { CANARIES, type Target, TIMEOUT_S } from './worlds.ts';

/** A create, as the program sends it; the other writes are complete by their path. */
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

/** How often one call is sent, as its cell says. What is looked up first is sent once more, as nothing is found here. */
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
    await lab.reset(target.world);
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

/** As the stores read answers: lists by the name of their path, all else as an extension. */
function decode({ class: kind, path }: Target, document: unknown): unknown {
  if (kind !== 'read') return unwrap(document, 'extension', decodeExtension);
  const entries = (document as Readonly<Record<string, unknown>> | null)?.[path.slice(1)];
  if (!Array.isArray(entries)) throw new ShapeError('no list');
  return entries.map(id);
}
