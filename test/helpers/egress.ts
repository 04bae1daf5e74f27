/** A network with one way out: a CONNECT proxy of the test's own, a company CA made by openssl, and PagerDuty behind both. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './in-process.ts';

/** Certificates, as files and as text. */
export interface Company {
  /** Path of the certificate authority. */
  readonly caFile: string;
  readonly key: string;
  readonly cert: string;
}

/** Made once for each set of hosts, because openssl is slow. */
const made = new Map<string, { readonly ca: string; readonly key: string; readonly cert: string }>();

/** An unknown certificate authority, and its certificate for these hosts. */
export function companyCa(hosts: readonly string[] = ['api.pagerduty.com']): Company {
  const names = hosts.map((host) => `DNS:${host}`).join(',');
  const { ca, ...server } = made.get(names) ?? sign(names);
  made.set(names, { ca, ...server });
  const caFile = join(temporaryFolder(), 'company-ca.pem');
  writeFileSync(caFile, ca);
  return { caFile, ...server };
}

function sign(names: string): { ca: string; key: string; cert: string } {
  const folder = temporaryFolder();
  const openssl = (line: string): Buffer =>
    execFileSync('openssl', line.split(' '), { cwd: folder, stdio: 'pipe' });
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';
  openssl(`req -x509 ${key} -keyout ca.key -out ca.pem -days 2 -subj /CN=Company`);
  openssl(`req ${key} -keyout server.key -out server.csr -subj /CN=server`);
  writeFileSync(join(folder, 'ext'), `subjectAltName=${names}\n`);
  const by = '-CA ca.pem -CAkey ca.key -CAcreateserial';
  openssl(`x509 -req -in server.csr ${by} -days 2 -extfile ext -out server.pem`);
  return { ca: text('ca.pem'), key: text('server.key'), cert: text('server.pem') };
}

/** A TLS server that forwards every request to `url`, in place of PagerDuty. @returns its port */
export async function behindTls({ key, cert }: Company, url: string): Promise<number> {
  const server = createTlsServer({ key, cert }, (incoming: IncomingMessage, response: ServerResponse) => {
    const { method, headers, url: path = '/' } = incoming;
    const own = { ...headers, host: new URL(url).host };
    const options = { method: method ?? 'GET', headers: own, agent: false as const };
    const outgoing = request(new URL(path, url), options, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(outgoing);
  });
  return listening(server);
}

export interface ProxyOptions {
  /** Destination of every tunnel, whatever the host: this machine resolves no names. */
  readonly port: number;
  /** Other ports, by the requested host and port. */
  readonly ports?: Readonly<Record<string, number>>;
  /** The required `user:password`. */
  readonly login?: string;
  /** Status of the answer to every CONNECT. */
  readonly refuses?: number;
  /** Authentication schemes that a 407 offers. */
  readonly schemes?: readonly string[];
}

export interface Proxy {
  readonly host: string;
  /** Targets of the CONNECT requests, in order. */
  readonly asked: string[];
  /** Requests without a tunnel. */
  readonly forwarded: string[];
  /** Raw headers of the CONNECT requests. */
  readonly heard: string[];
}

/** A proxy that supports CONNECT, and only records plain HTTP requests. */
export async function connectProxy({
  port,
  ports = {},
  login,
  refuses,
  schemes = ['Basic realm="x"'],
}: ProxyOptions): Promise<Proxy> {
  const asked: string[] = [];
  const forwarded: string[] = [];
  const heard: string[] = [];
  const server = createServer((incoming, response) => {
    forwarded.push(incoming.url ?? '');
    response.writeHead(204).end();
  });
  const expected = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
  server.on('connect', ({ url = '', rawHeaders, headers }: IncomingMessage, socket: Socket) => {
    socket.on('error', () => undefined);
    asked.push(url);
    heard.push(rawHeaders.join('\n'));
    if (expected !== undefined && headers['proxy-authorization'] !== expected) {
      const offers = schemes.map((scheme) => `Proxy-Authenticate: ${scheme}\r\n`).join('');
      socket.end(`HTTP/1.1 407 Proxy Authentication Required\r\n${offers}Content-Length: 0\r\n\r\n`);
    } else if (refuses !== undefined) {
      socket.end(
        `HTTP/1.1 ${refuses} No\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<h1>No.</h1>\n`,
      );
    } else {
      const onward = connect(ports[url] ?? port, '127.0.0.1', () =>
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n'),
      );
      onward.on('error', () => socket.destroy());
      socket.on('close', () => onward.destroy());
      socket.pipe(onward).pipe(socket);
    }
  });
  return { host: `127.0.0.1:${await listening(server)}`, asked, forwarded, heard };
}

/** A port of this machine without a listener. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((ready) =>
    server.listen(0, '127.0.0.1', () => ready((server.address() as AddressInfo).port)),
  );
  await new Promise((closed) => server.close(closed));
  return port;
}

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
