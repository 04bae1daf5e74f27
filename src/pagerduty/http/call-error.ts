/** Errors of calls that a rule, the time limit or an interruption has ended. */
import { type PdactionsError, RemoteError } from '../../errors.ts';
import { explain } from './explain.ts';
import type { ApiFailure } from './failure.ts';
import type { Call, CallLine } from './line.ts';
import type { Rule } from './retry.ts';

/** The error of the last attempt. A refused token ends all other calls, except in a long-running process. */
export function failure(line: CallLine, call: Call<unknown>, failed: ApiFailure, rule: Rule): PdactionsError {
  const { host, hostFrom, renew, livesOn } = line.options;
  const { method, path } = call.request;
  const aftermath = rule.ends === 'applied' ? 'skip' : rule.ends;
  const error = explain(
    { method, path, host, hostFrom, what: call.what, ofApp: renew !== undefined },
    failed,
    aftermath,
  );
  if (failed.kind === 'unauthorized' && livesOn !== true) line.refused = error;
  return error;
}

/** The run's time is up: reports the last attempt, or that nothing was sent. */
export function outOfTime(
  line: CallLine,
  call: Call<unknown>,
  rule: Rule,
  { cause, unsent = false }: { readonly cause?: ApiFailure | undefined; readonly unsent?: boolean } = {},
): RemoteError {
  const { method, path } = call.request;
  const last = cause && failure(line, call, cause, rule);
  const isOpen = rule.ends === 'verify';
  return new RemoteError(`${last?.message ?? `could not ${call.what}`}; the run reached its time limit`, {
    reason: 'timeout',
    aftermath: isOpen ? 'verify' : 'stop',
    certain: !isOpen,
    unsent,
    details: last?.details,
    http: last?.http ?? { method, path, host: line.options.host },
    hint:
      call.class === 'read'
        ? 'Raise it with `--timeout SECONDS`. The next run reads from the start.'
        : 'Raise it with `--timeout SECONDS`, or run the same command again: it keeps the changes made and makes the rest.',
  });
}

/** Interrupted after an attempt whose answer was lost, before the next one. */
export function leftOpen(call: Call<unknown>, host: string, failed: ApiFailure): RemoteError {
  const { method, path } = call.request;
  return new RemoteError(`interrupted before PagerDuty confirmed the request to ${call.what}`, {
    reason: 'interrupted',
    aftermath: 'stop',
    hint: 'Run the same command again: it checks what happened.',
    http: { method, path, host, ...(failed.status === undefined ? {} : { status: failed.status }) },
  });
}
