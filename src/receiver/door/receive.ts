/** From an authenticated request to its answer: reads and interprets the body, and accepts each press in it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Accepted } from '../intake.ts';
import { claimOf } from '../press/claim.ts';
import { opened, parsedJson } from '../press/envelope.ts';
import { type MessagePart, understand } from '../press/message.ts';
import type { Route } from '../press/routes.ts';
import type { Delivery } from '../press-worker.ts';
import { encodingOf, readBody } from './body.ts';
import type { DoorOptions } from './options.ts';
import type { Peer } from './peer.ts';
import { type DoorReply, RETRY } from './reply.ts';

/** Logs a refusal, and gives the answer. */
export type Refuse = (status: number, text: string, extra?: Partial<DoorReply>) => DoorReply;

/** A request with the credentials of its action. */
export interface Authentic {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly route: Route;
  readonly peer: Peer;
  readonly refuse: Refuse;
}

/**
 * The answer; undefined if the sender has gone. An authentic message that is not a press gets a 202: three 4xx disable a button (fact 41).
 * Requests that cannot come from PagerDuty, by size or encoding, are refused before their body is read (fact 43).
 */
export async function receive(authentic: Authentic, options: DoorOptions): Promise<DoorReply | undefined> {
  const { req, res, route, refuse } = authentic;
  const encoding = encodingOf(req.headers['content-encoding']);
  if (!encoding) return refuse(415, 'unsupported content encoding: use gzip or none');
  // A web page can send other types without a preflight (T49); actions with a secret are safe anyway.
  if (!route.isProtected && !isJson(req)) return refuse(415, 'only application/json is accepted');
  const most = options.limits.bodyBytes;
  if (Number(req.headers['content-length'] ?? 0) > most) return refuse(413, 'the body is too large');
  if (req.headers.expect !== undefined) res.writeContinue();
  const read = await readBody(req, encoding, most);
  if (read === 'gone') return undefined;
  if (read === 'too-large') return refuse(413, 'the body is too large');
  if (read === 'damaged') return ignored('the body is not gzip', null, authentic, options);
  const value = parsedJson(read.text);
  if (value === undefined) return ignored('the body is not JSON', null, authentic, options);
  const { body, headerId } = opened(value);
  // A repeated header is ignored; the message has an id of its own.
  const ids = req.headersDistinct['x-webhook-id'] ?? [];
  const understood = understand(body, ids.length > 1 ? undefined : (ids[0] ?? headerId));
  if (understood.kind === 'batch') return takeAll(understood.parts, authentic, options);
  return take(understood, value === body ? read.text : JSON.stringify(body), authentic, options);
}

function isJson(req: IncomingMessage): boolean {
  return /^application\/json\s*(;|$)/i.test(req.headers['content-type'] ?? '');
}

/** Accepts each press of a batch, in order. After a 503 the whole batch is sent again, and accepted presses are duplicates then. */
async function takeAll(
  parts: readonly MessagePart[],
  authentic: Authentic,
  options: DoorOptions,
): Promise<DoorReply> {
  const replies: DoorReply[] = [];
  const others = parts.filter((part) => 'why' in part);
  // One line in the log, whatever their number.
  if (others[0]) {
    const why = `${others.length} of ${parts.length} messages in a batch: ${others[0].why}`;
    replies.push(ignored(why, null, authentic, options));
  }
  for (const part of parts) {
    if (!('press' in part)) continue;
    const body = JSON.stringify({ messages: [part.press.message] });
    const reply = await take(part, body, authentic, options);
    if (reply.status === 503) return reply;
    replies.push(reply);
  }
  const answers = replies.toReversed();
  const [first] = answers;
  return (
    answers.find(({ status }) => status === 202) ??
    first ??
    ignored('the batch is empty', null, authentic, options)
  );
}

async function take(
  understood: MessagePart,
  body: string,
  authentic: Authentic,
  options: DoorOptions,
): Promise<DoorReply> {
  const { req, route, peer } = authentic;
  if (understood.kind === 'other') return ignored(understood.why, understood.id, authentic, options);
  const delivery = { route, press: understood.press, body, headers: passedOn(req), from: peer };
  const isTest = understood.kind === 'test' && !options.takesTests;
  return isTest ? tested(delivery, options) : accept(delivery, options);
}

function ignored(
  why: string,
  id: string | null,
  { route, peer }: Authentic,
  { log }: DoorOptions,
): DoorReply {
  const about = { action: route.action, id: id ?? undefined, ...peer, status: 202 };
  log({ event: 'ignored', level: 'warn', ...about, detail: why });
  return { status: 202, text: `ignored: ${why}`, isRead: true };
}

/** `pdactions test` asks whether a press would arrive: the answer says so, and a server is not restarted for it. */
function tested({ route, press }: Delivery, { intake, log, clean }: DoorOptions): DoorReply {
  const isNew = intake.test(press.id);
  const status = isNew ? 202 : 200;
  const about = { ...claimOf(route.action, press, clean), status };
  log({ event: isNew ? 'tested' : 'duplicate', level: 'info', ...about });
  return { status, text: isNew ? 'a test: not run' : 'duplicate', isRead: true };
}

const STATUS: Readonly<Record<Accepted, number>> = {
  accepted: 202,
  duplicate: 200,
  full: 503,
  stopping: 503,
  failed: 503,
};

async function accept(delivery: Delivery, { intake, log, record, clean }: DoorOptions): Promise<DoorReply> {
  const { route, press, from } = delivery;
  const accepted = await intake.accept(delivery);
  const status = STATUS[accepted];
  const about = { ...claimOf(route.action, press, clean), ...from, status };
  if (accepted === 'accepted') record(route, press);
  else if (accepted === 'duplicate') log({ event: 'duplicate', level: 'info', ...about });
  else log({ event: 'busy', level: 'warn', ...about, reason: accepted, detail: BUSY[accepted] });
  return { status, text: accepted, isRead: true, ...(status === 503 && { headers: RETRY }) };
}

const BUSY = {
  full: 'too many presses are waiting; PagerDuty sends it again',
  stopping: 'the receiver is stopping; PagerDuty sends it again',
  failed: 'this message could not be recorded; PagerDuty sends it again',
} as const;

/** The headers that `--forward` passes on: all except those of this connection, and of a body that was inflated. */
function passedOn({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && !OWN.has(name) ? [[name, value]] : [],
    ),
  );
}

const OWN: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-encoding',
  'content-length',
  'transfer-encoding',
  'expect',
  'keep-alive',
  'te',
  'upgrade',
]);
