/** One attempt of a call: waits for its turn, sends the request, and classifies the answer. */
import type { Clock } from '../../clock.ts';
import { ShapeError } from '../wire.ts';
import { leftOpen } from './call-error.ts';
import { type ApiFailure, judge } from './failure.ts';
import type { Answer } from './fetch.ts';
import { type Call, type CallLine, LATE_WRITE_MS, timeLeft } from './line.ts';
import { judgeFailure } from './no-answer.ts';

/**
 * Time limit for the answer to a write in flight after an interruption. Its caller gives up a moment earlier; after this its
 * connection is closed, so that nothing keeps the process alive (F34).
 */
const CUT_OFF_MS = 6_000;

/**
 * Sends the request once, when it is its turn.
 * @param end aborts the wait, and for a read its answer, too
 */
export async function attempt<T>(
  line: CallLine,
  call: Call<T>,
  end: AbortSignal | undefined,
): Promise<{ readonly value: T } | ApiFailure | 'too late'> {
  const turn = await line.pacer.turn(end, () => line.endsAt);
  if (!turn) return 'too late';
  if (line.refused) {
    turn.done(null);
    throw line.refused;
  }
  let headers: Answer['headers'] | null = null;
  try {
    const sent = await send(line, call, end);
    if ('kind' in sent) return sent;
    headers = sent.headers;
    return understood(call, sent);
  } finally {
    turn.done(headers);
  }
}

/** The answer, or the failure without one. */
async function send(
  line: CallLine,
  call: Call<unknown>,
  end: AbortSignal | undefined,
): Promise<Answer | ApiFailure> {
  const { clock, observer, signal, transport, host } = line.options;
  const { method, path } = call.request;
  const isRead = call.class === 'read';
  line.requests += 1;
  const began = clock.now();
  observer?.({ type: 'request', method, path, number: line.requests });
  const answered = isRead ? undefined : new AbortController();
  const cut = answered ? cutOff(signal, clock, answered.signal) : end;
  try {
    const answer = await transport(call.request, cut, timeLeft(line) + (isRead ? 0 : LATE_WRITE_MS));
    const { status } = answer;
    const requestId = answer.headers.get('x-request-id');
    observer?.({ type: 'response', method, path, status, ms: clock.now() - began, requestId });
    return answer;
  } catch (error) {
    if (cut?.aborted) throw isRead ? cut.reason : leftOpen(call, host, { kind: 'timeout' });
    const failed = judgeFailure(error);
    if (!failed) throw error;
    observer?.({ type: 'failure', method, path, reason: failed.systemCode ?? failed.kind });
    return failed;
  } finally {
    // With an explicit reason: the default one includes a stack, which is the slowest part.
    answered?.abort('answered');
  }
}

/** Reads the answer; an unreadable success counts as a failure. */
function understood<T>(call: Call<T>, answer: Answer): { readonly value: T } | ApiFailure {
  const judged = judge(answer, call.class !== 'delete' && !call.bodiless);
  if (!judged.ok) return judged.failure;
  try {
    return { value: call.decode(judged.document) };
  } catch (cause) {
    if (!(cause instanceof ShapeError)) throw cause;
    const requestId = answer.headers.get('x-request-id') ?? undefined;
    return { kind: 'shape', status: answer.status, requestId, cause };
  }
}

/** Aborts some time after the interruption, unless the answer has arrived. */
function cutOff(
  interrupted: AbortSignal | undefined,
  clock: Clock,
  answered: AbortSignal,
): AbortSignal | undefined {
  if (!interrupted) return undefined;
  const cut = new AbortController();
  const begin = (): void => {
    clock.sleep(CUT_OFF_MS, answered).then(
      () => cut.abort(interrupted.reason),
      () => undefined,
    );
  };
  if (interrupted.aborted) begin();
  else interrupted.addEventListener('abort', begin, { once: true, signal: answered });
  return cut.signal;
}
