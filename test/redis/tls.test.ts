import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { certificates } from '../deploy/certificates.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { spawnCli, start } from '../helpers/spawned.ts';
import { AUTH, folderWith, SECRET } from '../receiver/built.ts';
import { send } from '../receiver/world.ts';
import { freePort, startRedis } from './server.ts';

/** A Redis behind TLS, with a certificate from a root that only the test knows, and a receiver on it. */
async function world() {
  const { root, issue } = certificates(temporaryFolder());
  const { cert, key } = issue('localhost');
  const port = String(await freePort());
  const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', root];
  await startRedis(['--tls-port', port, ...files, '--tls-auth-clients', 'no']);
  const cwd = folderWith({ command: ['/bin/sh', '-c', 'echo $PD_MESSAGE_ID >> runs'] });
  const args = (scheme: string) => [
    'listen',
    ...['--port', '0', '--json', '--no-notes', '--queue', `${scheme}://localhost:${port}`],
  ];
  const env = { LISTEN_SECRET: SECRET };
  return { root, cwd, args, env };
}

it('speaks TLS to Redis, with a certificate authority by flag or by variable', async () => {
  const { root, cwd, args, env } = await world();
  const ways = [
    [['--ca-file', root], {}],
    [[], { NODE_EXTRA_CA_CERTS: root }],
  ] as const;
  for (const [index, [flags, more]] of ways.entries()) {
    const { seen, child, ended } = start([...args('rediss'), ...flags], { cwd, env: { ...env, ...more } });
    const url = /http:\/\/[\d.:]+/.exec(await seen('"listening"'))?.[0] ?? '';
    expect((await send(url, { headers: AUTH, id: `m-${index}` })).status).toBe(202);
    expect((await send(url, { headers: AUTH, id: 'm-0' })).status).toBe(200);
    await seen('"succeeded"');
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  }
  expect(readFileSync(`${cwd}/runs`, 'utf8')).toBe('m-0\nm-1\n');
});

it('trusts no other certificate, and names the flag', async () => {
  const { cwd, args, env } = await world();
  const { code, stderr } = await spawnCli(args('rediss'), { cwd, env });
  expect([code, stderr]).toEqual([9, expect.stringMatching(/cannot use the queue at localhost.*--ca-file/s)]);
});
