/** Reads the labels of an action: the current one, and the former ones. */
import type { Template } from '../../core/action.ts';
import { fillText, isPerService } from '../../core/filling/template.ts';
import { type CheckedText, refuse } from '../check/check.ts';
import { checkLabel, foldLabel } from '../check/label.ts';
import { entryOf, flagOf, type Located, type Step } from '../parse/located.ts';
import { hasOtherReferences, labelParts } from '../secrets/service-reference.ts';
import type { Reading } from './reading.ts';
import { report, textEntry } from './texts.ts';

/** A sample service while no real one is known. */
export const SAMPLE = { name: 'service', id: 'PSERVICE' } as const;

export interface ReadLabel {
  readonly written: string;
  readonly at: number;
  readonly template: Template;
  /** Checks the label for one service, beside the others declared for it. */
  readonly judge: (label: string, others: readonly string[]) => CheckedText;
}

/** The label of an action; undefined without one, which was reported. */
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
      fix: 'Variables work only in `url` and in header values; a label can contain `${service.name}` and `${service.id}`.',
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

/** The former labels of an action. @param label the current one, as written */
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
      reading.problems.push({
        at: item.at,
        path: here,
        message: 'the former label is the same as the current one',
        fix: 'Remove it, or write the label that is still on PagerDuty.',
      });
    }
    return [readTemplate({ text: item.value, at: item.at }, here, reading)];
  });
}

function readTemplate(
  { text, at }: { readonly text: string; readonly at: number },
  path: readonly Step[],
  { problems }: Reading,
): Template {
  const parts = labelParts(text);
  for (const problem of parts.problems) problems.push({ ...problem, at, path });
  return parts.template;
}

/** The text if it is the same on all services; with references as written if not. */
export function commonText(template: Template, written: string): string {
  return isPerService(template) ? written : fillText(template, SAMPLE);
}
