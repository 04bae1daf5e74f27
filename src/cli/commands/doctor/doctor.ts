import { setMaxListeners } from 'node:events';
import { DOCUMENT_VERSION } from '../../../ui/render/action-document.ts';
import { writeRows } from '../../../ui/render/rows.ts';
import { plural } from '../../../ui/text/plural.ts';
import { signed } from '../../../ui/text/signs.ts';
import { line, type Style, styled } from '../../../ui/text/text.ts';
import type { CommandSpec } from '../../command.ts';
import type { CanConnect, CanShow, Context } from '../../context.ts';
import { accountFindings } from './account.ts';
import { endpointFindings } from './endpoints.ts';
import { fileFindings } from './files.ts';
import { CHECKS, type DoctorFinding } from './finding.ts';
import { credentialsFinding, nodeFinding, readConfig, wayFindings } from './local.ts';
import { lookAtNamedFiles } from './named-files.ts';
import { receiverFinding, receiverUrl } from './receiver.ts';

export interface DoctorOptions {
  readonly endpoints?: boolean | undefined;
  readonly receiver?: string | undefined;
}

/** Time limit for all checks; a check without a response by then has timed out. */
const DEADLINE_MS = 10_000;

export const spec: CommandSpec = {
  name: 'doctor',
  summary: 'check everything a run depends on',
  group: 'other',
  rank: 3,
  scopes: 'every',
  document: 'doctor',
  uses: ['config', 'pagerduty', 'result'],
  examples: ['doctor', 'doctor --endpoints', 'doctor --receiver https://automation.example.com --json'],
  define(command, context) {
    command
      .option('--endpoints', 'also check the host name, TLS and certificate of every endpoint in the config')
      .option('--receiver <url>', 'also check that the receiver at URL is ready')
      .action((options: DoctorOptions) => runDoctor(context(), options));
  },
};

/** Checks everything that a run depends on, and changes nothing. */
export async function runDoctor(
  context: CanConnect & Pick<Context, 'format' | 'config' | 'verdict'>,
  options: DoctorOptions,
): Promise<void> {
  const receiver = options.receiver === undefined ? undefined : receiverUrl(options.receiver);
  const { clock, interrupted } = context;
  const late = new AbortController();
  const over = new AbortController();
  clock.sleep(DEADLINE_MS, over.signal).then(
    () => late.abort(new DOMException('no answer in time', 'TimeoutError')),
    () => undefined,
  );
  const deadline = AbortSignal.any([late.signal, interrupted]);
  setMaxListeners(0, deadline);
  const now = (): number => performance.timeOrigin + performance.now();
  try {
    const parts = await context.activity.while('checking', async () => {
      const { config, finding } = await readConfig(context);
      return Promise.all([
        nodeFinding(process.version),
        finding,
        lookAtNamedFiles(context, config).then((named) => fileFindings(context, named)),
        wayFindings(context),
        credentialsFinding(context),
        accountFindings(context, { config, deadline, now }),
        options.endpoints ? endpointFindings(context, config, { deadline, now }) : [],
        receiver ? receiverFinding(context, receiver, deadline) : [],
      ]);
    });
    await show(context, sorted(parts.flat()));
  } finally {
    over.abort();
  }
}

/** In the order of the checks. One failure may be found twice: at its cause, and by a check that depends on it. */
function sorted(findings: readonly DoctorFinding[]): readonly DoctorFinding[] {
  const inOrder = CHECKS.flatMap((check) => findings.filter((finding) => finding.check === check));
  const isFirst = ({ text }: DoctorFinding, at: number): boolean =>
    inOrder.findIndex((other) => other.text === text) === at;
  return inOrder.filter(isFirst);
}

const STYLES: Readonly<Record<DoctorFinding['state'], Style>> = { ok: 'ok', warn: 'warn', fail: 'error' };

async function show(
  context: CanShow & Pick<Context, 'verdict'>,
  findings: readonly DoctorFinding[],
): Promise<void> {
  const { io, format } = context;
  for (const { verdict } of findings) if (verdict) context.verdict(verdict);
  if (format === 'table') {
    for (const { check, state, text, next } of findings) {
      io.out(line(styled(STYLES[state], state.padEnd(4)), `  ${check.padEnd(12)}  ${text}`));
      if (next !== undefined && state !== 'ok')
        io.out(line(signed('accent', '                    → '), next));
    }
  } else {
    await writeRows<'check' | 'state' | 'text' | 'next'>(io, format, {
      columns: [
        { key: 'check', title: 'CHECK' },
        { key: 'state', title: 'STATE' },
        { key: 'text', title: 'FINDING', flexible: true },
        { key: 'next', title: 'NEXT', flexible: true },
      ],
      rows: findings.map(({ check, state, text, next = null }) => ({ check, state, text, next })),
      json: {
        version: DOCUMENT_VERSION,
        command: 'doctor',
        findings: findings.map(({ check, state, text, next = null }) => ({ check, state, text, next })),
      },
    });
  }
  const [failures, warnings] = (['fail', 'warn'] as const).map(
    (state) => findings.filter((finding) => finding.state === state).length,
  );
  const text =
    failures === 0 && warnings === 0
      ? 'No problems found.'
      : `${plural(failures ?? 0, 'failure')}, ${plural(warnings ?? 0, 'warning')}.`;
  io.say(line(styled(failures === 0 ? 'ok' : 'error', text)));
}
