/** Slow senders against the built program with its real time limits. In a file of its own, because it only waits. */
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { AUTH, folderWith, listen } from './built.ts';
import { PATH, raw, send, statusOf } from './world.ts';

it('T39: cuts off slow senders, and serves again when a thousand idle connections are gone', async () => {
  const cwd = folderWith({ command: ['true'] });
  const { port, url } = await listen(cwd);
  const line = `POST ${PATH} HTTP/1.1\r\nHost: x\r\n`;
  const secret = `Authorization: ${AUTH.authorization}`;
  const body = `${line}${secret}\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{`;
  const slow = Promise.all([line, `${line}X-A: `, body].map((bytes) => raw(port, bytes, true)));
  const idle = Array.from({ length: 1000 }, () => connect({ port, host: '127.0.0.1' }));
  onTestFinished(() => {
    for (const socket of idle) socket.destroy();
  });
  const gone = idle.map(
    (socket) =>
      new Promise((tell) =>
        socket
          .on('error', () => undefined)
          .resume()
          .on('close', tell),
      ),
  );
  await Promise.all(gone);
  expect((await send(url, { headers: AUTH })).status).toBe(202);
  expect((await slow).map(statusOf)).toEqual([408, 408, 408]);
}, 60_000);
