/** deploy/nginx.conf with a real nginx in front of a real receiver, with and without PagerDuty's client certificate. */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../examples/free-port.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { message, PATH, receive, SECRET, type World } from '../receiver/world.ts';
import { type Certificates, certificates } from './certificates.ts';
import { hasPrograms } from './tools.ts';

const DEPLOY = resolve(import.meta.dirname, '../../deploy');
const read = (name: string): string => readFileSync(join(DEPLOY, name), 'utf8');

interface Proxied {
  readonly world: World;
  readonly issue: Certificates['issue'];
  send(options?: { path?: string; method?: string; client?: string; ip?: string }): Promise<number>;
}

/** The lines that nginx-client-cert.conf adds to the server block. */
function clientLines(): string {
  const text = read('nginx-client-cert.conf');
  return [...text.matchAll(/^# {5}(.*;|if .*)$/gm)].map(([, line]) => line).join('\n');
}

async function proxied(withClientCert: boolean): Promise<Proxied> {
  const folder = temporaryFolder();
  const world = await receive({ receiver: { trustsProxy: true } });
  const { root, issue } = certificates(folder);
  const server = issue('hooks.example.com');
  const port = await freePort();
  const lines = withClientCert ? clientLines() : '';
  const conf = (withClientCert ? read('nginx-client-cert.conf') : '') + read('nginx.conf');
  const own = conf
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`)
    .replace('127.0.0.1:8080', `127.0.0.1:${world.port}`)
    .replace('/etc/nginx/tls/hooks.example.com.pem', server.cert)
    .replace('/etc/nginx/tls/hooks.example.com.key', server.key)
    .replace('    # Presses only', `${lines}\n    # Presses only`)
    .replace(/^( *ssl_client_certificate ).*$/m, `$1${root};`);
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (one) => `${one}_temp_path ${folder}/${one};`,
  );
  const http = `error_log stderr;\npid ${folder}/pid;\ndaemon off;\nevents {}\nhttp {\naccess_log off;\n${temp.join('\n')}\n${own}\n}\n`;
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, http);
  execFileSync('nginx', ['-t', '-q', '-p', folder, '-c', file, '-e', 'stderr'], { stdio: 'pipe' });
  const nginx = spawn('nginx', ['-p', folder, '-c', file, '-e', 'stderr'], { stdio: 'ignore' });
  onTestFinished(async () => {
    const gone = new Promise((done) => nginx.once('exit', done));
    nginx.kill('SIGTERM');
    await gone;
  });
  while (!(await answers(port)));
  return {
    world,
    issue,
    send({ path = PATH, method = 'POST', client, ip = '203.0.113.9' } = {}) {
      const pair = client === undefined ? undefined : issue(client);
      return new Promise((tell, reject) => {
        const outgoing = request({
          host: '127.0.0.1',
          port,
          path,
          method,
          servername: 'hooks.example.com',
          rejectUnauthorized: false,
          agent: false,
          maxVersion: 'TLSv1.2',
          ...(pair && { cert: readFileSync(pair.cert), key: readFileSync(pair.key) }),
          headers: { authorization: SECRET, 'content-type': 'application/json', 'x-forwarded-for': ip },
        });
        outgoing.on('error', reject);
        outgoing.on('response', (answer) => {
          answer.resume();
          answer.on('end', () => tell(answer.statusCode ?? 0));
        });
        outgoing.end(method === 'POST' ? message() : undefined);
      });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((tell) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      tell(true);
    });
    socket.on('error', () => setImmediate(tell, false));
  });
}

describe.runIf(hasPrograms('nginx', 'openssl'))('nginx', () => {
  it('passes only presses on, with the address of the sender', async () => {
    const { send, world } = await proxied(false);
    expect(await send()).toBe(202);
    // An X-Forwarded-For from the sender is ignored.
    expect(await world.told('accepted')).toMatchObject([{ peer: '127.0.0.1', forwarded: '127.0.0.1' }]);
    expect(await send({ method: 'GET' })).toBe(403);
    for (const path of ['/metrics', '/readyz', '/healthz', '/', '/hooks/../metrics']) {
      expect(await send({ path, method: 'GET' }), path).toBe(404);
    }
    await world.told('succeeded');
  });

  it('lets in only PagerDuty, by its client certificate, of both regions', async () => {
    const { send, world } = await proxied(true);
    expect(await send()).toBe(400);
    expect(await send({ client: 'evil.example.com' })).toBe(403);
    expect(await send({ client: 'webhooks.pagerduty.com.evil.example' })).toBe(403);
    expect(await send({ client: 'evilwebhooks.pagerduty.com' })).toBe(403);
    expect(world.events).toEqual([]);
    expect(await send({ client: 'webhooks.pagerduty.com' })).toBe(202);
    expect(await send({ client: 'webhooks.eu.pagerduty.com' })).toBe(200);
    await world.told('succeeded');
  });
});
