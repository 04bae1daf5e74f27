/** The control routes: for tests and for the owner of the sandbox, never for the client under test. */

import type { IncomingHttpHeaders } from 'node:http';
import { ConfigError } from '../errors.ts';
import { parseSwitches, SWITCHES } from './account/switches.ts';
import { parseFaults } from './faults/check.ts';
import { snapshotOf } from './keeping/snapshot.ts';
import { isObject, parseJson } from './narrow.ts';
import { parseSeed } from './seed/seed.ts';
import * as z from './shapes.ts';
import { type ApiResponse, json } from './wire/http.ts';
import { sameSecret } from './wire/same-secret.ts';
import { advance, applyEdit, resetWorld, setSwitches, type World } from './world.ts';

/** Paths below this one are not PagerDuty's. */
export const CONTROL_PATH = '/_sandbox/';

/** No wait is longer than days (facts 39, 41). A time beyond the range of dates would break every later answer. */
const FARTHEST_MS = 366 * 86_400_000;

export interface ControlRequest {
  readonly method: string;
  /** Behind `/_sandbox/`. */
  readonly name: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type ControlRead = (world: World) => unknown;
type ControlWrite = (world: World, body: Readonly<Record<string, unknown>>) => unknown;

/** A GET never changes anything (T49). */
const READS: Readonly<Record<string, ControlRead>> = {
  log: (world) => world.journal.log(),
  state: (world) => snapshotOf(world.state),
  deliveries: (world) => ({ deliveries: world.deliveries.records() }),
  faults: (world) => ({ faults: world.book.faults() }),
  clock: (world) => ({ now: new Date(world.wall()).toISOString(), advancedMs: world.timeline.offset() }),
  switches: (world) => ({ switches: world.state.switches, known: SWITCHES }),
};

const IDS = '`remove` must be a list of ids';
const edit = z.object({
  insert: z.optional(z.unknown()),
  remove: z.optional(z.array(z.string(IDS), IDS)),
});

const MS = '`advanceMs` must be a number of milliseconds, at most a year';
const step = z.object({
  advanceMs: z.number(MS).check(z.minimum(0, MS), z.maximum(FARTHEST_MS, MS)),
});

const released = z.object({ gate: z.optional(z.string('`gate` must be a name')) });

const WRITES: Readonly<Record<string, ControlWrite>> = {
  faults: (world, { faults }) => {
    world.book.set(parseFaults(faults));
    return { faults: world.book.faults() };
  },
  reset: async (world, { seed }) => {
    resetWorld(world, seed === undefined ? undefined : parseSeed(seed));
    await world.keeper.save();
    return snapshotOf(world.state);
  },
  state: async (world, body) => {
    applyEdit(world, checked(edit, body));
    await world.keeper.save();
    return snapshotOf(world.state);
  },
  clock: async (world, body) => {
    await advance(world, checked(step, body).advanceMs);
    return { now: new Date(world.wall()).toISOString(), advancedMs: world.timeline.offset() };
  },
  switches: (world, body) => {
    const { switches, problems } = parseSwitches(body);
    if (problems.length > 0) throw new ControlProblem(...problems);
    setSwitches(world, switches);
    return { switches: world.state.switches };
  },
  release: (world, body) => ({ released: world.gates.release(checked(released, body).gate) }),
};

/** The body as the schema describes it. @throws ControlProblem */
function checked<Schema extends z.core.$ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = z.check(schema, body);
  if (result.success) return result.data;
  throw new ControlProblem(...new Set(result.error.issues.map(({ message }) => message)));
}

class ControlProblem extends Error {
  readonly details: readonly string[];

  constructor(...details: readonly string[]) {
    super(details.join('; '));
    this.details = details;
  }
}

/** Answers one control request. */
export async function serveControl(
  world: World,
  token: string,
  request: ControlRequest,
): Promise<ApiResponse> {
  const given = request.headers['x-sandbox-token'];
  if (typeof given !== 'string' || !sameSecret(given, token)) {
    return refuse(403, 'the header X-Sandbox-Token must contain the control token');
  }
  if (request.method === 'GET') return read(world, request.name);
  if (request.method !== 'POST') return refuse(405, 'use GET to read and POST to change');
  // A web page can send a form or plain text anywhere without a preflight, but not this type (T49).
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    return refuse(415, 'Content-Type must be application/json');
  }
  return write(world, request);
}

function read(world: World, name: string): ApiResponse {
  const answer = Object.hasOwn(READS, name) ? READS[name] : undefined;
  return answer ? json(200, answer(world)) : refuse(404, `unknown route: GET /_sandbox/${name}`);
}

async function write(world: World, request: ControlRequest): Promise<ApiResponse> {
  const { name } = request;
  const change = Object.hasOwn(WRITES, name) ? WRITES[name] : undefined;
  if (!change) return refuse(404, `unknown route: POST /_sandbox/${name}`);
  const body = request.body === '' ? {} : parseJson(request.body);
  if (!isObject(body)) return refuse(400, 'the body must be a JSON object');
  try {
    return json(200, await change(world, body));
  } catch (error) {
    if (error instanceof ControlProblem) return refuse(400, error.message, error.details);
    if (!(error instanceof ConfigError)) throw error;
    const details = error.problems.map(({ path, message }) =>
      path === '' ? message : `${path}: ${message}`,
    );
    return refuse(400, error.message, details);
  }
}

/** Not PagerDuty's envelope, so that it is not mistaken for an answer of the API. */
function refuse(status: number, message: string, details: readonly string[] = []): ApiResponse {
  return json(status, { sandbox: { message, ...(details.length > 0 && { details }) } });
}
