/** The HTTP shell of the simulated API: reads requests, injects faults at their moments, answers. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { parseUrl, percentDecoded } from '../parse-url.ts';
import { refuseToken } from './auth.ts';
import { type FaultPhase, type InjectedFault, phaseOf } from './faults/fault.ts';
import type { OpenRequest, RequestEnd } from './log.ts';
import { parseJson } from './narrow.ts';
import { servicesOf } from './request-facts.ts';
import { asksForToken, grantToken } from './resources/identity.ts';
import { drip, reset, sendBomb, sendHalf, sendWhole, truncate } from './wire/body.ts';
import type { ApiRequest, ApiResponse } from './wire/http.ts';
import { json } from './wire/http.ts';
import { tooManyRequests, visibleRateHeaders } from './wire/rate-limit.ts';
import { applyEdit, perform, type World } from './world.ts';

interface SignalContext {
  readonly index: number;
  readonly method: string;
  readonly path: string;
  readonly phase: FaultPhase;
}

export type OnSignal = (signal: string, context: SignalContext) => void | Promise<void>;

export interface ServeOptions {
  readonly latencyMs: number;
  readonly clock: Clock;
  readonly onSignal: OnSignal | undefined;
}

interface Exchange {
  readonly world: World;
  readonly options: ServeOptions;
  readonly request: ApiRequest;
  readonly open: OpenRequest;
  readonly faults: readonly InjectedFault[];
  readonly res: ServerResponse;
}

/** Headers that could contain a credential; they are not logged (T50). */
const SECRET_HEADERS = ['authorization', 'cookie', 'proxy-authorization', 'x-sandbox-token'];

/** Answers one request to the API. */
export async function serveApi(
  world: World,
  options: ServeOptions,
  req: IncomingMessage,
  res: ServerResponse,
  body: string,
): Promise<void> {
  await world.timeline.catchUp();
  const request = requestOf(world, req, body);
  const { method, path } = request;
  const open = world.journal.begin({ at: new Date(request.now).toISOString(), method, path });
  const faults = world.book.next({ method, path, services: servicesOf(world.state, request) });
  const exchange: Exchange = { world, options, request, open, faults, res };
  res.setHeader('x-request-id', requestId(open.index));
  open.note({ faults: faults.map((fault) => `${fault.action}@${phaseOf(fault)}`) });
  try {
    await exchangeSteps(exchange);
  } finally {
    open.close();
  }
}

const ORIGIN = 'http://sandbox.invalid';

/** The path of a request whose target is neither a path nor a URL, such as `OPTIONS *`. */
const NOWHERE = '/*';

function requestOf(world: World, req: IncomingMessage, body: string): ApiRequest {
  const target = req.url ?? '/';
  const url = parseUrl(target.startsWith('/') ? ORIGIN + target : target) ?? new URL(NOWHERE, ORIGIN);
  const headers = Object.entries(req.headers).map(([name, value]) => [name, value?.toString()]);
  return {
    method: req.method ?? 'GET',
    path: percentDecoded(url.pathname),
    query: url.searchParams,
    headers: Object.fromEntries(headers),
    body,
    now: world.wall(),
  };
}

/** Like PagerDuty's: a UUID; here one that identifies the line of the log. */
function requestId(index: number): string {
  return `5a4db0c5-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
}

async function exchangeSteps(exchange: Exchange): Promise<void> {
  const { world, request, open, options } = exchange;
  if (await befall(exchange, 'before-read')) return;
  if (asksForToken(request)) return exchangeCredentials(exchange);
  const refused = refuseToken(world.state, request);
  if (refused) return finish(exchange, refused, {});
  open.note({
    query: request.query.toString(),
    headers: shownHeaders(request),
    body: shownBody(request.body),
  });
  const { allowed, headers } = world.limiter.count(world.timeline.now());
  const mode = world.state.switches.rateHeaders;
  const rateHeaders = visibleRateHeaders(headers, mode, allowed);
  if (!allowed) return finish(exchange, tooManyRequests(rateHeaders, mode), {});
  if (await befall(exchange, 'before-commit')) return;
  const response = perform(world, request, open.index);
  await world.keeper.save();
  if (await befall(exchange, 'after-commit')) return;
  if (options.latencyMs > 0) await options.clock.sleep(options.latencyMs);
  await finish(exchange, response, rateHeaders);
}

/** Nothing of such a request is logged, because its body contains the client secret. */
async function exchangeCredentials(exchange: Exchange): Promise<void> {
  if (await befall(exchange, 'before-commit')) return;
  await finish(exchange, grantToken(exchange.world.state, exchange.request), {});
}

function shownHeaders(request: ApiRequest): Record<string, string> {
  const shown = Object.entries(request.headers).filter(([name]) => !SECRET_HEADERS.includes(name));
  return Object.fromEntries(shown.map(([name, value]) => [name, value ?? '']));
}

function shownBody(body: string): unknown {
  return body === '' ? null : (parseJson(body) ?? body);
}

async function finish(
  exchange: Exchange,
  response: ApiResponse,
  extra: Readonly<Record<string, string>>,
): Promise<void> {
  const { res, open, faults } = exchange;
  const whole = { ...response, headers: { ...response.headers, ...extra } };
  open.note({ status: response.status });
  const cut = faults.find((fault) => fault.action === 'truncate');
  if (cut?.action === 'truncate') {
    open.note({ end: 'truncate' });
    return truncate(res, whole, cut.cut ?? 'length');
  }
  if (!faults.some((fault) => phaseOf(fault) === 'mid-body')) {
    open.note({ end: 'answered' });
    return sendWhole(res, whole);
  }
  const rest = await sendHalf(res, whole);
  if (await befall(exchange, 'mid-body')) return;
  open.note({ end: 'answered' });
  res.end(rest);
}

/** Injects the faults due in this phase. @returns true if one ended the request */
async function befall(exchange: Exchange, phase: FaultPhase): Promise<boolean> {
  for (const fault of exchange.faults.filter((candidate) => phaseOf(candidate) === phase)) {
    const end = await happen(exchange, fault, phase);
    if (end) {
      exchange.open.note({ end });
      return true;
    }
  }
  return false;
}

/** @returns the end of the request, or null if it continues */
async function happen(
  exchange: Exchange,
  fault: InjectedFault,
  phase: FaultPhase,
): Promise<RequestEnd | null> {
  const { world, options, request, open, res } = exchange;
  switch (fault.action) {
    case 'status':
      open.note({ status: fault.status });
      sendWhole(res, statusResponse(fault));
      return 'answered';
    case 'redirect':
      open.note({ status: fault.status ?? 302 });
      sendWhole(res, { status: fault.status ?? 302, headers: { location: fault.location }, body: '' });
      return 'redirect';
    case 'reset':
      reset(res);
      return 'reset';
    case 'hang':
      return 'hang';
    case 'drip':
      drip(res, fault.everyMs ?? 10);
      return 'drip';
    case 'gzip-bomb':
      sendBomb(res, fault.megabytes ?? 200);
      return 'gzip-bomb';
    case 'late-commit':
      commitLater(exchange, fault.afterMs);
      reset(res);
      return 'late-commit';
    case 'signal': {
      const { method, path } = request;
      await options.onSignal?.(fault.signal, { index: open.index, method, path, phase });
      return null;
    }
    case 'gate':
      if (await world.gates.wait(fault.gate)) return null;
      reset(res);
      return 'reset';
    case 'insert':
      applyEdit(world, { insert: fault.insert }, open.index);
      return null;
    case 'remove':
      applyEdit(world, { remove: fault.ids }, open.index);
      return null;
    case 'truncate':
      return null; // Instead of the answer itself: see `finish`.
  }
}

function commitLater({ world, request, open }: Exchange, afterMs: number): void {
  world.timeline.after(afterMs, async () => {
    perform(world, { ...request, now: world.wall() }, open.index, 'late');
    // No request waits for this. A failed write is retried with the next change.
    await world.keeper.save().catch(() => world.keeper.touch());
  });
}

function statusResponse(fault: InjectedFault & { action: 'status' }): ApiResponse {
  const { status, body = '', headers = {}, contentType } = fault;
  const response = typeof body === 'string' ? { status, headers: {}, body } : json(status, body);
  const type = contentType === undefined ? {} : { 'content-type': contentType };
  return { ...response, headers: { ...response.headers, ...headers, ...type } };
}
