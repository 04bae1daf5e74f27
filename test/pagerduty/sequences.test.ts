/** P7: for any answers of a server, in any order, to any number of concurrent calls, the caller's requests are bounded. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PdactionsError } from '../../src/errors.ts';
import { createCaller } from '../../src/pagerduty/http/call.ts';
import type { Answer } from '../../src/pagerduty/http/fetch.ts';
import type { CallClass } from '../../src/pagerduty/http/retry.ts';
import { runs } from '../helpers/runs.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';
import { fetchFailed, json, raw } from './answers.ts';

interface Step {
  readonly name: string;
  readonly answer: Answer | Error;
  /** The server certainly did nothing. */
  readonly undone?: true;
  /** The wait that a 429 asks for, in seconds. */
  readonly reset?: number;
}

const GOOD: Step = { name: '200', answer: json(200, { fine: true }) };

const limitedFor = (reset: number): Step => ({
  name: `429 reset ${reset}`,
  answer: json(429, {}, { 'ratelimit-reset': String(reset) }),
  undone: true,
  reset,
});

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constant(GOOD),
  fc.integer({ min: 1, max: 90 }).map(limitedFor),
  fc.constant<Step>({ name: '429', answer: raw(429, ''), undone: true }),
  fc.constant<Step>({ name: '409', answer: json(409, {}), undone: true }),
  fc.constantFrom(500, 502, 408, 400, 401, 403, 404).map((status): Step => {
    return { name: String(status), answer: json(status, {}) };
  }),
  fc.integer({ min: 0, max: 300 }).map((seconds): Step => {
    return { name: `503 ${seconds}`, answer: raw(503, '', { 'retry-after': String(seconds) }) };
  }),
  fc.constantFrom('', '<html>', '{"half":').map((body): Step => ({ name: body, answer: raw(200, body) })),
  fc.constantFrom('ECONNRESET', 'UND_ERR_SOCKET', 'CERT_HAS_EXPIRED').map((code): Step => {
    return { name: code, answer: fetchFailed(code) };
  }),
  fc.constantFrom('ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN').map((code): Step => {
    return { name: code, answer: fetchFailed(code), undone: true };
  }),
);

const KINDS: readonly CallClass[] = ['read', 'create', 'update', 'delete', 'enable'];
const RUN_MS = 600_000;
/** One hint, one backoff and one answer may exceed the time of a run. */
const BEYOND_MS = 120_000 + 20_000 + 1_000;

interface Send {
  readonly call: number;
  readonly step: Step;
  readonly sentAt: number;
  answeredAt: number;
}

async function play(kinds: readonly CallClass[], steps: readonly Step[], dice: number) {
  const clock = createVirtualClock();
  const sends: Send[] = [];
  const call = createCaller({
    transport: async ({ path }) => {
      // Repeats the last answer: a server that stays broken.
      const next = steps[Math.min(sends.length, steps.length - 1)] ?? GOOD;
      const send: Send = {
        call: Number(path.slice(1)),
        step: next,
        sentAt: clock.now(),
        answeredAt: Number.NaN,
      };
      sends.push(send);
      await clock.sleep(50);
      send.answeredAt = clock.now();
      if (next.answer instanceof Error) throw next.answer;
      return next.answer;
    },
    host: 'api.example.test',
    clock,
    random: () => dice,
    inFlight: 3,
    runTimeoutMs: RUN_MS,
  });
  const ends = await Promise.allSettled(
    kinds.map((kind, index) =>
      call({
        class: kind,
        request: { method: kind === 'read' ? 'GET' : 'POST', path: `/${index}` },
        what: 'do a thing',
        decode: (document) => document ?? true,
        whenApplied: () => true,
      }),
    ),
  );
  return { sends, ends, took: clock.now() };
}

function expectGate(sends: readonly Send[]): void {
  for (const { step, answeredAt } of sends) {
    if (!step.name.startsWith('429')) continue;
    const opens = answeredAt + (step.reset ?? 1) * 1000;
    const early = sends.filter((one) => one.sentAt > answeredAt && one.sentAt < opens);
    expect(early, `sent although ${step.name} closed the gate`).toEqual([]);
  }
}

function expectSilenceAfterRefusal(sends: readonly Send[]): void {
  const refused = sends.find(({ step }) => step.name === '401');
  if (!refused) return;
  expect(sends.filter(({ sentAt }) => sentAt > refused.answeredAt)).toEqual([]);
}

function expectBounds(kind: CallClass, own: readonly Send[]): void {
  const free = ({ step }: Send): boolean => step.reset !== undefined;
  expect(own.filter((send) => !free(send)).length, 'sent again too often').toBeLessThanOrEqual(6);
  own.forEach((send, index) => {
    const next = own[index + 1];
    if (!next) return;
    if (kind === 'create') expect(send.step.undone, `sent again after ${send.step.name}`).toBe(true);
    expect(own.slice(index, index + 12).filter(free).length, '429s in a row').toBeLessThan(12);
  });
}

describe('P7: any answers to any calls', () => {
  it('are followed only by sends that the table allows, within the quota, and by none while the gate is closed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 6 }),
        fc.array(step, { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        async (kinds, steps, dice) => {
          const { sends, ends, took } = await play(kinds, steps, dice);
          for (const end of ends) {
            if (end.status === 'rejected') expect(end.reason).toBeInstanceOf(PdactionsError);
          }
          kinds.forEach((kind, index) => {
            expectBounds(
              kind,
              sends.filter(({ call }) => call === index),
            );
          });
          expectGate(sends);
          expectSilenceAfterRefusal(sends);
          const good = sends.filter(({ step: { name } }) => name === '200').length;
          const paid = sends.filter(({ step }) => step.reset === undefined).length - kinds.length;
          expect(paid, 'the quota').toBeLessThanOrEqual(20 + Math.floor(good / 5));
          expect(took, 'the time of a run').toBeLessThanOrEqual(RUN_MS + BEYOND_MS);
        },
      ),
      { numRuns: runs(1_000) },
    );
  });
});
