/** The door: what a request has to be before anybody looks into it, and what it is answered (T37–T42). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { cutText } from '../../cut.ts';
import type { Accepted, Delivery, Intake } from '../intake.ts';
import type { Limits } from '../limits.ts';
import { judgeCredentials } from '../press/credentials.ts';
import { type Press, understand } from '../press/message.ts';
import { type Route, targetOf } from '../press/routes.ts';
import type { Log } from '../tell/events.ts';
import { readBody } from './body.ts';
import { answerProbe, type Probes } from './probes.ts';
import { type Reply, send } from './reply.ts';

export interface DoorOptions {
  /** The actions that are served now, by path. */
  readonly routes: () => ReadonlyMap<string, Route>;
  readonly intake: Intake;
  readonly probes: Probes;
  /** False for a receiver that only works on what others have taken. */
  readonly takesPresses: boolean;
  readonly limits: Limits;
  readonly log: Log;
  /** Whether the messages of `pdactions test` are treated like presses. */
  readonly takesTests: boolean;
  /** Keeps an authentic press for later. */
  readonly record: (route: Route, press: Press) => void;
}

const STATUS: Readonly<Record<Accepted, number>> = {
  accepted: 202,
  duplicate: 200,
  full: 503,
  stopping: 503,
  failed: 503,
};

/** A server that is not listening yet. */
export function createDoor(options: DoorOptions): Server {
  const { limits, log } = options;
  const serve = (req: IncomingMessage, res: ServerResponse): void => {
    answer(req, res, options).then(
      (reply) => reply && send(res, reply),
      () => {
        log({ event: 'refused', level: 'error', status: 503, detail: 'an internal error' });
        send(res, { status: 503, text: 'not now' });
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
  // Whoever asks before sending a body is let go on only once it is known that somebody wants it.
  server.on('checkContinue', serve);
  server.on('checkExpectation', serve);
  return server;
}

async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  options: DoorOptions,
): Promise<Reply | undefined> {
  const { routes, intake, limits, log } = options;
  const target = targetOf(req.url);
  const probe = target?.query === '' ? await answerProbe(target.path, req.method, options.probes) : undefined;
  if (probe) return probe;
  // A 404 would count against the button (fact 41).
  if (!options.takesPresses) return { status: 503, text: 'this receiver takes no presses' };
  const route = target && routes().get(target.path);
  if (!target || !route || (target.query !== '' && !route.hasQuery)) {
    // Three of these in a row, and PagerDuty disables the button (fact 41): whoever runs this should see it.
    const detail = `no action has the path ${target ? cutText(target.path, 100) : 'that was asked for'}`;
    log({ event: 'refused', level: 'warn', status: 404, detail });
    return { status: 404, text: 'not found' };
  }
  const refuse = (status: number, text: string, headers?: Reply['headers'], isRead?: boolean): Reply => {
    log({ event: 'refused', level: 'warn', action: route.action, status, detail: text });
    return { status, text, ...(headers && { headers }), ...(isRead && { isRead }) };
  };
  if (req.method !== 'POST') return refuse(405, 'only POST', { allow: 'POST' });
  if (!route.isProtected && comesFromPage(req)) return refuse(403, 'not for web pages');
  const judgement = judgeCredentials(route.credentials, req.headersDistinct, target.query);
  if (judgement === 'ambiguous') return refuse(400, 'a header for authentication is there twice');
  if (judgement === 'wrong') return refuse(401, 'a header of the action is missing or wrong');
  if (intake.isStopping) return { status: 503, text: 'stopping', headers: RETRY };
  const ids = req.headersDistinct['x-webhook-id'] ?? [];
  if (ids.length > 1) return refuse(400, 'X-Webhook-Id is there twice');
  if (req.headers['content-encoding'] !== undefined) return refuse(415, 'no content encodings');
  if (!/^application\/json\s*(;|$)/i.test(req.headers['content-type'] ?? '')) {
    return refuse(415, 'only application/json');
  }
  if (Number(req.headers['content-length'] ?? 0) > limits.bodyBytes) return refuse(413, 'too large');
  if (req.headers.expect !== undefined) res.writeContinue();
  const read = await readBody(req, limits.bodyBytes);
  if (read === 'gone') return undefined;
  if (read === 'too-large') return refuse(413, 'too large');
  const understood = understand(parsed(read.text), ids[0]);
  if (understood.kind === 'bad') return refuse(400, understood.why, undefined, true);
  if (understood.kind === 'other') {
    const { id, why } = understood;
    log({
      event: 'ignored',
      level: 'warn',
      action: route.action,
      id: id ?? undefined,
      status: 202,
      detail: why,
    });
    return { status: 202, text: `ignored: ${why}`, isRead: true };
  }
  const delivery = { route, press: understood.press, body: read.text, headers: passedOn(req) };
  const isTest = understood.kind === 'test' && !options.takesTests;
  return isTest ? tested(delivery, options) : take(delivery, options);
}

/** `pdactions test` wants to know whether a press would arrive: the answer says so, and a server is not restarted for it. */
function tested({ route, press }: Delivery, { intake, log }: DoorOptions): Reply {
  const isNew = intake.test(press.id);
  const status = isNew ? 202 : 200;
  const about = { action: route.action, incident: press.incident.id, id: press.id, status };
  log({ event: isNew ? 'tested' : 'duplicate', level: 'info', ...about });
  return { status, text: isNew ? 'a test: not run' : 'duplicate', isRead: true };
}

async function take(delivery: Delivery, { intake, log, record }: DoorOptions): Promise<Reply> {
  const { route, press } = delivery;
  const accepted = await intake.accept(delivery);
  const status = STATUS[accepted];
  const about = { action: route.action, incident: press.incident.id, id: press.id, user: press.user.name };
  if (accepted === 'accepted') record(route, press);
  else if (accepted === 'duplicate') log({ event: 'duplicate', level: 'info', ...about, status });
  else log({ event: 'busy', level: 'warn', ...about, status, reason: accepted, detail: BUSY[accepted] });
  return { status, text: accepted, isRead: true, ...(status === 503 && { headers: RETRY }) };
}

const BUSY = {
  full: 'too many presses are waiting; PagerDuty sends it again',
  stopping: 'the receiver is stopping; PagerDuty sends it again',
  failed: 'it could not be written down that this message was taken; PagerDuty sends it again',
} as const;

const RETRY = { 'retry-after': '10' };

/** Without a secret, what a web page can do has to be kept out by other means (T48, T49). */
function comesFromPage(req: IncomingMessage): boolean {
  const hosts = req.headersDistinct.host ?? [];
  const isOwn = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(hosts[0] ?? '');
  return hosts.length !== 1 || !isOwn || req.headers.origin !== undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What `--forward` sends along: everything but what belongs to this connection. */
function passedOn({ headers }: IncomingMessage): Record<string, string> {
  const own = new Set([
    'host',
    'connection',
    'content-length',
    'transfer-encoding',
    'expect',
    'keep-alive',
    'te',
    'upgrade',
  ]);
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && !own.has(name) ? [[name, value]] : [],
    ),
  );
}
