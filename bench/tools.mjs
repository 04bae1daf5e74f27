/** The tools that the measurements share. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from '../scripts/terminal.mjs';

/** The project's own folder. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const PROGRAM = join(ROOT, 'bin/pdactions.js');

/**
 * Runs Node once and measures the time from before the process starts until its output has been read.
 * `node`: another binary than that of the benchmark.
 * @returns {Promise<{ ms: number, code: number, stdout: string, stderr: string }>}
 */
export async function runNode(args, { cwd, env, node = process.execPath }) {
  const began = performance.now();
  const child = spawn(node, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const code = await new Promise((done) => child.on('close', done));
  return { ms: performance.now() - began, code, stdout, stderr };
}

/** Runs the built program; throws when it does not end as expected. */
export async function runProgram(args, { cwd, env }) {
  const result = await runNode([PROGRAM, ...args], { cwd, env });
  if (result.code !== 0) {
    throw new Error(`pdactions ${args.join(' ')} ended with ${result.code}: ${result.stderr}`);
  }
  return result;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** A folder that is gone after `work`. */
export async function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'pdactions-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * An account in a process of its own, for the time of `work`.
 * @param {object} seed
 * @param {(account: { cwd: string, env: Record<string, string>, log: () => Promise<any> }) => Promise<any>} work
 */
export function withAccount(seed, work) {
  return inFolder(async (cwd) => {
    const seedFile = join(cwd, 'seed.json');
    writeFileSync(seedFile, JSON.stringify(seed));
    const bare = { PATH: process.env.PATH ?? '', HOME: cwd };
    const server = [join(ROOT, 'scripts/run-ts.mjs'), join(ROOT, 'bench/server.ts'), seedFile];
    const sandbox = await startServer(server, { cwd: ROOT, env: bare });
    const control = { 'X-Sandbox-Token': sandbox.controlToken };
    try {
      return await work({
        cwd,
        env: { ...bare, PAGERDUTY_API_URL: sandbox.url, PAGERDUTY_TOKEN: sandbox.token },
        log: async () => (await fetch(`${sandbox.url}/_sandbox/log`, { headers: control })).json(),
      });
    } finally {
      await sandbox.stop();
    }
  });
}

const LABELS = ['Add Diagnostics', 'Restart Server', 'Update Status Page'];
const urlOf = (label) => `https://automation.example.com/${label.toLowerCase().replaceAll(' ', '-')}`;

/** No label is on more services than this, because the API shows no longer list. */
const SERVICES_A_LABEL = 5_000;

/** A label on the service with this number; from the third part of a large account on, it ends with the part. */
function labelOn(label, index) {
  const part = Math.floor(index / SERVICES_A_LABEL);
  return part < 2 ? label : `${label} ${part}`;
}

/**
 * An account of `services` services, each with the first `actionsEach` actions of `LABELS`, and a rate limit out of reach. Beyond 10,000
 * services the labels differ by their part of the account, as those of several teams do.
 */
export function seedOf(services, actionsEach, more = {}) {
  const ids = Array.from({ length: services }, (_, index) => `PS${String(index).padStart(5, '0')}`);
  return {
    account: 'acme',
    services: ids.map((id, index) => ({ id, name: nameOf(index) })),
    extensions: ids.flatMap((service, index) =>
      LABELS.slice(0, actionsEach).map((label, slot) => ({
        id: `PX${String(index).padStart(5, '0')}${slot}`,
        service,
        name: labelOn(label, index),
        url: urlOf(label),
      })),
    ),
    rateLimit: { limit: 1_000_000, windowSeconds: 60 },
    ...more,
  };
}

export function nameOf(index) {
  return `service-${String(index).padStart(5, '0')}`;
}

/** A config for all services of `seedOf`, where labels differ by their part of the account. */
export function configForAll(services) {
  const parts = Array.from({ length: Math.ceil(services / SERVICES_A_LABEL) }, (_, part) => part);
  const keyOf = (label, part) => `${label.toLowerCase().replaceAll(' ', '-')}-${part}`;
  const actions = parts.flatMap((part) =>
    LABELS.map((label) => [
      keyOf(label, part),
      { label: labelOn(label, part * SERVICES_A_LABEL), url: urlOf(label) },
    ]),
  );
  const entries = Array.from({ length: Math.ceil(services / 1_000) }, (_, thousand) => [
    `service-${String(thousand).padStart(2, '0')}*`,
    LABELS.map((label) => keyOf(label, Math.floor((thousand * 1_000) / SERVICES_A_LABEL))),
  ]);
  return JSON.stringify({
    account: 'acme',
    actions: Object.fromEntries(actions),
    services: Object.fromEntries(entries),
  });
}

/** The output of `terraform show -json` for the account of a seed. */
export function terraformOf({ services, extensions }) {
  const resource = (type, name, values, mode = 'managed') => ({
    address: `${type}.${name}`,
    mode,
    type,
    name,
    values,
  });
  const resources = [
    resource(
      'pagerduty_extension_schema',
      'custom',
      { id: 'PCUSTOM', name: 'Custom Incident Action' },
      'data',
    ),
    ...services.map(({ id, name }) => resource('pagerduty_service', id, { id, name })),
    ...extensions.map(({ id, service, name, url }) =>
      resource('pagerduty_extension', id, {
        id,
        name,
        endpoint_url: url,
        extension_schema: 'PCUSTOM',
        extension_objects: [service],
      }),
    ),
  ];
  return JSON.stringify({
    format_version: '1.0',
    terraform_version: '1.9.0',
    values: { root_module: { resources } },
  });
}

/** A config that puts all of `LABELS` on the services matched by these selectors. */
export function configFor(selectors) {
  const keys = LABELS.map((label) => label.toLowerCase().replaceAll(' ', '-'));
  return JSON.stringify({
    account: 'acme',
    actions: Object.fromEntries(LABELS.map((label, index) => [keys[index], { label, url: urlOf(label) }])),
    services: Object.fromEntries(selectors.map((selector) => [selector, keys])),
  });
}
