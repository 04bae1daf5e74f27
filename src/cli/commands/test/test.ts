import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../../../errors.ts';
import { inParallel } from '../../../in-parallel.ts';
import { CHECKS, type EndpointCheck, SENDING, USUAL } from '../../../tester/check.ts';
import { judgeEndpoint } from '../../../tester/judge.ts';
import type { TestPlan, TestWorld } from '../../../tester/target.ts';
import { shownUrl } from '../../../ui/text/mask-url.ts';
import { plural } from '../../../ui/text/plural.ts';
import { type Line, styled } from '../../../ui/text/text.ts';
import { confirm } from '../../ask/confirm.ts';
import { addHeaderOptions } from '../../ask/headers.ts';
import { type CommandSpec, READING } from '../../command.ts';
import type { CanConfirm, CanShow, Context } from '../../context.ts';
import { endpointWorld } from '../../endpoint-world.ts';
import { collect } from '../../options.ts';
import type { CanFindLive } from './live.ts';
import type { NamedTarget, TargetFlags } from './named-target.ts';
import { type PayloadFlags, payloadOf, serviceOf } from './payload.ts';
import {
  explainResults,
  giveHeader,
  nameOf,
  showResults,
  type TestResult,
  withoutHeaders,
} from './report.ts';
import { targetsOf } from './targets.ts';
import { rethrowProxyError, viaProxy } from './via-proxy.ts';

export interface TestOptions extends TargetFlags, PayloadFlags {
  readonly only?: readonly EndpointCheck[] | undefined;
  readonly viaProxy?: boolean | undefined;
  readonly all?: boolean | undefined;
}

export const spec: CommandSpec = {
  name: 'test',
  summary: 'check endpoints the way PagerDuty calls them',
  group: 'press',
  rank: 2,
  scopes: READING,
  takes: 'actions',
  document: 'test',
  uses: ['config', 'pagerduty', 'result', 'confirmation'],
  examples: [
    'test',
    'test restart-server',
    'test PIJ90N7 --header-env Authorization=AUTOMATION_TOKEN',
    'test --url https://automation.example.com/restart --all',
  ],
  define(command, context) {
    addOptions(
      command.argument(
        '[action]',
        'its key in the config, its label, or the id or label of a live action (default: every declared action)',
      ),
    ).action((action: string | undefined, options: TestOptions) => runTest(context(), action, options));
  },
};

function addOptions(command: Command): Command {
  command
    .option('-u, --url <url>', 'check this endpoint instead of an action')
    .option('--via-proxy', 'use the proxy in HTTPS_PROXY; PagerDuty itself connects directly')
    .option('-s, --service <selector>', 'only the actions on these services (repeatable)', collect)
    .option('--all', 'also send a message twice, one of 55 KB and one with parts left out')
    .addOption(
      // The parser comes last, because it replaces that of `choices`, which keeps only one value.
      new Option('--only <check>', 'run only this check (repeatable)')
        .choices(CHECKS)
        .argParser(collectCheck),
    )
    .option('--set <path=value>', 'change the message, for example incident.title=Full (repeatable)', collect)
    .option('--from <file>', 'send the message in this file');
  return addHeaderOptions(command).addHelpText(
    'after',
    `
It sends one real message marked as a test, and three more with --all; the endpoint acts on them. Exit code 6: a check failed. docs/test.md shows which verdicts PagerDuty documents and which are inferred.`,
  );
}

function collectCheck(value: string, before: readonly EndpointCheck[] | undefined): readonly EndpointCheck[] {
  const check = CHECKS.find((known) => known === value);
  if (check === undefined) throw new InvalidArgumentError(`It must be one of ${CHECKS.join(', ')}.`);
  return [...(before ?? []), check];
}

/** Checks endpoints the way PagerDuty calls them, before a responder does. */
export async function runTest(
  context: CanFindLive & CanShow & Pick<Context, 'config' | 'verdict'>,
  action: string | undefined,
  options: TestOptions,
): Promise<void> {
  // The wall clock, for the dates of certificates.
  const now = (): number => performance.timeOrigin + performance.now();
  const checks = checksFor(options);
  const message = await payloadOf(context, options, now);
  const targets = await targetsOf(context, action, options, serviceOf(message));
  await announce(context, targets, checks, options);
  const detour = options.viaProxy
    ? await viaProxy(
        context,
        targets.map(({ url }) => url),
      )
    : undefined;
  const results = await judgeAll(
    context,
    targets,
    { checks, message },
    { ...endpointWorld(context, now), detour },
  );
  const failed = results.some(({ findings }) => findings.some(({ verdict }) => verdict === 'fail'));
  context.verdict(failed ? 'partial' : 'ok');
  await showResults(context, results);
  explainResults(context, results);
}

/** @throws UsageError for `--all` with `--only` */
function checksFor({ all, only }: TestOptions): readonly EndpointCheck[] {
  if (all && only)
    throw new UsageError('`--all` and `--only` cannot be combined', { hint: 'Omit one of them.' });
  return only ?? (all ? CHECKS : USUAL);
}

/** An endpoint that does not answer takes 16 s per message, so several are checked at a time. */
async function judgeAll(
  context: Pick<Context, 'activity' | 'globals'>,
  targets: readonly NamedTarget[],
  wish: TestPlan,
  world: TestWorld,
): Promise<readonly TestResult[]> {
  const { checks } = wish;
  const progress = context.activity.working('testing', targets.length * checks.length);
  const results = await inParallel(
    targets,
    context.globals.concurrency,
    async (target): Promise<TestResult> => {
      const place = (check: EndpointCheck): number => checks.indexOf(check);
      let done = 0;
      const reach = (count: number, label: string): void => {
        progress.advance(Math.max(0, count - done), label);
        done = Math.max(done, count);
      };
      const onCheck = (check: EndpointCheck): void => reach(place(check), `${nameOf(target)}: ${check}`);
      const findings = await judgeEndpoint(target, { ...wish, onCheck }, world).catch((error: unknown) =>
        rethrowProxyError(error, target.url),
      );
      reach(checks.length, nameOf(target));
      return { target, findings: findings.map((finding) => withoutHeaders(finding, target)) };
    },
  );
  context.activity.end();
  return results;
}

/** The number of messages that each check sends. */
const MESSAGES: Readonly<Partial<Record<EndpointCheck, number>>> = {
  press: 1,
  duplicate: 1,
  large: 1,
  omitted: 1,
};

/** Announces the messages, and asks for confirmation. Checks of names and certificates need none, because they have no effect. */
async function announce(
  context: CanConfirm,
  targets: readonly NamedTarget[],
  checks: readonly EndpointCheck[],
  { from, set }: PayloadFlags,
): Promise<void> {
  const sending = SENDING.filter((check) => checks.includes(check));
  if (sending.length === 0) return;
  // The duplicate message needs a first one.
  const first = sending.includes('duplicate') && !sending.includes('press') ? 1 : 0;
  const count = first + sending.reduce((sum, check) => sum + (MESSAGES[check] ?? 0), 0);
  const isOwn = from !== undefined || set !== undefined;
  const say = (...parts: Line): void => context.io.say(parts, { always: !context.globals.yes });
  for (const target of targets) {
    const { label, url, urlSource, headers, ids = [], unsent = [] } = target;
    const names = headers.length === 0 ? '' : `, with ${headers.map(({ name }) => name).join(', ')}`;
    const shared = ids.length > 1 ? `, for ${ids.length} actions` : '';
    say(`[ ${label} ]  ${plural(count, 'POST')} to ${shownUrl(url, urlSource)}${names}${shared}`);
    for (const name of unsent) context.io.warn(`${name} is not sent: ${UNREADABLE} ${giveHeader(name)}`);
  }
  const what = targets.length === 1 ? 'this endpoint' : 'these endpoints';
  const them = targets.length * count === 1 ? 'it' : 'them';
  say(styled('warn', `${kindOf(them, isOwn)}: `), `${what} will act on ${them}.`);
  await confirm(context, `Send ${them}?`, 'test');
}

function kindOf(them: 'it' | 'them', isOwn: boolean): string {
  const [noun, call, send] =
    them === 'it'
      ? ['A real message', 'calls', 'a press sends it']
      : ['Real messages', 'call', 'a press sends them'];
  const selves = them === 'it' ? 'itself a test' : 'themselves tests';
  return isOwn ? `${noun}, as ${send}` : `${noun} that ${call} ${selves}`;
}

const UNREADABLE = 'PagerDuty does not show its value.';
