/** Follows docs/tour.md word by word: types its commands as written, and presses its buttons in a browser. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../examples/free-port.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { openTab } from './chromium.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const TOUR = readFileSync(join(ROOT, 'docs/tour.md'), 'utf8');
const PARTS = ['bin', 'dist', 'examples', 'package.json', 'pdactions.config.example.json', 'schema.json'];

/** The ports in the text may be in use on this machine, so the test replaces them. */
const PORTS = ['4040', '8080', '8091'];

interface Terminal {
  /** Types a block of commands, and waits for its end. */
  run(block: string): string;
  /** Types a command that keeps running, and waits until it prints this text. */
  start(block: string, until: RegExp): Promise<{ readonly said: RegExpExecArray; end(): Promise<void> }>;
}

async function clone(): Promise<{ ports: ReadonlyMap<string, string>; terminal: Terminal; home: string }> {
  const folder = temporaryFolder();
  for (const part of PARTS) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  const ports = new Map<string, string>();
  for (const port of PORTS) ports.set(port, String(await freePort()));
  const home = join(folder, 'home');
  const env: NodeJS.ProcessEnv = { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8' };
  const servers = join(folder, 'examples/restart-server/servers.json');
  const withPorts = (text: string): string =>
    PORTS.reduce((rest, port) => rest.replaceAll(port, ports.get(port) ?? ''), text);
  writeFileSync(servers, withPorts(readFileSync(servers, 'utf8')));
  mkdirSync(home);

  const terminal: Terminal = {
    run(block) {
      // Exported variables persist, as in a terminal.
      const script = `set -e\n${withPorts(block)}\n{ env -0 >"$HOME/.environment"; } 2>/dev/null`;
      const said = execFileSync('sh', ['-c', script], { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' });
      remember(env, home);
      return said;
    },
    async start(block, until) {
      const listening = block.includes(' listen ') ? ` --port ${ports.get('8080')}` : '';
      const command = `exec ${withPorts(block).trim()}${listening}`;
      const child = spawn('sh', ['-c', command], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
      const end = ending(child);
      onTestFinished(end);
      const said = await whatItSays(child, until);
      return { said, end };
    },
  };
  return { ports, terminal, home };
}

function remember(env: NodeJS.ProcessEnv, home: string): void {
  const file = join(home, '.environment');
  for (const line of readFileSync(file, 'utf8').split('\0')) {
    const [, name = '', value = ''] = /^(\w+)=(.*)$/s.exec(line) ?? [];
    if (name.startsWith('AUTOMATION_')) env[name] = value;
  }
}

function ending(child: ChildProcess): () => Promise<void> {
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  return () => {
    child.kill('SIGINT');
    return ended;
  };
}

function whatItSays(child: ChildProcess, until: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      const match = until.exec(said);
      if (match) resolve(match);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('close', (code) => reject(new Error(`ended with ${code}: ${said}`)));
  });
}

/** The blocks of commands below one heading. */
function blocks(heading: string): string[] {
  const section = new RegExp(`\\n## ${heading}\\n(.*?)(?=\\n## |$)`, 's').exec(TOUR)?.[1] ?? '';
  const found = [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, block = '']) => block);
  if (found.length === 0) throw new Error(`docs/tour.md has no commands under ${heading}`);
  return found;
}

async function newIncident(page: Page, title: string, service: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Title' }).fill(title);
  await page.getByRole('combobox', { name: 'Service' }).selectOption({ label: service });
  await page.getByRole('button', { name: 'Create incident' }).click();
  await page.getByRole('heading', { name: title }).waitFor();
}

it('the tour: sandbox, sync, listen, four buttons pressed on the page, four notes', async () => {
  const { ports, terminal, home } = await clone();
  const sandbox = await terminal.start(blocks('1\\. PagerDuty')[0] ?? '', /Open (http:\S+)[\s\S]*Ctrl-C/);
  const address = sandbox.said[1] ?? '';
  expect(TOUR).toContain(`<${address.replace(ports.get('4040') ?? '', '4040')}>`);
  const { page, complaints } = await openTab(address);
  // The server of the tour runs on its own, and would outlive a failed test.
  onTestFinished(() => void terminal.run('examples/restart-server/demo/server.mjs stop 8091'));
  for (const block of blocks('2\\. Something to fix')) terminal.run(block);
  const [sync = '', listen = ''] = blocks('3\\. The buttons, and who answers them');
  terminal.run(sync);
  const receiver = await terminal.start(listen, /listening/i);

  const pressed = [...TOUR.matchAll(/\*\*([A-Z]\w+ \w+(?: \w+)?)\*\*/g)].map(([, label = '']) => label);
  expect(pressed).toEqual(['Restart Server', 'Add Diagnostics', 'Update Status Page', 'Revert Last Commit']);
  const incidents = [...TOUR.matchAll(/the title `([^`]+)` and the service `([^`]+)`/g)];
  expect(incidents).toHaveLength(2);
  const notes = page.getByRole('article', { name: 'Note by' });
  const wanted = [/checkout-1 answers: HTTP 200/, /-- load/, /Checkout is partial_outage/, /Reverted \w+/];
  for (const [, title = '', service = ''] of incidents) {
    await newIncident(page, title, service);
    const labels = service === 'Search API' ? pressed.slice(3) : pressed.slice(0, 3);
    for (const label of labels) {
      await page.getByRole('button', { name: label, exact: true }).click();
      const press = page.getByRole('article', { name: `Press of ${label}` });
      await press.getByText('delivered').waitFor();
      await press.getByText('202 Accepted').waitFor();
      await notes.getByText(wanted[pressed.indexOf(label)] ?? /^$/).waitFor();
    }
    expect(await notes.count()).toBe(labels.length);
  }

  await receiver.end();
  const seen = terminal.run(blocks('5\\. What they did')[0] ?? '');
  expect(seen).toMatch(/^\d+\n\w+ Revert "Time out sooner"/);
  expect(seen).toContain('partial_outage');
  await sandbox.end();
  await page.getByText('The sandbox is not responding').waitFor();
  complaints();
  const state = join(home, '.local/state');
  expect(readdirSync(join(state, 'pdactions')).length).toBeGreaterThan(0);
  terminal.run(blocks('7\\. The end')[0] ?? '');
  expect(existsSync(join(state, 'pdactions-examples'))).toBe(false);
  expect(readdirSync(join(state, 'pdactions'))).toEqual([]);
});
