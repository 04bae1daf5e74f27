/** Runs the built program on a terminal, so that scripts can show what a user would see. */
import { spawn } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** The built program. */
const PROGRAM = join(root, 'bin/pdactions.js');

/**
 * Runs one command line to its end.
 * @param {readonly string[]} args after `pdactions`
 * @param {{ cwd: string, env: Record<string, string>, columns: number, colors: boolean }} options
 * @returns {Promise<{ code: number, text: string }>} all its output on a terminal of that width
 */
export async function runInTerminal(args, { cwd, env, columns, colors }) {
  // On a dumb terminal no line redraws itself, so all output stays on the screen.
  const look = { TERM: 'dumb', ...(colors ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }) };
  // A terminal with UTF-8, by the locale or on Windows by its session, because the scripts' own text needs it.
  const surroundings = { ...env, ...look, LC_ALL: 'C.UTF-8', WT_SESSION: '1' };
  const pty = await import('@lydell/node-pty').catch(() => null);
  if (!pty) return runInPipe(args, cwd, surroundings);
  const child = pty.spawn(process.execPath, [PROGRAM, ...args], {
    cwd,
    env: surroundings,
    cols: columns,
    rows: 50,
  });
  let text = '';
  child.onData((data) => {
    text += data;
  });
  const code = await new Promise((done) => child.onExit(({ exitCode }) => done(exitCode)));
  return { code, text: text.replaceAll('\r\n', '\n') };
}

/** Without a pseudo terminal for this platform, the output of a pipe. */
async function runInPipe(args, cwd, env) {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (data) => {
      text += data;
    });
  }
  const code = await new Promise((done) => child.on('close', done));
  return { code, text };
}

/**
 * Starts `pdactions sandbox start` in a folder and waits until it listens.
 * @param {{ cwd: string, env: Record<string, string> }} options
 * @returns {Promise<Server>}
 */
export function startSandbox(options) {
  return startServer([PROGRAM, 'sandbox', 'start', '--json', '--quiet'], options);
}

/**
 * Starts a server with Node and waits for the JSON document with its URL.
 * @typedef {{ url: string, token: string, controlToken: string, stop: () => Promise<void> }} Server
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: Record<string, string> }} options
 * @returns {Promise<Server>}
 */
export async function startServer(args, { cwd, env }) {
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((done) => child.on('close', done));
  const { url, token, controlToken } = await firstDocument(child.stdout, ended);
  const stop = async () => {
    // SIGTERM would print a message about the stop, which does not belong here.
    child.kill('SIGKILL');
    await ended;
  };
  return { url, token, controlToken, stop };
}

/** The JSON document on a stream that stays open after it. */
async function firstDocument(stream, ended) {
  let text = '';
  const complete = new Promise((done) => {
    stream.setEncoding('utf8').on('data', (data) => {
      text += data;
      if (/^\}$/m.test(text)) done();
    });
  });
  const failed = ended.then((code) => {
    throw new Error(`the server did not start (exit ${code})`);
  });
  await Promise.race([complete, failed]);
  failed.catch(() => undefined);
  return JSON.parse(text);
}
