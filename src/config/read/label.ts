/** Reads the labels of an action: the one that it has, and those that it had. */
import type { Template } from '../../core/action.ts';
import { fillText, isPerService } from '../../core/filling/template.ts';
import { type Check, refuse } from '../check/check.ts';
import { checkLabel, foldLabel } from '../check/label.ts';
import { entryOf, flagOf, type Located, type Step } from '../parse/located.ts';
import { hasOtherReferences, labelParts } from '../secrets/service-reference.ts';
import type { Reading } from './reading.ts';
import { report, textEntry } from './texts.ts';

/** Stands for a service while no service is known. */
export const SAMPLE = { name: 'service', id: 'PSERVICE' } as const;

export interface ReadLabel {
  readonly written: string;
  readonly at: number;
  readonly template: Template;
  /** Judges the label of one service, beside the others that the service is to carry. */
  readonly judge: (label: string, others: readonly string[]) => Check;
}

/** The label of an action; undefined where it has none, which has been said. */
export function readLabel(node: Located, path: readonly Step[], reading: Reading): ReadLabel | undefined {
  const entry = textEntry(node, 'label');
  if (entry === undefined) return undefined;
  const here = [...path, 'label'];
  const template = readTemplate(entry, here, reading);
  const options = { allowUnicodeControls: flagOf(node, 'allowUnicodeControls') };
  const sample = fillText(template, SAMPLE);
  report(checkLabel(sample, options), entry.at, here, reading);
  if (hasOtherReferences(entry.text)) {
    reading.warnings.push({
      at: entry.at,
      path: here,
      message: '`${...}` is not expanded in a label',
      fix: 'Variables work in `url` and in the values of `headers` only; `${service.name}` and `${service.id}` here, too.',
    });
  }
  const judge: ReadLabel['judge'] = (label, others) => {
    const folded = foldLabel(label);
    const alike = others.find((other) => other !== label && foldLabel(other) === folded);
    if (alike === undefined) return checkLabel(label, options);
    return refuse(
      'another action of the service has a label that looks the same',
      'Make the two labels clearly different, or select only one of the actions for this service.',
    );
  };
  return { written: entry.text, at: entry.at, template, judge };
}

/** The labels that an action used to have. @param label the one that it has now, as written */
export function readFormerLabels(
  node: Located,
  label: string,
  path: readonly Step[],
  reading: Reading,
): readonly Template[] {
  const here = [...path, 'renamedFrom'];
  const value = entryOf(node, 'renamedFrom')?.value;
  const items = value?.kind === 'list' ? value.items : value === undefined ? [] : [value];
  return items.flatMap((item) => {
    if (item.kind !== 'scalar' || typeof item.value !== 'string') return [];
    if (item.value === label) {
      reading.faults.push({
        at: item.at,
        path: here,
        message: 'the former label is the label that it has now',
        fix: 'Remove it, or write the label that PagerDuty still has.',
      });
    }
    return [readTemplate({ text: item.value, at: item.at }, here, reading)];
  });
}

function readTemplate(
  { text, at }: { readonly text: string; readonly at: number },
  path: readonly Step[],
  { faults }: Reading,
): Template {
  const parts = labelParts(text);
  for (const fault of parts.faults) faults.push({ ...fault, at, path });
  return parts.template;
}

/** The text where it is the same on all services; with references as written where it is not. */
export function commonText(template: Template, written: string): string {
  return isPerService(template) ? written : fillText(template, SAMPLE);
}
