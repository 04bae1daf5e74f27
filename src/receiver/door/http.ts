/** HTTP front: validates and authenticates a request before its body is parsed, and answers it (T37–T42). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { cutText } from '../../cut.ts';
import { judgeCredentials } from '../press/credentials.ts';
import { routeAt, targetOf } from '../press/routes.ts';
import type { DoorOptions } from './options.ts';
import { peerOf } from './peer.ts';
import { answerProbe } from './probes.ts';
import { type Refuse, receive } from './receive.ts';
import { type DoorReply, RETRY, send } from './reply.ts';

/** A server that is not listening yet. */
export function createDoor(options: DoorOptions): Server {
  const { limits, log } = options;
  const serve = (req: IncomingMessage, res: ServerResponse): void => {
    answer(req, res, options).then(
      (reply) => reply && send(res, reply),
      () => {
        log({ event: 'refused', level: 'error', status: 503, detail: 'an internal error' });
        send(res, { status: 503, text: 'temporarily unavailable' });
      },
    );
  };
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkMs,
      keepAliveTimeout: limits.idleMs,
      maxHeaderSize: limits.headerBytes,
    },
    serve,
  );
  server.maxConnections = limits.connections;
  // Idle kept-alive connections give way to new ones.
  server.on('drop', () => server.closeIdleConnections());
  // Not in Node's documentation. A client may end its side with the request, and still waits for the answer.
  Object.assign(server, { httpAllowHalfOpen: true });
  // `Expect: 100-continue` is answered only after the request was authenticated.
  server.on('checkContinue', serve);
  server.on('checkExpectation', serve);
  return server;
}

async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  options: DoorOptions,
): Promise<DoorReply | undefined> {
  const { routes, intake, log } = options;
  const target = targetOf(req.url);
  const probe = target?.query === '' ? await answerProbe(target.path, req.method, options.probes) : undefined;
  if (probe) return probe;
  // A 404 would count against the button (fact 41).
  if (!options.takesPresses) return { status: 503, text: 'this receiver accepts no presses' };
  const peer = peerOf(req, options.trustsProxy);
  const route = target && routeAt(routes(), target);
  const refuse: Refuse = (status, text, extra) => {
    log({ event: 'refused', level: 'warn', action: route?.action, status, ...peer, detail: text });
    return { status, text, ...extra };
  };
  if (!target || !route) {
    // Three of these in a row, and PagerDuty disables the action (fact 41): the operator should see it.
    refuse(404, `no action has the path ${target ? cutText(target.path, 100) : 'of this request'}`);
    return { status: 404, text: 'not found' };
  }
  if (target.query !== '' && !route.hasQuery) {
    return refuse(404, 'the path is known, but the action has no query in its URL');
  }
  if (req.method !== 'POST') return refuse(405, 'only POST is allowed', { headers: { allow: 'POST' } });
  if (!route.isProtected && comesFromPage(req)) return refuse(403, 'requests from web pages are not allowed');
  const { judgement, part } = judgeCredentials(route.credentials, req.headersDistinct, target.query);
  if (judgement === 'ambiguous') return refuse(400, 'a header for authentication occurs twice');
  if (judgement === 'wrong') return refuse(401, `${WRONG[part]} is missing or wrong`);
  if (judgement === 'old' || route.isOldPath) {
    const detail = 'used a secret from before the rotation, which `--also-accept` still accepts';
    log({ event: 'old-secret', level: 'warn', action: route.action, ...peer, detail });
  }
  if (intake.isStopping) return { status: 503, text: 'stopping', headers: RETRY };
  return receive({ req, res, route, peer, refuse }, options);
}

/** A proxy or a shell easily loses a query in the URL. */
const WRONG = { header: 'a header of the action', query: 'the query of the URL' } as const;

/** Without a secret, requests of web pages must be kept out by other means (T48, T49). */
function comesFromPage(req: IncomingMessage): boolean {
  const hosts = req.headersDistinct.host ?? [];
  const isOwn = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(hosts[0] ?? '');
  return hosts.length !== 1 || !isOwn || req.headers.origin !== undefined;
}
