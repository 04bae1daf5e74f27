/** What a responder will see, and what PagerDuty will send: shown before anything is written. */
import type { ActionSpec } from '../../core/action.ts';
import type { Plan, ServicePlan } from '../../core/plan.ts';
import { renderPlan, WRITE_ONLY } from '../../ui/render/plan.ts';
import { shownUrl } from '../../ui/text/mask-url.ts';
import { type Line, line, styled } from '../../ui/text/text.ts';

/** The preview of one action on the plan's services. `headerNames`: those it will send. */
export function previewLines(plan: Plan, spec: ActionSpec, headerNames: readonly string[]): Line[] {
  const where = plan.services.map(({ service }) => service.name).join(', ');
  return [
    line(),
    line(
      styled('muted', 'Button   '),
      styled('accent', `[ ${spec.label} ]`),
      ` on every incident of ${where}`,
    ),
    line(styled('muted', 'Request  '), `POST ${shownUrl(spec.url, spec.urlSource)}`),
    ...headerNames.map((name) => line(styled('muted', '         '), `${name}: ${WRITE_ONLY}`)),
    line(),
    ...plan.services.flatMap((service) => [
      ...renderPlan({ services: [{ ...service, unmanaged: [] }], refusals: [] }).slice(0, -1),
      ...besides(service),
      line(),
    ]),
  ];
}

/** What else stands on the service: the button will be one of these. */
function besides({ changes, live }: ServicePlan): Line[] {
  const changed = new Set(changes.flatMap((change) => ('id' in change ? [change.id] : [])));
  const others = [...live.own, ...live.shared].filter(({ id }) => !changed.has(id));
  if (others.length === 0) return [];
  return [line(styled('muted', `  beside ${others.map(({ label }) => label).join(', ')}`))];
}
