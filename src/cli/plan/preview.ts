/** Shows the future button, and the request that PagerDuty will send, before anything is written. */
import type { ActionSpec } from '../../core/action.ts';
import type { Plan, ServicePlan } from '../../core/plan.ts';
import { renderPlan, WRITE_ONLY } from '../../ui/render/plan/plan.ts';
import { displayWidth } from '../../ui/render/width.ts';
import { shownUrl } from '../../ui/text/mask-url.ts';
import { type Line, line, plain, type Span, styled } from '../../ui/text/text.ts';

/** The preview of one action on the plan's services. `headerNames`: those it will send; `width`: the available columns. */
export function previewLines(
  plan: Plan,
  spec: ActionSpec,
  headerNames: readonly string[],
  width: number,
): Line[] {
  const names = plan.services.map(({ service }) => service.name);
  const button = line(styled('muted', 'Button   '), styled('accent', `[ ${spec.label} ]`));
  return [
    line(),
    ...fitting([...button, ' on every incident of '], names, width),
    line(styled('muted', 'Request  '), `POST ${shownUrl(spec.url, spec.urlSource)}`),
    ...headerNames.map((name) => line(styled('muted', '         '), `${name}: ${WRITE_ONLY}`)),
    line(),
    ...plan.services.flatMap((service) => [
      ...renderPlan({ services: [{ ...service, unmanaged: [] }], refusals: [] }).slice(0, -1),
      ...besides(service, width),
      line(),
    ]),
  ];
}

/** The other actions of the service: the button will be one of these. */
function besides({ changes, live }: ServicePlan, width: number): Line[] {
  const changed = new Set(changes.flatMap((change) => ('id' in change ? [change.id] : [])));
  const others = [...live.writable, ...live.shared].filter(({ id }) => !changed.has(id));
  if (others.length === 0) return [];
  const labels = others.map(({ label }) => styled('muted', label));
  return fitting(line(styled('muted', '  beside ')), labels, width);
}

/** The parts after the lead on its line if they fit, else one a line below it. */
function fitting(lead: Line, pieces: readonly (string | Span)[], width: number): Line[] {
  const joined = pieces.flatMap((piece, index) => (index === 0 ? [piece] : [styled('muted', ', '), piece]));
  const whole = [...lead, ...joined];
  if (pieces.length === 1 || displayWidth(plain(whole)) <= width) return [whole];
  return [lead, ...pieces.map((piece) => line('         ', piece))];
}
