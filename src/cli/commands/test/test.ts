import { type Command, InvalidArgumentError, Option } from 'commander';
import { inParallel } from '../../../in-parallel.ts';
import {
  CHECKS,
  type Check,
  DROPS_TO_DARK,
  explainConsequence,
  type Finding,
  SENDING,
} from '../../../tester/check.ts';
import { judgeEndpoint } from '../../../tester/judge.ts';
import { DOCUMENT_VERSION } from '../../../ui/render/action-document.ts';
import { writeRows } from '../../../ui/render/rows.ts';
import { shownUrl } from '../../../ui/text/mask-url.ts';
import { plural } from '../../../ui/text/plural.ts';
import { line, type Style, styled } from '../../../ui/text/text.ts';
import { confirm } from '../../ask/confirm.ts';
import { addHeaderOptions } from '../../ask/headers.ts';
import type { CommandSpec } from '../../command.ts';
import type { CanConfirm, CanShow, Context } from '../../context.ts';
import { endpointWorld } from '../../endpoint-world.ts';
import { collect } from '../../options.ts';
import { type PayloadFlags, payloadOf, serviceOf } from './payload.ts';
import { type NamedTarget, type TargetFlags, targetsOf } from './targets.ts';
import { rethrowProxyError, viaProxy } from './via-proxy.ts';

export interface TestOptions extends TargetFlags, PayloadFlags {
  readonly only?: readonly Check[] | undefined;
  readonly viaProxy?: boolean | undefined;
}

export const spec: CommandSpec = {
  name: 'test',
  summary: 'check endpoints the way PagerDuty calls them',
  group: 'press',
  rank: 2,
  takes: 'actions',
  document: 'test',
  define(command, context) {
    addOptions(
      command.argument('[action]', 'its key in the config, or its label; without one, every action'),
    ).action((action: string | undefined, options: TestOptions) => runTest(context(), action, options));
  },
};

function addOptions(command: Command): Command {
  command
    .option('-u, --url <url>', 'judge this endpoint instead of those in the config')
    .option('--via-proxy', 'through the proxy of HTTPS_PROXY, instead of directly as PagerDuty calls')
    .option(
      '-s, --service <selector>',
      'only the actions that the config puts on these services (repeatable)',
      collect,
    )
    .addOption(
      // The parser comes last: it replaces the one that `choices` brings, which keeps only one value.
      new Option('--only <check>', 'make only this check (repeatable)')
        .choices(CHECKS)
        .argParser(collectCheck),
    )
    .option('--set <path=value>', 'change the message, for example incident.title=Full (repeatable)', collect)
    .option('--from <file>', 'send the message in this file');
  return addHeaderOptions(command).addHelpText(
    'after',
    `
It sends real messages, and the endpoint acts on them. Exit code 6: a check failed. Which of its judgements
PagerDuty documents, and which are inferred: docs/test.md`,
  );
}

function collectCheck(value: string, before: readonly Check[] | undefined): readonly Check[] {
  const check = CHECKS.find((known) => known === value);
  if (check === undefined) throw new InvalidArgumentError(`It has to be one of ${CHECKS.join(', ')}.`);
  return [...(before ?? []), check];
}

/** Judges endpoints as PagerDuty would, before a responder does. */
export async function runTest(
  context: CanConfirm &
    Pick<Context, 'format' | 'activity' | 'config' | 'verdict' | 'env' | 'cwd' | 'clock' | 'interrupted'>,
  action: string | undefined,
  options: TestOptions,
): Promise<void> {
  // The wall clock, as far as a certificate cares.
  const now = (): number => performance.timeOrigin + performance.now();
  const message = await payloadOf(context, options, now);
  const targets = await targetsOf(context, action, options, serviceOf(message));
  const checks = options.only ?? CHECKS;
  await announce(context, targets, checks);
  const detour = options.viaProxy
    ? await viaProxy(
        context,
        targets.map(({ url }) => url),
      )
    : undefined;
  const world = { ...endpointWorld(context, now), detour };
  const progress = context.activity.working('testing', targets.length);
  // One that does not answer takes 16 s a message: the others need not wait for it.
  const results = await inParallel(targets, context.globals.concurrency, async (target): Promise<Result> => {
    const findings = await judgeEndpoint(target, { checks, message }, world).catch((error: unknown) =>
      rethrowProxyError(error, target.url),
    );
    progress.advance(1, target.label);
    return { target, findings };
  });
  context.activity.end();
  const failed = results.some(({ findings }) => findings.some(({ verdict }) => verdict === 'fail'));
  context.verdict(failed ? 'partial' : 'ok');
  await show(context, results);
  explain(context, results);
}

/** What each check sends. */
const MESSAGES: Readonly<Partial<Record<Check, number>>> = { press: 1, duplicate: 1, large: 1, omitted: 1 };

/** Says what will be sent, and asks. Looking at names and certificates needs no word: nothing acts on that. */
async function announce(
  context: CanConfirm,
  targets: readonly NamedTarget[],
  checks: readonly Check[],
): Promise<void> {
  const sending = SENDING.filter((check) => checks.includes(check));
  if (sending.length === 0) return;
  // The message that comes twice has to come a first time.
  const first = sending.includes('duplicate') && !sending.includes('press') ? 1 : 0;
  const count = first + sending.reduce((sum, check) => sum + (MESSAGES[check] ?? 0), 0);
  const { io, globals } = context;
  for (const { label, url, urlSource, headers } of targets) {
    const names = headers.length === 0 ? '' : `, with ${headers.map(({ name }) => name).join(', ')}`;
    io.say(line(`[ ${label} ]  ${plural(count, 'POST')} to ${shownUrl(url, urlSource)}${names}`), {
      always: !globals.yes,
    });
  }
  const what = targets.length === 1 ? 'this endpoint' : 'these endpoints';
  io.say(line(styled('warn', 'Real messages, as a press sends them: '), `${what} will act on them.`), {
    always: !globals.yes,
  });
  await confirm(context, 'Send them?', 'test');
}

interface Result {
  readonly target: NamedTarget;
  readonly findings: readonly Finding[];
}

const STYLES: Readonly<Record<Finding['verdict'], Style>> = {
  pass: 'ok',
  warn: 'warn',
  fail: 'error',
  skipped: 'muted',
};

async function show({ io, format }: CanShow, results: readonly Result[]): Promise<void> {
  await writeRows<'action' | 'check' | 'result' | 'finding' | 'basis'>(io, format, {
    columns: [
      { key: 'action', title: 'ACTION', grouped: true },
      { key: 'check', title: 'CHECK' },
      { key: 'result', title: 'RESULT' },
      { key: 'finding', title: 'FINDING', flexible: true },
      { key: 'basis', title: 'BASIS' },
    ],
    rows: results.flatMap(({ target, findings }) =>
      findings.map(({ check, verdict, text, basis }) => ({
        action: target.key ?? shownUrl(target.url),
        check,
        result: line(styled(STYLES[verdict], verdict)),
        finding: text,
        basis,
      })),
    ),
    json: {
      version: DOCUMENT_VERSION,
      command: 'test',
      endpoints: results.map(({ target, findings }) => ({
        action: target.key,
        label: target.key === null ? null : target.label,
        url: shownUrl(target.url, target.urlSource),
        passed: findings.every(({ verdict }) => verdict !== 'fail'),
        findings: findings.map(findingDocument),
      })),
    },
  });
}

function findingDocument({ check, verdict, text, basis, consequence, hint }: Finding) {
  const goesDark = consequence === 'dropped' || consequence === 'unknown';
  return {
    check,
    verdict,
    text,
    basis,
    consequence: consequence ?? null,
    pressesUntilDisabled: verdict === 'fail' && goesDark ? DROPS_TO_DARK : null,
    hint: hint ?? null,
  };
}

/** What was found, what it leads to and what to do: in full, where a table may have had to cut it. */
function explain({ io }: Pick<Context, 'io'>, results: readonly Result[]): void {
  for (const { target, findings } of results) {
    for (const { check, verdict, text, consequence, hint } of findings) {
      if (verdict !== 'fail' && verdict !== 'warn') continue;
      const meaning = verdict === 'fail' && consequence ? explainConsequence(consequence) : null;
      const name = target.key === null ? '' : `${target.key}: `;
      io.say(line(styled(STYLES[verdict], `${verdict} `), `${name}${check}: ${text}`));
      if (meaning !== null) io.say(line(`  ${meaning}.`));
      if (hint !== undefined) io.say(line(styled('accent', '  → '), hint));
    }
  }
  const all = results.flatMap(({ findings }) => findings).filter(({ verdict }) => verdict !== 'skipped');
  const failed = all.filter(({ verdict }) => verdict === 'fail').length;
  const text = `${all.length - failed} of ${plural(all.length, 'check')} passed.`;
  io.say(line(styled(failed === 0 ? 'ok' : 'error', text)));
}
