import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { LocalIoError, UsageError } from '../../errors.ts';
import { readNamedFile } from '../../read-named-file.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Seed } from '../../sandbox/seed/seed.ts';
import type { Io } from '../../ui/io.ts';
import { DOCUMENT_VERSION } from '../../ui/render/action-document.ts';
import { toJson } from '../../ui/text/json.ts';
import { shellLine } from '../../ui/text/shell.ts';
import { line, styled } from '../../ui/text/text.ts';
import { confirm } from '../ask/confirm.ts';
import type { CommandSpec } from '../command.ts';
import { resetRunning } from '../connection/sandbox/control.ts';
import { findRunning, lockOrRunning, type Running } from '../connection/sandbox/lock.ts';
import type { CanConfirm, CanShow, Context } from '../context.ts';
import { openBrowser } from '../files/open-browser.ts';
import { sandboxFile, shortPath } from '../files/sandbox-file.ts';
import { collect, wholeNumber } from '../options.ts';
import { untilSignalled } from '../until-signalled.ts';

export interface DataOptions {
  readonly data?: string | undefined;
}

export interface StartOptions extends DataOptions {
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly allowRemote?: boolean | undefined;
  readonly seed?: string | undefined;
  readonly log?: string | undefined;
  readonly switch?: readonly string[] | undefined;
  /** False with `--no-page`. */
  readonly page?: boolean | undefined;
  readonly open?: boolean | undefined;
}

export const spec: CommandSpec = {
  name: 'sandbox',
  summary: 'run a simulated PagerDuty on this machine',
  group: 'other',
  rank: 1,
  scopes: 'none',
  uses: ['result', 'confirmation'],
  examples: [
    'sandbox start --open',
    'sandbox start --port 4040 --seed account.json',
    'sandbox seed account.json',
    'sandbox reset --yes',
  ],
  define(command, context) {
    const sub = (name: string, description: string): Command =>
      command.command(name).description(description).option('--data <file>', "file with the sandbox's data");
    sub('start', 'serve the sandbox until you press Ctrl-C')
      .option('-p, --port <n>', 'the port to listen on (default: any free port)', wholeNumber(0, 65_535))
      .option('--host <address>', 'the address to listen on', '127.0.0.1')
      .option('--allow-remote', 'accept connections from other machines')
      .option('--seed <file>', 'start with the account in FILE if there is no data yet')
      .option('--log <file>', 'write each request and each commit to FILE, as JSON lines')
      .option(
        '--switch <name=value>',
        "set its behaviour where PagerDuty's is undocumented (repeatable)",
        collect,
      )
      .option('--open', 'open the page in the browser')
      .option('--no-page', 'serve only the API, without the page')
      .action((options: StartOptions) => runStart(context(), options));
    sub('reset', 'reset it to the demo account').action((options: DataOptions) =>
      runReset(context(), options),
    );
    sub('seed', 'load your own account into it')
      .argument('<file>', 'the account, as docs/sandbox.md describes it')
      .action((file: string, options: DataOptions) => runSeed(context(), file, options));
  },
};

/** Serves the sandbox until the process gets a signal. stdout gets the data that another client needs to use it. */
export async function runStart(
  context: CanShow & Pick<Context, 'globals' | 'env' | 'cwd' | 'home' | 'platform' | 'clock' | 'interrupted'>,
  options: StartOptions,
): Promise<void> {
  const { interrupted, clock } = context;
  const dataFile = await fileOf(context, options);
  const claim = await lockOrRunning(dataFile, 'server', clock);
  if ('running' in claim) throw takenBy(claim.running, dataFile);
  try {
    const sandbox = await serve(context, dataFile, options);
    const { url, token, controlToken, page } = sandbox;
    claim.lock.publish({ url, token, controlToken, page });
    showStarted(context, sandbox, dataFile, options);
    if (options.open) await openPage(context, page);
    await untilSignalled(interrupted);
    await sandbox.close();
  } finally {
    claim.lock.release();
  }
}

async function serve(
  context: Pick<Context, 'io' | 'cwd' | 'globals'>,
  dataFile: string,
  options: StartOptions,
): Promise<Sandbox> {
  const { io, cwd } = context;
  const { startSandbox } = await import('../../sandbox/sandbox.ts');
  const isSeedIdle = options.seed !== undefined && (await exists(dataFile));
  const sandbox = await startSandbox({
    dataFile,
    port: options.port,
    host: options.host,
    allowRemote: options.allowRemote,
    logFile: options.log === undefined ? undefined : resolve(cwd, options.log),
    page: options.page ?? true,
    flag: named(context, options) && shellLine([`--sandbox=${dataFile}`]),
    switches: await readSwitches(options.switch ?? []),
    ...(options.seed === undefined ? {} : { seed: await readSeed(context, options.seed) }),
  });
  if (options.allowRemote) warn(io, 'other machines can reach this sandbox');
  if (isSeedIdle) {
    warn(
      io,
      `${dataFile} already contains an account, so the seed is not used; \`pdactions sandbox seed\` replaces it`,
    );
  }
  return sandbox;
}

function warn(io: Io, text: string): void {
  io.warn(text, { always: true });
}

function showStarted(
  context: CanShow & Pick<Context, 'globals' | 'home'>,
  sandbox: Sandbox,
  dataFile: string,
  { data }: StartOptions,
): void {
  const { io, format } = context;
  const { url, token, controlToken, page } = sandbox;
  if (format === 'json') {
    io.data(
      toJson({
        version: DOCUMENT_VERSION,
        command: 'sandbox start',
        url,
        page,
        token,
        controlToken,
        dataFile,
      }),
    );
  } else {
    io.out(line(`export PAGERDUTY_API_URL=${url}`));
    io.out(line(`export PAGERDUTY_TOKEN=${token}`));
    io.out(line(`export PDACTIONS_SANDBOX_CONTROL_TOKEN=${controlToken}`));
  }
  const where = shortPath(dataFile, context);
  io.say(line(styled('ok', 'The sandbox is running'), `, a simulated PagerDuty; its data is in ${where}.`));
  if (page !== null) {
    io.say(line('Open ', styled('strong', page), ' to see it and press its buttons.'));
  }
  const file = named(context, { data });
  const flag = file === undefined ? '--sandbox' : `--sandbox=${file}`;
  io.say(
    line(
      styled(
        'muted',
        `Pass \`${flag}\` to any command to use it; the variables above are for other clients. Press Ctrl-C to stop.`,
      ),
    ),
  );
}

/** The data file that the flags name; undefined: the default one. */
function named({ globals }: Pick<Context, 'globals'>, { data }: DataOptions): string | undefined {
  return data ?? (globals.sandbox || undefined);
}

async function openPage(
  context: Pick<Context, 'io' | 'env' | 'platform'>,
  page: string | null,
): Promise<void> {
  if (page === null)
    return warn(context.io, 'no page to open: it is turned off, or not reachable from this machine');
  if (await openBrowser(page, context)) return;
  warn(context.io, `could not start a browser; open ${page} yourself`);
}

function takenBy({ pid, kind, serving }: Running, dataFile: string): LocalIoError {
  const holder = kind === 'server' ? '`pdactions sandbox start`' : 'command with `--sandbox`';
  const at = serving.page ?? serving.url;
  return new LocalIoError(`another ${holder} (process ${pid}) serves ${dataFile}: ${at}`, {
    reason: 'local_io',
    hint: 'Use that one with `--sandbox`, or choose another file with `--data FILE`.',
  });
}

/** Reads each `name=value`. */
async function readSwitches(pairs: readonly string[]) {
  const { parseSwitches } = await import('../../sandbox/account/switches.ts');
  const entries = pairs.map((pair) => pair.split('=', 2));
  const { switches, problems } = parseSwitches(Object.fromEntries(entries));
  if (problems.length === 0) return switches;
  throw new UsageError(`--switch: ${problems.join('; ')}`, { hint: 'See docs/sandbox.md for all switches.' });
}

/** Resets the account to the demo seed, after confirmation if data would be lost. */
export async function runReset(
  context: CanConfirm & Pick<Context, 'env' | 'cwd' | 'home'>,
  options: DataOptions,
): Promise<void> {
  const { demoSeed } = await import('../../sandbox/seed/demo-seed.ts');
  const dataFile = await fileOf(context, options);
  await replaceAccount(context, dataFile, demoSeed());
  context.io.say(line(styled('ok', 'Reset'), ` to the demo account: ${dataFile}.`));
}

/** Loads an account from a file into the sandbox. */
export async function runSeed(
  context: CanConfirm & Pick<Context, 'env' | 'cwd' | 'home'>,
  file: string,
  options: DataOptions,
): Promise<void> {
  const seed = await readSeed(context, file);
  const dataFile = await fileOf(context, options);
  await replaceAccount(context, dataFile, seed);
  context.io.say(line(styled('ok', 'Seeded'), ` from ${file}: ${dataFile}.`));
}

/** Uses the running sandbox if there is one, because it would write its own account over the file. */
async function replaceAccount(context: CanConfirm, dataFile: string, seed: Seed): Promise<void> {
  const running = await findRunning(dataFile);
  if (running || (await exists(dataFile))) {
    await confirm(context, `Replace the data in ${dataFile}?`, 'replacing the data');
  }
  if (running) return resetRunning(running.serving, seed);
  const { seedDataFile } = await import('../../sandbox/keeping/data-file.ts');
  await seedDataFile(dataFile, seed);
}

/** `--data`, or the file of `--sandbox=FILE`, or the default. */
function fileOf(
  context: Pick<Context, 'globals' | 'env' | 'cwd' | 'home'>,
  { data }: DataOptions,
): Promise<string> {
  return sandboxFile(data ?? context.globals.sandbox, context);
}

function exists(file: string): Promise<boolean> {
  return readFile(file).then(
    () => true,
    () => false,
  );
}

/** @throws ConfigError with every problem of the seed; LocalIoError if it cannot be read */
async function readSeed({ cwd }: Pick<Context, 'cwd'>, file: string): Promise<Seed> {
  const { parseSeed } = await import('../../sandbox/seed/seed.ts');
  return parseSeed(await readNamedFile(resolve(cwd, file), 'the seed', file), file);
}
