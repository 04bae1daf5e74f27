import type { State } from '../account/state.ts';
import { isObject, parseJson } from '../narrow.ts';
import type { ApiRequest, RouteOutcome } from './http.ts';
import { invalidInput } from './problem.ts';

/**
 * One call of the API. `path` has `:id` in place of an id (of two, `handle` gets the first); `scope` is the required OAuth scope (facts 19
 * and 21).
 */
export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly scope: string | null;
  /** Pure: reads the state, returns the answer and the changes. @throws ApiProblem */
  readonly handle: (state: State, request: ApiRequest, id: string) => RouteOutcome;
}

/** The body as an object. @throws ApiProblem 400 if it is not one */
export function bodyOf(request: ApiRequest): Readonly<Record<string, unknown>> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw invalidInput('Content-Type must be application/json');
  }
  const body = parseJson(request.body);
  if (!isObject(body)) throw invalidInput('The body must be a JSON object');
  return body;
}

/**
 * The object under `key` in the body, for example `{"extension": {…}}`, or the body itself (fact 10).
 * @throws ApiProblem 400 if the body is not JSON or not of that shape
 */
export function wrapped(state: State, request: ApiRequest, key: string): Readonly<Record<string, unknown>> {
  const body = bodyOf(request);
  const inner = body[key];
  if (isObject(inner)) return inner;
  if (state.switches.bodies === 'both' && inner === undefined && Object.keys(body).length > 0) return body;
  throw invalidInput(`The body must have the object ${key}`);
}
