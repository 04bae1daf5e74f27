#!/usr/bin/env node
/**
 * Restarts the server that the incident names, and waits until it answers. Started by `pdactions listen`, with the message on stdin.
 *
 * Runs only commands from the inventory. The incident, which anyone may have opened, only selects an entry by its name.
 *
 * Exit codes: 0 it answers, or this press was handled before · 1 it does not answer · 2 wrong set-up · 3 refused, nothing was done
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const { env } = process;
const INVENTORY = resolve(env.RESTART_INVENTORY || join(import.meta.dirname, 'servers.json'));
const STATE = env.RESTART_STATE || join(homedir(), '.local/state/pdactions-examples/restart-server');
const WAIT_SECONDS = Number(env.RESTART_WAIT || 30) || 0;
/** Keeps a second press, right after the first, from restarting a server that has just come up. */
const PAUSE_SECONDS = 120;

const say = (text) => process.stdout.write(`${text}\n`);
const end = (code, text) => {
  say(text);
  process.exit(code);
};

const servers = readInventory();
const name = serverIn(JSON.parse(readFileSync(0, 'utf8') || '{}'));
const server = servers[name];
claimPress();
const before = await health();
refuseIfJustRestarted();
restart();
await waitUntilItAnswers();

function readInventory() {
  try {
    const found = JSON.parse(readFileSync(INVENTORY, 'utf8'));
    const odd = Object.keys(found).find((key) => !/^[a-z0-9][\w.-]*$/i.test(key));
    if (odd !== undefined) throw new Error(`"${odd}" is not a valid server name`);
    for (const [name, { restart, health, region = '' }] of Object.entries(found)) {
      if (Array.isArray(restart) && URL.canParse(health) && typeof region === 'string') continue;
      throw new Error(`"${name}" needs "restart", a list, and "health", a URL`);
    }
    return found;
  } catch (error) {
    return end(2, `The inventory ${INVENTORY} cannot be used: ${error.message}`);
  }
}

/**
 * Finds the servers named in the title, after removing the names of the service, the button and the presser: "Checkout API is slow" is
 * about a service, not about a server called "checkout". If the title names no server, the event behind the incident decides.
 */
function serverIn({ incident = {} }) {
  const title = String(incident.title ?? '');
  const known = Object.keys(servers);
  const namedIn = (text) => known.filter((one) => placesOf(one, text).length > 0);
  const named = namedIn(withoutNames(title));
  if (named.length === 0) named.push(...namedByEvent(known));
  if (named.length === 1) return inRegion(named[0]);
  const why =
    named.length > 1
      ? `the incident names ${named.join(' and ')}`
      : `the incident's title names no known server${onlyInNames(namedIn(title))}. Known servers: ${known.join(', ')}`;
  return end(3, `Refused: ${why}. Nothing was done.`);
}

/** Host, component and origin of the trigger and the alerts. Each must match a name as a whole. */
function namedByEvent(known) {
  const others = [env.PD_SERVICE_NAME, env.PD_ACTION_LABEL, env.PD_USER_NAME].map(lower);
  const sources = [env.PD_SOURCE_HOST, env.PD_SOURCE_COMPONENT, env.PD_SOURCE_ORIGIN].map(lower);
  return known.filter((one) => sources.includes(lower(one)) && !others.includes(lower(one)));
}

function lower(text) {
  return (text ?? '').trim().toLowerCase();
}

/** An event from another region is about a machine with the same name there. */
function inRegion(name) {
  const { region } = servers[name];
  const told = lower(env.PD_SOURCE_REGION);
  if (!region || told === '' || told === lower(region)) return name;
  return end(
    3,
    `Refused: ${name} is in ${region}, and the incident is about another region. Nothing was done.`,
  );
}

function withoutNames(title) {
  const names = [env.PD_SERVICE_NAME, env.PD_ACTION_LABEL, env.PD_USER_NAME].filter((one) => one?.trim());
  return names.reduce((rest, one) => without(one.trim(), rest), title);
}

function onlyInNames(named) {
  if (named.length === 0) return '';
  return ` ("${named.join('", "')}" appears only in the name of the service, the button or the presser)`;
}

/** Matches a name as a whole word: "web-1" is neither in "web-10" nor in "web-1.staging.example.com". */
function placesOf(name, text) {
  const [wanted, all] = [name.toLowerCase(), text.toLowerCase()];
  const places = [];
  if (wanted === '') return places;
  for (let at = all.indexOf(wanted); at >= 0; at = all.indexOf(wanted, at + wanted.length)) {
    const behind = all.slice(at + wanted.length);
    if (!/[\w.-]$/.test(all.slice(0, at)) && !/^(?:[\w-]|\.\w)/.test(behind)) places.push(at);
  }
  return places;
}

function without(name, text) {
  const [wanted, all] = [name.toLowerCase(), text.toLowerCase()];
  const places = placesOf(wanted, all).reverse();
  return places.reduce((rest, at) => `${rest.slice(0, at)} | ${rest.slice(at + wanted.length)}`, all);
}

async function health() {
  try {
    const answer = await fetch(server.health, { redirect: 'manual', signal: AbortSignal.timeout(2000) });
    await answer.body?.cancel();
    return { ok: answer.ok, text: `HTTP ${answer.status}` };
  } catch {
    return { ok: false, text: 'no answer' };
  }
}

function refuseIfJustRestarted() {
  const last = statSync(join(STATE, `${name}.last`), { throwIfNoEntry: false });
  const ago = last ? Math.round((Date.now() - last.mtimeMs) / 1000) : Number.POSITIVE_INFINITY;
  if (!before.ok || ago > PAUSE_SECONDS) return;
  finish(
    3,
    `Refused: ${name} was restarted ${ago} s ago, and it answers. Check it first, and press again ${PAUSE_SECONDS} s after that restart if needed.`,
  );
}

/** The id may hold any character, so it is not safe as a file name. */
function claimFile() {
  if (!env.PD_MESSAGE_ID) end(2, 'PD_MESSAGE_ID is not set. Run this script with `pdactions listen`.');
  return join(STATE, createHash('sha256').update(env.PD_MESSAGE_ID).digest('hex'));
}

/** Recorded before the restart, because PagerDuty may deliver one press several times. */
function claimPress() {
  try {
    mkdirSync(STATE, { recursive: true, mode: 0o700 });
    writeFileSync(claimFile(), `${new Date().toISOString()} ${name}: begun\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (error.code !== 'EEXIST') end(2, `Cannot record this press in ${STATE}: ${error.code}`);
    const told = readFileSync(claimFile(), 'utf8').trimEnd();
    const more = told.includes('\n')
      ? ''
      : '\nThe outcome is unknown: check the server, and press again if needed.';
    end(0, `This press was handled before; nothing was done.\n${told}${more}`);
  }
}

function restart() {
  say(`${name} before: ${before.text}. Restarting it.`);
  const [program, ...args] = server.restart;
  const { status, signal, error } = spawnSync(program, args, {
    cwd: dirname(INVENTORY),
    // The command gets no data from the incident.
    env: { PATH: env.PATH, HOME: env.HOME },
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: 60_000,
  });
  writeFileSync(join(STATE, `${name}.last`), '');
  if (status !== 0)
    finish(1, `The restart command of ${name} failed: ${error?.code ?? signal ?? `exit code ${status}`}.`);
}

async function waitUntilItAnswers() {
  const began = Date.now();
  const seconds = () => (Date.now() - began) / 1000;
  for (;;) {
    const { ok, text } = await health();
    if (ok) return finish(0, `${name} answers: ${text}, ${seconds().toFixed(1)} s after the restart.`);
    if (seconds() >= WAIT_SECONDS)
      return finish(1, `${name} does not answer ${WAIT_SECONDS} s after the restart: ${text}.`);
    await sleep(250);
  }
}

function finish(code, text) {
  appendFileSync(claimFile(), `${new Date().toISOString()} ${text}\n`);
  end(code, text);
}
