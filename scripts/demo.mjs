/**
 * `npm run demo`: the main workflow from beginning to end, on a simulated account made for it and removed afterwards. Runs the built
 * program, needs no network beyond this machine, and fails if any step goes wrong.
 */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { runInTerminal, startSandbox } from './terminal.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const columns = Math.min(process.stdout.columns || 100, 110);
const colors = process.stdout.isTTY === true && !process.env.NO_COLOR;
const SECRET = 'a-secret-of-the-demo';

const strong = (text) => (colors ? `\x1b[1m${text}\x1b[22m` : text);
const muted = (text) => (colors ? `\x1b[2m${text}\x1b[22m` : text);
const say = (text = '') => process.stdout.write(`${text}\n`);

if (!existsSync(join(root, 'dist/main.js'))) {
  say('There is nothing to run yet: `npm ci` or `npm run build` makes it.');
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'pdactions-demo-'));
const received = [];
const endpoint = await startEndpoint(received);
const sandbox = await startSandbox({ cwd: folder, env: { PATH: process.env.PATH ?? '', HOME: folder } });
try {
  await demo();
} catch (error) {
  say();
  say(`The demo failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await sandbox.stop();
  endpoint.close();
  rmSync(folder, { recursive: true, force: true });
}

async function demo() {
  copyFileSync(join(root, 'pdactions.config.example.json'), join(folder, 'pdactions.config.json'));
  say(strong('pdactions: the buttons on your PagerDuty incidents, as code'));
  explain(
    'Everything below is a simulation. The PagerDuty account is a sandbox on this machine, and gone when',
    'the demo is over; no real account is touched, and no token is needed. Only the program is real:',
    'each command is run as you would run it.',
  );

  step('1', 'What the account has now');
  await pdactions('list');

  step('2', 'Is the config right? (pdactions.config.example.json, checked without any connection)');
  const { text: warnings } = await pdactions('validate');
  assert.match(warnings, /\bvalid\b/);
  explain(
    'The demo lets the buttons call an endpoint on this machine, which the real PagerDuty could not reach:',
    'hence the warnings. From here on, --quiet leaves them out.',
  );

  step('3', 'Make the account match the config');
  const first = await pdactions('sync', '--yes', '--quiet');
  const [, id] = /✓ created Restart Server on Checkout API \(PCHKOUT\) (\w+)/.exec(first.text) ?? [];
  assert.ok(id, 'the sync reports the action it created');
  const created = (await writes()).length;
  assert.ok(created > 0, 'the first sync writes');

  step('4', 'What the account has afterwards');
  const { text: listed } = await pdactions('list');
  // A narrow terminal cuts labels, never ids.
  assert.ok(listed.includes(id), 'the list shows the action');

  step('5', 'The same again: there is nothing left to do');
  const second = await pdactions('sync', '--yes', '--quiet');
  assert.match(second.text, /No changes\./);
  const repeated = (await writes()).length - created;
  assert.equal(repeated, 0, 'the second sync writes nothing');
  explain(`The first sync sent ${created} requests that write, the second one none.`);

  step('6', 'A responder presses a button during an incident');
  await press();

  say();
  say(strong('That was it.'));
  explain('To go on by yourself, still without an account:  node bin/pdactions.js list --sandbox');
}

/** Presses "Restart Server" on the incident of the demo account, as a responder would in PagerDuty's web interface (fact 31). */
async function press() {
  const { text } = await pdactions('run', 'Restart Server', '--incident', 'PINC001', '--yes');
  assert.match(text, /Restart Server/);
  await until(async () =>
    (await get('/_sandbox/deliveries')).deliveries.some(({ status }) => status === 'delivered'),
  );
  assert.equal(received.length, 1, 'the endpoint was called once');
  show(received[0]);
}

function show({ method, url, headers, body, answer }) {
  assert.equal(headers.authorization, `Bearer ${SECRET}`, 'the header of the config arrives');
  say();
  say(muted('This is what the endpoint got, and what it answered:'));
  say();
  say(`  ${strong(`${method} ${endpoint.url}${url}`)}`);
  for (const [name, value] of Object.entries(headers)) say(`  ${name}: ${masked(value)}`);
  say();
  const lines = masked(JSON.stringify(JSON.parse(body), null, 2)).split('\n');
  const SHOWN = 18;
  for (const row of lines.slice(0, SHOWN)) say(`  ${row}`);
  if (lines.length > SHOWN) say(muted(`  … ${lines.length - SHOWN} more lines`));
  say();
  say(`  ${strong(`← ${answer.status}`)} ${answer.body}`);
}

function masked(text) {
  return text.replaceAll(SECRET, '••••••');
}

/** Runs one command, and prints it first. */
async function pdactions(...args) {
  say(prompt(`pdactions ${args.map((arg) => (arg.includes(' ') ? `'${arg}'` : arg)).join(' ')}`));
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    PAGERDUTY_API_URL: sandbox.url,
    PAGERDUTY_TOKEN: sandbox.token,
    AUTOMATION_URL: endpoint.url,
    AUTOMATION_TOKEN: SECRET,
  };
  const result = await runInTerminal(args, { cwd: folder, env, columns, colors });
  say(result.text.trimEnd());
  assert.equal(result.code, 0, `pdactions ${args.join(' ')} ends with exit code 0`);
  // The checks compare words only: a terminal adds colours inside sentences and breaks lines at its width.
  const text = stripVTControlCharacters(result.text).replace(/\s+/g, ' ');
  assert.ok(!text.replaceAll(' ', '').includes(SECRET), 'no secret is shown');
  return { text };
}

/** The writes that the sandbox received. */
async function writes() {
  const { requests } = await get('/_sandbox/log');
  return requests.filter(({ method, path }) => method !== 'GET' && !path.includes('/_sandbox/'));
}

async function get(path) {
  const response = await fetch(`${sandbox.url}${path}`, {
    headers: { 'X-Sandbox-Token': sandbox.controlToken },
  });
  assert.ok(response.ok, `GET ${path}`);
  return response.json();
}

/** An automation endpoint as a team would run one. It records its requests. */
async function startEndpoint(calls) {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const answer = {
      status: 202,
      body: JSON.stringify({ status: 'accepted', message: 'checkout-1 is being restarted' }),
    };
    calls.push({ method: request.method, url: request.url, headers: request.headers, body, answer });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}

async function until(condition) {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    if (await condition()) return;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error('it did not happen within 10 s');
}

function step(number, title) {
  say();
  say(
    strong(`── ${number}. ${title} ${'─'.repeat(Math.max(3, columns - title.length - number.length - 6))}`),
  );
  say();
}

function prompt(command) {
  return `${colors ? '\x1b[32m$\x1b[39m' : '$'} ${strong(command)}`;
}

function explain(...lines) {
  say();
  for (const text of lines) say(muted(text));
}
