#!/usr/bin/env node
/**
 * A server to restart, for trying the recipe. It answers with its pid, and with 503 after `break`.
 *
 *     server.mjs restart|stop PORT [PIDFILE]
 *     server.mjs break PORT
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [command, port, file] = process.argv.slice(2);
const PIDFILE = file ?? join(homedir(), `.local/state/pdactions-examples/restart-server/server-${port}.pid`);

if (command === 'serve') serve();
else if (command === 'break') await breakIt();
else if (command === 'stop') await stop();
else if (command === 'restart') {
  await stop();
  start();
} else throw new Error('usage: server.mjs restart|stop|break PORT');

function serve() {
  let status = 200;
  const server = createServer(({ method, url }, response) => {
    if (method === 'POST' && url === '/break') status = 503;
    response.writeHead(status, { connection: 'close' }).end(`${process.pid}\n`);
  });
  server.listen(Number(port), '127.0.0.1');
}

/** The process may only just have started. */
async function breakIt(attempts = 50) {
  try {
    await fetch(`http://127.0.0.1:${port}/break`, { method: 'POST' });
  } catch (error) {
    if (attempts === 0) throw error;
    await sleep(100);
    await breakIt(attempts - 1);
  }
}

function start() {
  const child = spawn(process.execPath, [import.meta.filename, 'serve', port], {
    detached: true,
    stdio: 'ignore',
  });
  mkdirSync(dirname(PIDFILE), { recursive: true });
  writeFileSync(PIDFILE, `${child.pid}\n`);
  child.unref();
}

async function stop() {
  const pid = pidOf();
  if (pid === undefined || !isOurs(pid)) return;
  process.kill(pid);
  for (let waited = 0; isOurs(pid); waited += 20) {
    if (waited === 2000) process.kill(pid, 'SIGKILL');
    await sleep(20);
  }
}

function pidOf() {
  try {
    return Number(readFileSync(PIDFILE, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The pid in an old file may have been reused by another process. */
function isOurs(pid) {
  try {
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).includes(
      `serve ${port}`,
    );
  } catch {
    return false;
  }
}
