import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../errors.ts';
import type { Seed } from '../../sandbox/account/seed.ts';
import { DOCUMENT_VERSION } from '../../ui/render/action-document.ts';
import { toJson } from '../../ui/text/json.ts';
import { line, styled } from '../../ui/text/text.ts';
import { confirm } from '../ask/confirm.ts';
import type { CommandSpec } from '../command.ts';
import type { Context } from '../context.ts';
import { readNamedFile } from '../files/read-file.ts';
import { sandboxFile, shortPath } from '../files/sandbox-file.ts';
import { collect, wholeNumber } from '../options.ts';

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
}

export const spec: CommandSpec = {
  name: 'sandbox',
  summary: 'run a simulated PagerDuty on this machine',
  group: 'other',
  rank: 1,
  define(command, context) {
    const sub = (name: string, description: string): Command =>
      command.command(name).description(description).option('--data <file>', "where the sandbox's data is");
    sub('start', 'serve it until you press Ctrl-C')
      .option('-p, --port <n>', 'the port to listen on; any free one without it', wholeNumber(0, 65_535))
      .option('--host <address>', 'the address to listen on', '127.0.0.1')
      .option('--allow-remote', 'let other machines in')
      .option('--seed <file>', 'start with this account when there is no data yet')
      .option('--log <file>', 'write each request and each commit there, as JSON lines')
      .option(
        '--switch <name=value>',
        'how it behaves where PagerDuty is not documented (repeatable)',
        collect,
      )
      .option('--no-page', 'the API alone, without a page for the browser')
      .action((options: StartOptions) => runStart(context(), options));
    sub('reset', 'back to the demo account').action((options: DataOptions) => runReset(context(), options));
    sub('seed', 'put an account of your own into it')
      .argument('<file>', 'the account, as docs/sandbox.md describes it')
      .action((file: string, options: DataOptions) => runSeed(context(), file, options));
  },
};

/** Serves the sandbox until the process is told to stop. stdout gets what a shell needs to use it. */
export async function runStart(context: Context, options: StartOptions): Promise<void> {
  const { io, interrupted } = context;
  const { startSandbox } = await import('../../sandbox/sandbox.ts');
  const dataFile = await fileOf(context, options);
  const isSeedIdle = options.seed !== undefined && (await exists(dataFile));
  const sandbox = await startSandbox({
    dataFile,
    port: options.port,
    host: options.host,
    allowRemote: options.allowRemote,
    logFile: options.log === undefined ? undefined : resolve(context.cwd, options.log),
    page: options.page ?? true,
    switches: await readSwitches(options.switch ?? []),
    ...(options.seed === undefined ? {} : { seed: await readSeed(context, options.seed) }),
  });
  const { url, token, controlToken, page } = sandbox;
  if (options.allowRemote) {
    io.say(line(styled('warn', 'warning: '), 'other machines can reach this sandbox'), { always: true });
  }
  if (isSeedIdle) {
    const text = `${dataFile} holds an account already, so the seed is not used; \`pdactions sandbox seed\` replaces it`;
    io.say(line(styled('warn', 'warning: '), text), { always: true });
  }
  if (context.format === 'json') {
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
  io.say(
    line(
      styled('ok', 'The sandbox is running'),
      `, a simulated PagerDuty; its data is in ${shortPath(dataFile, context)}.`,
    ),
  );
  if (page !== null) {
    io.say(line('Open ', styled('strong', page), ' to look at it and to press its buttons.'));
  }
  io.say(line(styled('muted', 'Set the variables above in another terminal. Ctrl-C ends it.')));
  await new Promise<void>((done) => {
    if (interrupted.aborted) done();
    else interrupted.addEventListener('abort', () => done(), { once: true });
  });
  await sandbox.close();
}

/** `name=value`, as often as given. */
async function readSwitches(pairs: readonly string[]) {
  const { parseSwitches } = await import('../../sandbox/account/switches.ts');
  const entries = pairs.map((pair) => pair.split('=', 2));
  const { switches, problems } = parseSwitches(Object.fromEntries(entries));
  if (problems.length === 0) return switches;
  throw new UsageError(`--switch: ${problems.join('; ')}`, { hint: 'docs/sandbox.md lists all switches.' });
}

/** Puts the demo account back, after asking when there is something to lose. */
export async function runReset(context: Context, options: DataOptions): Promise<void> {
  const dataFile = await fileOf(context, options);
  await confirmLoss(context, dataFile);
  const { resetDataFile } = await import('../../sandbox/keeping/data-file.ts');
  await resetDataFile(dataFile);
  context.io.say(line(styled('ok', 'Reset'), ` to the demo account: ${dataFile}.`));
}

/** Puts an account of one's own into the sandbox. */
export async function runSeed(context: Context, file: string, options: DataOptions): Promise<void> {
  const seed = await readSeed(context, file);
  const dataFile = await fileOf(context, options);
  await confirmLoss(context, dataFile);
  const { seedDataFile } = await import('../../sandbox/keeping/data-file.ts');
  await seedDataFile(dataFile, seed);
  context.io.say(line(styled('ok', 'Seeded'), ` from ${file}: ${dataFile}.`));
}

/** `--data`, or what `--sandbox=FILE` names, or the default. */
function fileOf(context: Context, { data }: DataOptions): Promise<string> {
  return sandboxFile(data ?? context.globals.sandbox, context);
}

async function confirmLoss(context: Context, dataFile: string): Promise<void> {
  if (await exists(dataFile))
    await confirm(context, `Replace the data in ${dataFile}?`, 'replacing the data');
}

function exists(file: string): Promise<boolean> {
  return readFile(file).then(
    () => true,
    () => false,
  );
}

/** @throws ConfigError with every problem of the seed; LocalIoError when it cannot be read */
async function readSeed({ cwd }: Context, file: string): Promise<Seed> {
  const { parseSeed } = await import('../../sandbox/account/seed.ts');
  return parseSeed(await readNamedFile(resolve(cwd, file), 'the seed', file), file);
}
