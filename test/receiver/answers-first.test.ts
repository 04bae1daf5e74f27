import { expect, it } from 'vitest';
import { createAnswersFirst } from '../../src/receiver/answers-first.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';

it('lets runs start one after the other if no answer is due', async () => {
  const clock = createVirtualClock();
  const { mayBegin } = createAnswersFirst(250, clock);
  const begun: number[] = [];
  await Promise.all([1, 2, 3].map((run) => mayBegin().then(() => begun.push(run, clock.now()))));
  expect(begun).toEqual([1, 5, 2, 10, 3, 15]);
});

it('delays runs while answers are due, at most for a quarter of a second', async () => {
  const clock = createVirtualClock();
  const { answering, mayBegin } = createAnswersFirst(250, clock);
  let answer = (): void => undefined;
  const answered = answering(() => new Promise<void>((resolve) => (answer = resolve)));
  await Promise.all([mayBegin(), mayBegin()]);
  expect(clock.now()).toBe(250);
  const next = mayBegin();
  answer();
  await answered;
  await next;
  expect(clock.now()).toBeLessThan(300);
});

it('counts an answer that failed as given', async () => {
  const { answering, mayBegin } = createAnswersFirst(Number.POSITIVE_INFINITY, createVirtualClock());
  await expect(answering(() => Promise.reject(new Error('full')))).rejects.toThrow('full');
  await mayBegin();
});
