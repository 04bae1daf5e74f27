import { request } from 'node:http';
import type { PageView } from '../../src/sandbox/page/view.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  /** Name, value, name, value, as they are sent. Adds `Host` first if missing. */
  readonly headers?: readonly string[];
  readonly body?: string;
}

/** A request with exactly these headers, like a browser or an attacker's program would send it. */
export function raw(
  { port }: Pick<Sandbox, 'port'>,
  { method = 'GET', path = '/', headers = [], body = '' }: RawRequest = {},
): Promise<RawAnswer> {
  const host = headers.some((name, at) => at % 2 === 0 && name.toLowerCase() === 'host');
  return new Promise((done, fail) => {
    const sent = host ? headers : ['Host', `127.0.0.1:${port}`, ...headers];
    const options = { host: '127.0.0.1', port, method, path, headers: sent, setHost: false };
    const req = request(options, (res) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (chunk: string) => {
        text += chunk;
      });
      res.on('end', () => done({ status: res.statusCode ?? 0, headers: res.headers, text }));
    });
    req.on('error', fail);
    req.end(body);
  });
}

/** The token inside the page. */
export async function pageToken(sandbox: Pick<Sandbox, 'port'>): Promise<string> {
  const { text } = await raw(sandbox);
  return /<meta name="sandbox-page" content="([\w-]+) /.exec(text)?.[1] ?? '';
}

/** The changes since `since`, as the page receives them. */
export async function look(sandbox: Pick<Sandbox, 'port'>, since = 0): Promise<PageView> {
  const headers = ['X-Sandbox-Page', await pageToken(sandbox)];
  const { text } = await raw(sandbox, { path: `/_sandbox/page/changes?since=${since}`, headers });
  return JSON.parse(text) as PageView;
}

/** Sends an action of the page. */
export async function act(sandbox: Sandbox, name: string, body: unknown): Promise<RawAnswer> {
  const headers = [
    ...['X-Sandbox-Page', await pageToken(sandbox)],
    ...['Content-Type', 'application/json', 'Sec-Fetch-Site', 'same-origin'],
    ...['Origin', `http://127.0.0.1:${sandbox.port}`],
  ];
  return raw(sandbox, {
    method: 'POST',
    path: `/_sandbox/page/${name}`,
    headers,
    body: JSON.stringify(body),
  });
}
