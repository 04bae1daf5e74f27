/** The cost of an answer of `listen`, on a file and on Redis, against adnanh/webhook 2.8 (Debian's package) on the same requests. */
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inFolder, median, ROOT } from './tools.mjs';

const SECRET = 'k7Qz-correct-horse-99';
const PATH = '/hooks/restart';
/** A receiver runs for weeks, so the compilation in Node's first second is not counted, on either side. */
const WARM_UP = 1_000;
const PRESSES = 2_000;
const CONNECTIONS = 16;
const ROUNDS = 3;
const RATE = 100;
const SECONDS = 5;

const has = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

/** Rows for each ledger; none if the other side is not installed. */
export async function measureReceiver() {
  if (!has('webhook')) {
    console.error('left out, for want of webhook: the receiver (Debian: apt-get install webhook)');
    return [];
  }
  const rows = [];
  for (const ledger of has('redis-server') ? ['file', 'Redis'] : ['file']) {
    const ours = [];
    const theirs = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(await inFolder((cwd) => withListen(cwd, ledger, flood)));
      theirs.push(await inFolder((cwd) => withWebhook(cwd, flood)));
    }
    rows.push(rateRow(ledger, median(ours), median(theirs)));
    const latency = await inFolder((cwd) => withListen(cwd, ledger, trickle));
    rows.push(latencyRow(ledger, latency, await inFolder((cwd) => withWebhook(cwd, trickle))));
  }
  return rows;
}

function rateRow(ledger, ours, theirs) {
  return {
    what: `receiver on ${ledger}: responses per second against adnanh/webhook 2.8`,
    limit: '≥ 0.5',
    value: (ours / theirs).toFixed(2),
    ok: ours / theirs >= 0.5,
    detail: `${ours.toFixed(0)}/s against ${theirs.toFixed(0)}/s; ${PRESSES} presses over ${CONNECTIONS} connections after ${WARM_UP} to warm up; each runs /bin/true`,
  };
}

function latencyRow(ledger, ours, theirs) {
  return {
    what: `the same: p99 response time at ${RATE} presses per second`,
    limit: '≤ 100 ms',
    value: `${ours.toFixed(1)} ms`,
    ok: ours <= 100,
    detail: `on ${ledger}; webhook: ${theirs.toFixed(1)} ms`,
  };
}

/** Answers per second at full speed. */
async function flood(url) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let next = 0;
  const pressUntil = (most) => {
    const one = async () => {
      while (next < most) await press(url, agent, next++);
    };
    return Promise.all(Array.from({ length: CONNECTIONS }, one));
  };
  await pressUntil(WARM_UP);
  const began = performance.now();
  await pressUntil(WARM_UP + PRESSES);
  agent.destroy();
  return PRESSES / ((performance.now() - began) / 1000);
}

/** The 99th percentile of the time to an answer, in milliseconds, at a steady rate. */
async function trickle(url) {
  const agent = new Agent({ keepAlive: true });
  const began = performance.now();
  const times = await Promise.all(
    Array.from({ length: RATE * SECONDS }, async (_, index) => {
      const due = (index * 1000) / RATE;
      await new Promise((done) => setTimeout(done, due - (performance.now() - began)));
      const sent = performance.now();
      await press(url, agent, index);
      return performance.now() - sent;
    }),
  );
  agent.destroy();
  return times.sort((a, b) => a - b)[Math.ceil(times.length * 0.99) - 1];
}

function press(url, agent, index) {
  const body = JSON.stringify({
    messages: [
      {
        id: `m-${index}`,
        event: 'incident.custom',
        incident: {
          id: `PINC${index}`,
          title: 'It is broken',
          service: { id: 'PS1', summary: 'Checkout API' },
        },
        log_entries: [{ agent: { id: 'PU1', summary: 'Jane Doe' } }],
      },
    ],
  });
  const headers = {
    authorization: `Bearer ${SECRET}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-webhook-id': `m-${index}`,
  };
  return new Promise((done, fail) => {
    const outgoing = request(url + PATH, { agent, method: 'POST', headers });
    outgoing.on('error', fail);
    outgoing.on('response', (answer) => {
      answer.resume();
      if (answer.statusCode !== 202 && answer.statusCode !== 200)
        fail(new Error(`answered ${answer.statusCode}`));
      answer.on('end', done);
    });
    outgoing.end(body);
  });
}

async function withListen(cwd, ledger, work) {
  const port = await freePort();
  const action = {
    label: 'Restart',
    url: `https://hooks.example.com${PATH}`,
    headers: { Authorization: 'Bearer ${SECRET}' },
    handler: { command: ['/bin/true'], concurrency: 4, note: 'never' },
  };
  const config = { actions: { restart: action }, services: { 'Checkout API': ['restart'] } };
  writeFileSync(join(cwd, 'pdactions.config.json'), JSON.stringify(config));
  const program = [
    join(ROOT, 'bin/pdactions.js'),
    'listen',
    '--port',
    String(port),
    '--waiting',
    '5000',
    '--connections',
    '1000',
    '--idle',
    '90',
    '--json',
  ];
  const start = (where) =>
    withProcess(process.execPath, [...program, ...where], { cwd, port, work, env: { SECRET } });
  if (ledger === 'file') return start(['--state', join(cwd, 'state.jsonl')]);
  const redis = await freePort();
  const args = ['--port', String(redis), '--dir', cwd, '--save', '', '--appendonly', 'yes'];
  return withProcess('redis-server', args, {
    cwd,
    port: redis,
    work: () => start(['--queue', `redis://127.0.0.1:${redis}`]),
  });
}

async function withWebhook(cwd, work) {
  const port = await freePort();
  const match = {
    type: 'value',
    value: `Bearer ${SECRET}`,
    parameter: { source: 'header', name: 'Authorization' },
  };
  const hook = {
    id: 'restart',
    'execute-command': '/bin/true',
    'http-methods': ['POST'],
    'trigger-rule': { match },
  };
  writeFileSync(join(cwd, 'hooks.json'), JSON.stringify([hook]));
  const args = ['-hooks', join(cwd, 'hooks.json'), '-ip', '127.0.0.1', '-port', String(port)];
  return withProcess('webhook', args, { cwd, port, work });
}

/** Starts a server, does the work once it answers, and ends it. */
async function withProcess(program, args, { cwd, port, work, env = {} }) {
  const child = spawn(program, args, {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gone = new Promise((done) => child.once('exit', done));
  try {
    while (!(await answers(port))) {
      if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`);
    }
    return await work(`http://127.0.0.1:${port}`);
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
}

function answers(port) {
  return new Promise((tell) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      tell(true);
    });
    socket.on('error', () => setTimeout(tell, 20, false));
  });
}

function freePort() {
  return new Promise((tell) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => tell(port));
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { what, limit, value, ok, detail } of await measureReceiver()) {
    console.log(`${ok ? 'yes' : 'NO '} ${what}: ${value} (${limit}); ${detail}`);
  }
}
