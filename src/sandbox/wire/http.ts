/** One request and one answer of the simulated API, free of sockets, so that the routes are plain functions. */
import type { AccountChange } from '../account/change.ts';
import { ApiProblem } from './problem.ts';

export interface ApiRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body as sent; empty without one. */
  readonly body: string;
  /** The wall clock, in milliseconds since 1970. */
  readonly now: number;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A press: a message must be sent. */
interface PressEffect {
  readonly type: 'press';
  readonly extensionId: string;
  readonly incidentId: string;
}

/** The decision of a route: nothing has happened yet. */
export interface RouteOutcome {
  readonly response: ApiResponse;
  readonly changes: readonly AccountChange[];
  readonly effects: readonly PressEffect[];
}

/** An answer with a JSON body. */
export function json(status: number, value: unknown): ApiResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** An answer that changes nothing. */
export function answer(status: number, value: unknown): RouteOutcome {
  return { response: json(status, value), changes: [], effects: [] };
}

/** An ApiProblem in PagerDuty's envelope (fact 27). @throws any other error again, because it is a bug */
export function problemResponse(problem: unknown): ApiResponse {
  if (!(problem instanceof ApiProblem)) throw problem;
  const { message, code, errors, extra } = problem;
  return json(problem.status, { error: { message, code, ...(errors.length > 0 && { errors }), ...extra } });
}
