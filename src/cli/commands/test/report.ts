/** The report of `test`, for users and as a document, with the consequences for responders. */
import {
  type Consequence,
  DROPS_TO_DARK,
  type EndpointFinding,
  explainConsequence,
  USUAL,
} from '../../../tester/check.ts';
import { DOCUMENT_VERSION } from '../../../ui/render/action-document.ts';
import { writeRows } from '../../../ui/render/rows.ts';
import { shownUrl } from '../../../ui/text/mask-url.ts';
import { plural } from '../../../ui/text/plural.ts';
import { signed } from '../../../ui/text/signs.ts';
import { line, type Style, styled } from '../../../ui/text/text.ts';
import type { CanShow, Context } from '../../context.ts';
import type { NamedTarget } from './named-target.ts';

/** The findings about one endpoint. */
export interface TestResult {
  readonly target: NamedTarget;
  readonly findings: readonly EndpointFinding[];
}

const STYLES: Readonly<Record<EndpointFinding['verdict'], Style>> = {
  pass: 'ok',
  warn: 'warn',
  fail: 'error',
  skipped: 'muted',
};

/** The findings, one row each. */
export async function showResults({ io, format }: CanShow, results: readonly TestResult[]): Promise<void> {
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
        action: nameOf(target),
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
        label: target.key === null && !target.ids ? null : target.label,
        ids: target.ids ?? [],
        unsentHeaders: target.unsent ?? [],
        url: shownUrl(target.url, target.urlSource),
        passed: findings.every(({ verdict }) => verdict !== 'fail'),
        findings: findings.map(findingDocument),
      })),
    },
  });
}

function findingDocument({ check, verdict, text, basis, consequence, hint }: EndpointFinding) {
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

/** The name of an endpoint in the output. */
export function nameOf({ key, ids, label, url }: NamedTarget): string {
  return key ?? (ids ? label : shownUrl(url));
}

/** The next step for a header whose value PagerDuty hides. */
export function giveHeader(name: string): string {
  return `Pass it with \`--header-env ${name}=VARIABLE\`.`;
}

/** A refusal proves nothing if headers of PagerDuty were missing. */
export function withoutHeaders(finding: EndpointFinding, { unsent = [] }: NamedTarget): EndpointFinding {
  const [first] = unsent;
  if (first === undefined || (finding.status !== 401 && finding.status !== 403)) return finding;
  const { check, text, basis } = finding;
  const names = unsent.join(', ');
  return { check, basis, verdict: 'warn', text: `${text}, without ${names}`, hint: giveHeader(first) };
}

/** Findings, their consequences and the next steps: in full, because a table may have cut them. */
export function explainResults({ io }: Pick<Context, 'io'>, results: readonly TestResult[]): void {
  const isMany = results.length > 1;
  for (const { target, findings } of results) {
    for (const { check, verdict, text, consequence, hint } of findings) {
      if (verdict !== 'fail' && verdict !== 'warn') continue;
      const meaning = verdict === 'fail' && consequence ? explainConsequence(consequence) : null;
      const name = isMany || target.key !== null ? `${nameOf(target)}: ` : '';
      io.say(line(styled(STYLES[verdict], `${verdict} `), `${name}${check}: ${text}`));
      if (meaning !== null) io.say(line(`  ${meaning}.`));
      if (hint !== undefined) io.say(line(signed('accent', '  → '), hint));
    }
  }
  const verdicts = results.flatMap(({ target, findings }) => {
    const text = verdictOn(findings);
    return text === undefined ? [] : [isMany ? `${nameOf(target)}: ${text}` : text];
  });
  for (const text of verdicts) io.say(line(styled('error', `${text}.`)));
  const where = isMany ? `${plural(results.length, 'endpoint')}: ` : '';
  const style = verdicts.length > 0 ? 'error' : count(results, 'warn') > 0 ? 'warn' : 'ok';
  io.say(line(styled(style, `${where}${counts(results)}.`)));
}

const WORDS: Readonly<Record<Exclude<Consequence, 'delivered'>, readonly [string, string]>> = {
  dropped: ['PagerDuty would drop', ''],
  unknown: ['PagerDuty may drop', ''],
  retried: ['PagerDuty would retry', ', for up to 48 h'],
};

/** The consequence of failed checks for presses to an endpoint; the worst one counts. */
function verdictOn(findings: readonly EndpointFinding[]): string | undefined {
  const failed = findings.filter(({ verdict }) => verdict === 'fail');
  const worst = (['dropped', 'unknown', 'retried'] as const).find((each) =>
    failed.some(({ consequence }) => consequence === each),
  );
  if (worst === undefined) return undefined;
  const [does, howLong] = WORDS[worst];
  const isEvery = failed.some(({ check }) => USUAL.includes(check));
  return `${does} ${isEvery ? '' : 'some '}presses to this endpoint${howLong}`;
}

function counts(results: readonly TestResult[]): string {
  const [failed, passed, warned, skipped] = (['fail', 'pass', 'warn', 'skipped'] as const).map((verdict) =>
    count(results, verdict),
  );
  return [
    ...(failed ? [`${failed} failed`] : []),
    `${passed} passed`,
    ...(warned ? [plural(warned, 'warning')] : []),
    ...(skipped ? [`${skipped} skipped`] : []),
  ].join(', ');
}

function count(results: readonly TestResult[], wanted: EndpointFinding['verdict']): number {
  return results.flatMap(({ findings }) => findings).filter(({ verdict }) => verdict === wanted).length;
}
