import type { Answer } from '../../src/pagerduty/http/fetch.ts';
import type { Request, Transport } from '../../src/pagerduty/http/transport.ts';

/** An answer with a JSON body. */
export function json(status: number, document: unknown, headers: Record<string, string> = {}): Answer {
  return raw(status, JSON.stringify(document), { 'content-type': 'application/json', ...headers });
}

/** An answer with any body. */
export function raw(status: number, text: string, headers: Record<string, string> = {}): Answer {
  return { status, headers: new Headers(headers), body: { text } };
}

/** The error that fetch throws for a system error. */
export function fetchFailed(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
}

export interface Scripted {
  readonly transport: Transport;
  readonly sent: Request[];
}

/** A transport that gives these answers in turn, repeats the last one, and records its requests. */
export function scripted(...answers: readonly (Answer | Error)[]): Scripted {
  const sent: Request[] = [];
  return {
    sent,
    transport: async (request) => {
      sent.push(request);
      const answer = answers[Math.min(sent.length, answers.length) - 1];
      if (answer === undefined || answer instanceof Error) throw answer;
      return answer;
    },
  };
}
