/** Sends single requests for diagnosis: one attempt, classified and explained like any other, nothing resent. */
import { CancelledError, PdactionsError } from '../../errors.ts';
import { explain, type FailedCall } from './explain.ts';
import { judge } from './failure.ts';
import type { Answer } from './fetch.ts';
import { judgeFailure } from './no-answer.ts';
import type { Request, Transport } from './transport.ts';

/** The outcome of a probe. `answer` exists if anything answered, `error` unless it is a good answer. */
export interface Probed {
  readonly answer?: Answer | undefined;
  readonly document?: unknown;
  readonly error?: PdactionsError | undefined;
}

export type Probe = (request: Request, what: string) => Promise<Probed>;

/**
 * Makes a probe of one API.
 * @param signal ends slow requests; a TimeoutError as its reason is explained as a missing answer
 */
export function createProbe(
  transport: Transport,
  about: Pick<FailedCall, 'host' | 'hostFrom' | 'ofApp'>,
  signal: AbortSignal,
): Probe {
  return async (request, what) => {
    const call = { ...about, method: request.method, path: request.path, what };
    try {
      const answer = await transport(request, signal);
      const judged = judge(answer, true);
      return judged.ok
        ? { answer, document: judged.document }
        : { answer, error: explain(call, judged.failure, 'stop') };
    } catch (error) {
      if (error instanceof CancelledError) throw error;
      // A token that the app cannot get.
      if (error instanceof PdactionsError) return { error };
      const failure = judgeFailure(error);
      if (!failure) throw error;
      return { error: explain(call, failure, 'stop') };
    }
  };
}
