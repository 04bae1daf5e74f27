/** The parts of a definition that differ from service to service. */
import type { ActionSpec, Objection, PerService, ServiceRef, Template } from '../../core/action.ts';
import { isPerService } from '../../core/filling/template.ts';
import { type CheckedText, refuse } from '../check/check.ts';
import type { ReadLabel } from './label.ts';
import type { Reading } from './reading.ts';
import type { ReadUrl } from './url.ts';

/** The label for comparisons: a text that only looks like a reference to the service remains text. */
export function comparedLabel({ label, perService }: ActionSpec): string {
  return perService && isPerService(perService.label) ? `\u0000${label}` : label;
}

/** The parts of a definition with references to the service; nothing without any. */
export function perServiceOf(
  label: ReadLabel | undefined,
  url: ReadUrl | undefined,
  former: readonly Template[],
  { source }: Reading,
): Pick<ActionSpec, 'perService'> {
  const templates = [label?.template ?? [], url?.template ?? [], ...former];
  if (!templates.some(isPerService)) return {};
  const objectTo: PerService['objectTo'] = (filled, service, others) => {
    const about = (field: Objection['field'], at: number, check: CheckedText): Objection[] =>
      check.ok ? [] : [{ field, message: check.message, fix: check.fix, place: source.placeAt(at) }];
    return [
      ...(label
        ? about('label', label.at, checkName(label.template, service) ?? label.judge(filled.label, others))
        : []),
      ...(url ? about('url', url.at, checkName(url.template, service) ?? url.judge(filled.url)) : []),
    ];
  };
  return {
    perService: {
      label: label?.template ?? [],
      url: url?.template ?? [],
      urlSource: url?.sourceTemplate,
      renamedFrom: former,
      written: { label: label?.written ?? '', url: url?.urlSource ?? url?.url ?? '' },
      objectTo,
    },
  };
}

/** An empty or invalid name would leave a hole, or be another name. */
function checkName(template: Template, { name }: ServiceRef): CheckedText | undefined {
  const isUsed = template.some((part) => typeof part !== 'string' && part.service === 'name');
  if (!isUsed || (name.trim() !== '' && name.isWellFormed())) return undefined;
  return refuse('the service has no usable name', 'Use `${service.id}` instead.');
}
