import { connect } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { HeaderSpec } from '../../src/core/action.ts';
import { HANDLER_DEFAULTS, type Handler } from '../../src/core/handler.ts';
import type { Limits } from '../../src/receiver/limits.ts';
import { type HandledAction, routesOf } from '../../src/receiver/press/routes.ts';
import { type ReceiverOptions, startReceiver } from '../../src/receiver/receiver.ts';
import type { ReceiverEvent } from '../../src/receiver/tell/events.ts';
import { temporaryFolder } from '../helpers/in-process.ts';

export const SECRET = 'Bearer k7Qz-correct-horse-99';
export const PATH = '/hooks/restart';

export interface World {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  readonly events: readonly ReceiverEvent[];
  readonly notes: readonly { readonly incident: string; readonly content: string }[];
  /** Resolves once `count` events of this name were logged. */
  told(event: ReceiverEvent['event'], count?: number): Promise<readonly ReceiverEvent[]>;
  press(options?: PressOptions): Promise<Reply>;
  stop(): Promise<boolean>;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
}

export interface PressOptions {
  readonly id?: string | null;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly incident?: string;
  readonly title?: string;
}

export interface WorldOptions {
  readonly folder?: string;
  readonly handler?: Partial<Handler>;
  readonly script?: string;
  readonly headers?: readonly HeaderSpec[] | null;
  readonly url?: string;
  readonly limits?: Partial<Limits>;
  readonly more?: readonly HandledAction[];
  readonly receiver?: Partial<ReceiverOptions>;
}

/** A command that runs a piece of JavaScript. */
export function script(source: string): readonly string[] {
  return [process.execPath, '-e', source];
}

export function handlerOf(handler: Partial<Handler>): Handler {
  return { command: script(''), ...HANDLER_DEFAULTS, timeout: 15, ...handler };
}

export function actionOf(
  key: string,
  handler: Partial<Handler>,
  more: Partial<HandledAction> = {},
): HandledAction {
  return {
    key,
    label: 'Restart Server',
    url: `https://hooks.example.com/hooks/${key}`,
    headers: [{ name: 'Authorization', value: SECRET, source: '${SECRET}' }],
    renamedFrom: [],
    handler: handlerOf(handler),
    folder: process.cwd(),
    ...more,
  };
}

/** A receiver on this machine that ends with the test, with one action at `PATH`. */
export async function receive(options: WorldOptions = {}): Promise<World> {
  const folder = options.folder ?? temporaryFolder();
  const command = options.script === undefined ? {} : { command: script(options.script) };
  const action = actionOf(
    'restart',
    { ...command, ...options.handler },
    {
      folder,
      ...(options.headers !== undefined && { headers: options.headers }),
      ...(options.url !== undefined && { url: options.url }),
    },
  );
  const events: ReceiverEvent[] = [];
  const notes: { readonly incident: string; readonly content: string }[] = [];
  let watchers: (() => void)[] = [];
  const receiver = await startReceiver({
    routes: routesOf([action, ...(options.more ?? [])], ({ headers }) =>
      (headers ?? []).some(({ value, source }) => value !== source),
    ),
    host: '127.0.0.1',
    port: 0,
    stateFile: join(folder, 'state.jsonl'),
    addNote: async (incident, content) => void notes.push({ incident, content }),
    env: { PATH: process.env.PATH, HOME: folder, PAGERDUTY_TOKEN: 'u+tokenThatNobodyMaySee', OTHER: 'x' },
    platform: process.platform,
    clock: systemClock,
    now: Date.now,
    drainMs: 20,
    clean: (text) => text,
    redact: (text) => text.replaceAll(SECRET, '[redacted]'),
    log: (event) => {
      events.push(event);
      for (const look of [...watchers]) look();
    },
    ...options.receiver,
    limits: { killMs: 100, lingerMs: 0, checkMs: 20, ...options.limits },
  });
  let stopping: Promise<boolean> | undefined;
  const stop = (): Promise<boolean> => {
    stopping ??= receiver.stop();
    return stopping;
  };
  onTestFinished(async () => void (await stop()));
  const port = Number(new URL(receiver.url).port);
  return {
    url: receiver.url,
    port,
    folder,
    events,
    notes,
    stop,
    press: (press) => send(receiver.url, press),
    told: (name, count = 1) =>
      new Promise((tell) => {
        const look = (): void => {
          const found = events.filter(({ event }) => event === name);
          if (found.length < count) return;
          watchers = watchers.filter((watcher) => watcher !== look);
          tell(found);
        };
        watchers.push(look);
        look();
      }),
  };
}

/** The message of a press, as PagerDuty sends it (facts 33–36). */
export function message({
  id = 'm-1',
  incident = 'PINC1',
  title = 'It is broken',
}: PressOptions = {}): string {
  return JSON.stringify({
    messages: [
      {
        ...(id === null ? {} : { id }),
        event: 'incident.custom',
        log_entries: [
          {
            type: 'custom_log_entry',
            agent: { id: 'PUSER1', type: 'user_reference', summary: 'Jane Doe' },
            channel: { type: 'custom_web_trigger', details_omitted: false },
          },
        ],
        webhook: {
          id: 'PEXT1',
          name: 'Restart Server',
          endpoint_url: 'https://login:pass@hooks.example.com',
          config: { headers: [{ name: 'Authorization', value: SECRET }] },
        },
        incident: {
          id: incident,
          incident_number: 7,
          title,
          status: 'triggered',
          urgency: 'high',
          html_url: 'https://acme.pagerduty.com/incidents/PINC1',
          service: { id: 'PCHKOUT', summary: 'Checkout API' },
        },
        created_on: '2026-11-24T04:00:00Z',
      },
    ],
  });
}

/** One delivery over a connection of its own. */
export async function send(url: string, options: PressOptions = {}): Promise<Reply> {
  const { path = PATH, method = 'POST', id = 'm-1', headers = {} } = options;
  const response = await fetch(url + path, {
    method,
    headers: {
      'content-type': 'application/json',
      authorization: SECRET,
      connection: 'close',
      ...(id === null ? {} : { 'x-webhook-id': id }),
      ...headers,
    },
    ...(method === 'POST' ? { body: options.body ?? message(options) } : {}),
  });
  return { status: response.status, text: await response.text() };
}

/** Sends raw bytes. Resolves with everything received until the connection ends. */
export function raw(port: number, bytes: string | Buffer, isHalfOpen = false): Promise<string> {
  return new Promise((tell) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.on('close', () => tell(Buffer.concat(chunks).toString('latin1')));
    socket.on('connect', () => (isHalfOpen ? socket.write(bytes) : socket.end(bytes)));
  });
}

/** A whole request as text. */
export function request(lines: readonly string[], body = message()): string {
  return [
    `POST ${PATH} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...lines,
    '',
    body,
  ].join('\r\n');
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}

/** True if a process runs; a zombie does not (T46). */
export async function isAlive(pid: number): Promise<boolean> {
  const { readFile } = await import('node:fs/promises');
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/\) [ZX] /.test(stat);
}

/** Resolves once a killed process has ended, which takes the kernel a moment. */
export async function isGone(pid: number): Promise<true> {
  while (await isAlive(pid));
  return true;
}
