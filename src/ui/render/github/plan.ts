/**
 * A plan and its outcomes in GitHub's Markdown: for a comment on a pull request, a job summary, or `--format markdown`.
 * Texts from PagerDuty and from the config are in code, where no markup has an effect (T32).
 */
import { changesOf, type ServicePlan } from '../../../core/plan.ts';
import { PdactionsError } from '../../../errors.ts';
import { plural } from '../../text/plural.ts';
import type { Line } from '../../text/text.ts';
import type { PlanFacts } from '../documents.ts';
import { renderBug, renderError } from '../error.ts';
import { countPlan } from '../plan/plan-counts.ts';
import { renderGroups } from '../plan/plan-groups.ts';
import { renderRefusal, renderVerdict } from '../refusal.ts';
import { type ConflictView, type OutcomeView, renderConflict, renderOutcome } from '../report.ts';
import { fitPage, type Section } from './page.ts';
import { countKinds, renderRest, renderServiceMarkdown } from './plan-service.ts';
import { createQuoter, fenceOf, type Quoter } from './text.ts';

/** A comment on GitHub can have 65,536 characters. A page of 60,000 bytes always has fewer. */
export const LARGEST_PAGE = 60_000;

/** All data that a page can show. */
export interface PageFacts {
  readonly command: 'plan' | 'sync' | 'validate';
  /** A hidden first line, the same in each run, which identifies a comment; see `markerOf`. */
  readonly marker: string;
  /** True if everything is about the sandbox, so that the reader does not mistake it for the real account. */
  readonly simulated: boolean;
  readonly plan?: PlanFacts | undefined;
  readonly report?: ReportView | null | undefined;
  /** The error that ended the run early. */
  readonly error?: unknown;
  /** The exit code, if already known. */
  readonly code?: number | undefined;
}

/** The displayed part of a sync's report. */
export interface ReportView {
  readonly outcomes: readonly OutcomeView[];
  readonly duplicates: readonly ConflictView[];
  readonly overfull: readonly ConflictView[];
  readonly unchecked: boolean;
}

/**
 * The page.
 * @param redact removes the run's secrets from a text
 * @param limit its maximum size in bytes
 */
export function renderPage(facts: PageFacts, redact: (text: string) => string, limit = LARGEST_PAGE): string {
  const quote = createQuoter(redact);
  const { plan, report } = facts;
  const head = [
    `${facts.marker}\n### ${headline(facts)}\n\n`,
    facts.simulated ? '**On the sandbox, a simulated PagerDuty.**\n\n' : '',
    plan ? `${overview(plan, quote)}\n\n` : '',
  ].join('');
  const sections = [
    ...(facts.error ? [fencedSection(errorLines(facts.error), quote)] : []),
    ...(plan ? stops(plan, quote) : []),
    ...(report ? [outcomes(report, quote)] : []),
    ...(plan ? [grouped(plan, quote), changing(plan, quote), leftAlone(plan, quote)] : []),
  ];
  const foot = plan ? `Digest: ${quote.code(plan.digest)}\n` : '';
  return fitPage(head, sections, foot, limit);
}

function headline({ command, plan, report, error, code }: PageFacts): string {
  const ended = code ? ` (exit code ${code})` : '';
  if (error) return `pdactions ${command} failed${ended}`;
  if (plan && isStopped(plan)) return `pdactions ${command}: refused${ended}`;
  if (report) {
    const applied = report.outcomes.filter(({ status }) => status === 'applied').length;
    return `pdactions ${command}: ${applied} of ${plural(report.outcomes.length, 'change')} applied${ended}`;
  }
  if (!plan) return `pdactions ${command}${ended}`;
  return `pdactions ${command}: ${countKinds(changesOf(plan.plan)) || 'no changes'}`;
}

function isStopped({ plan, verdicts }: PlanFacts): boolean {
  return plan.refusals.length > 0 || verdicts.length > 0;
}

function overview({ plan, account }: PlanFacts, quote: Quoter): string {
  const { unchanged, unmanaged, services } = countPlan(plan);
  const where = account === null ? '' : ` in the account ${quote.code(account)}`;
  const rest = `${plural(services, 'service')}${where}: ${countKinds(changesOf(plan)) || 'nothing to change'}, ${unchanged} up to date, ${unmanaged} unmanaged, left alone.`;
  const hidden = plan.services.reduce((sum, service) => sum + service.writeOnly, 0);
  if (hidden === 0) return rest;
  return `${rest}\nHeader values are write-only: those of ${plural(hidden, 'action')} were not compared.`;
}

/** The obstacles of the plan. Guards count only if nothing is refused, as in the text. */
function stops({ plan, verdicts }: PlanFacts, quote: Quoter): Section[] {
  const refused = plan.refusals.flatMap(renderRefusal);
  const guarded = plan.refusals.length > 0 ? [] : verdicts.flatMap(renderVerdict);
  return [fencedSection([...refused, ...guarded], quote)];
}

function outcomes({ outcomes: all, duplicates, overfull, unchecked }: ReportView, quote: Quoter): Section {
  // Outcomes that need attention come first, so they are never omitted.
  const isGood = ({ status, unconfirmed }: OutcomeView): boolean => status === 'applied' && !unconfirmed;
  const [bad, good] = [all.filter((outcome) => !isGood(outcome)), all.filter(isGood)];
  const lines = [
    ...[...duplicates, ...overfull].flatMap(renderConflict),
    ...[...bad, ...good].flatMap((outcome) => renderOutcome(outcome, SENTENCES)),
    ...(unchecked ? [['! the changes could not be read back, so they are not confirmed']] : []),
  ];
  return fencedSection(lines, quote);
}

/** The changes by definition, as on a terminal; the services follow, folded. */
function grouped({ plan }: PlanFacts, quote: Quoter): Section {
  return fencedSection(renderGroups(plan).slice(0, -1), quote);
}

function changing({ plan }: PlanFacts, quote: Quoter): Section {
  const services = plan.services.filter(({ changes }) => changes.length > 0);
  return {
    count: services.length,
    blocks: lazily(services, (service) => renderServiceMarkdown(service, quote)),
    close: '\n',
    omission: (left) => {
      const hidden = services.slice(services.length - left).flatMap(({ changes }) => changes);
      return `**Left out here: ${plural(left, 'more service')} with ${plural(hidden.length, 'change')} (${countKinds(hidden)}).** The log has them.`;
    },
  };
}

/** Services without changes, but with unmanaged actions or a remark. */
function leftAlone({ plan }: PlanFacts, quote: Quoter): Section {
  const quiet = plan.services.filter(
    ({ changes, unmanaged, disabled }) => changes.length === 0 && unmanaged.length + disabled.length > 0,
  );
  const count = (list: (service: ServicePlan) => number): number =>
    quiet.reduce((sum, service) => sum + list(service), 0);
  const unmanaged = count((service) => service.unmanaged.length);
  const disabled = count((service) => service.disabled.length);
  const parts = [
    ...(unmanaged > 0 ? [`${plural(unmanaged, 'action')} left alone`] : []),
    ...(disabled > 0 ? [`${plural(disabled, 'action')} disabled`] : []),
  ];
  return {
    open: `<details><summary>On ${plural(quiet.length, 'other service')}: ${parts.join(', ')}</summary>\n\n`,
    count: quiet.length,
    blocks: lazily(quiet, (service) => {
      const rows = renderRest(service, quote).map((row) => `  ${row}\n`);
      return `- ${quote.code(service.service.name)} ${quote.code(service.service.id)}\n${rows.join('')}`;
    }),
    close: '\n</details>\n\n',
    omission: (left) => `Left out here: ${plural(left, 'more service')} on which nothing changes.`,
  };
}

function* lazily<T>(items: readonly T[], render: (item: T) => string): Iterable<string> {
  for (const item of items) yield render(item);
}

/** On a page, without codes for programs. */
const SENTENCES = { debugging: false };

function errorLines(error: unknown): Line[] {
  return error instanceof PdactionsError ? renderError(error, SENTENCES) : renderBug(error);
}

/** Lines as displayed on a terminal. */
function fencedSection(parts: readonly Line[], quote: Quoter): Section {
  const lines = parts.map((row) => quote.line(row));
  const fence = fenceOf(lines);
  return {
    open: `${fence}text\n`,
    count: lines.length,
    blocks: lazily(lines, (row) => `${row}\n`),
    close: `${fence}\n\n`,
    omission: (left) => `Left out here: ${plural(left, 'more line')}. The log has them.`,
  };
}
