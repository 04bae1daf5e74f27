/** A plan in one line, and the unknown parts: the counts that end every form of it. */
import type { ChangeKind, Plan, ServicePlan } from '../../../core/plan.ts';
import { plural } from '../../text/plural.ts';
import { type Line, line, styled } from '../../text/text.ts';

/** The number of each kind: the plan's last line. */
export interface PlanCounts {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  readonly enable: number;
  readonly unchanged: number;
  readonly unmanaged: number;
  readonly services: number;
}

/** Counts the changes of a plan, and the unmanaged actions. */
export function countPlan(plan: Plan): PlanCounts {
  const sum = (of: (service: ServicePlan) => number): number => plan.services.reduce((n, s) => n + of(s), 0);
  const kinds = (kind: ChangeKind): number =>
    sum(({ changes }) => changes.filter((change) => change.kind === kind).length);
  return {
    create: kinds('create'),
    update: kinds('update'),
    delete: kinds('delete'),
    enable: kinds('enable'),
    unchanged: sum(({ unchanged }) => unchanged.length),
    unmanaged: sum(({ unmanaged }) => unmanaged.length),
    services: plan.services.length,
  };
}

/** The actions that stay as they are, and their services. Omits zero counts, unless the line would be empty. */
function renderRest({ unchanged, unmanaged, services }: PlanCounts, idle: boolean): string {
  return [
    ...(unchanged > 0 || (idle && unmanaged === 0) ? [`${unchanged} up to date`] : []),
    ...(unmanaged > 0 ? [`${unmanaged} unmanaged, left alone`] : []),
    `on ${plural(services, 'service')}`,
  ].join(', ');
}

/** `No changes.`, or the changes, and the unknown parts. */
export function renderCounts(plan: Plan): Line[] {
  const counts = countPlan(plan);
  const work = (['update', 'create', 'delete', 'enable'] as const).filter((kind) => counts[kind] > 0);
  const rest = renderRest(counts, work.length === 0);
  const lines =
    work.length === 0
      ? [line(styled('ok', 'No changes.'), styled('muted', ` ${rest}.`))]
      : [
          line(
            styled('strong', 'Plan: '),
            work.map((kind) => `${counts[kind]} to ${kind}`).join(', '),
            styled('muted', `${rest.startsWith('on ') ? ', ' : '; '}${rest}.`),
          ),
        ];
  const untouched = plan.services.reduce((sum, service) => sum + service.untouchedHeaders.length, 0);
  if (untouched > 0) {
    const text = `Headers of ${plural(untouched, 'action')} are not in the config and stay unchanged.`;
    lines.push(line(styled('muted', text)));
  }
  const writeOnly = plan.services.reduce((sum, service) => sum + service.writeOnly, 0);
  if (writeOnly > 0) {
    const text = `Header values are write-only: those of ${plural(writeOnly, 'action')} were not compared; to send them again, use \`--rotate-secrets\`.`;
    lines.push(line(styled('muted', text)));
  }
  return lines;
}
