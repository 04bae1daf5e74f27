/** PagerDuty's version of a write, for users: stored differently, headers dropped, or not stored at all. */
import type { LiveAction } from '../../core/action.ts';
import type { FieldDiff } from '../../core/diff.ts';
import type { Change } from '../../core/plan.ts';
import type { Unkept } from '../../core/stored.ts';
import { safeJsonText } from '../text/json.ts';
import { maskUrl } from '../text/mask-url.ts';
import { signed } from '../text/signs.ts';
import { type Line, line } from '../text/text.ts';

/** The part of an outcome about the differences between stored and sent values. */
export interface StoredView {
  readonly change: Change;
  readonly id?: string | undefined;
  readonly stored?: LiveAction | null | undefined;
  /** For an outcome that differs: `before` is PagerDuty's value. For one that was not kept: names of fields. */
  readonly fields?: readonly (FieldDiff | Unkept)[] | undefined;
  readonly lost?: readonly string[] | undefined;
}

/** Names of the differing fields, for documents. */
export function fieldNames({ fields = [] }: StoredView): Unkept[] {
  return fields.map((field) => (typeof field === 'string' ? field : field.field));
}

/** One line for each difference, each with its next step. */
export function renderStored(view: StoredView): Line[] {
  const { fields = [], lost = [], id = '' } = view;
  const unkept = fields.filter((field) => typeof field === 'string');
  return [
    ...fields.flatMap((field) => (typeof field === 'string' ? [] : renderDifference(field))),
    ...(lost.length > 0 ? renderLost(id, lost) : []),
    ...(unkept.length > 0 ? renderUnkept(view, unkept) : []),
  ];
}

function renderDifference(diff: FieldDiff): Line[] {
  switch (diff.field) {
    case 'label':
      return [
        said('stored the label as ', quoted(diff.before)),
        next(`In the config, write "label": ${quoted(diff.before)}`),
      ];
    case 'url':
      return renderUrl(diff.before, diff.after);
    case 'headers':
      return [
        ...diff.added.map((name) => said('did not store the header ', name)),
        ...diff.removed.map((name) => said('kept the header ', name, ', which the change removes')),
        next('Delete the action and create it again to be sure of its headers.'),
      ];
    case 'secrets':
      return [
        said('shows a different fingerprint of the header values than the one sent'),
        next('Send them again with `--rotate-secrets`.'),
      ];
  }
}

function renderUrl(stored: string | null, sent: string): Line[] {
  if (stored === null) return [said('stored no endpoint'), next('Run the same command again.')];
  const shown = quoted(maskUrl(stored));
  if (maskUrl(stored) !== stored || maskUrl(sent) === maskUrl(stored)) {
    return [
      said('stored the endpoint as ', shown, ', which also differs in parts that are not shown here'),
      next('Compare it with the action in PagerDuty, and write the stored form in the config.'),
    ];
  }
  return [said('stored the endpoint as ', shown), next(`In the config, write "url": ${shown}`)];
}

function renderLost(id: string, names: readonly string[]): Line[] {
  const flags = names.map((name) => `--header-env ${name}=VARIABLE`).join(' ');
  return [
    said('dropped headers that the change does not mention: ', names.join(', ')),
    next(`Set them again with \`pdactions update ${id} ${flags}\`, or declare them in the config.`),
  ];
}

const NAMES: Readonly<Record<Unkept, string>> = {
  label: 'the old label',
  url: 'the old endpoint',
  headers: 'the old headers',
  secrets: 'the old fingerprint',
  disabled: 'it as disabled',
  action: 'it',
};

function renderUnkept({ change, id = '', stored }: StoredView, fields: readonly Unkept[]): Line[] {
  const what = stored
    ? `still shows ${fields.map((name) => NAMES[name]).join(', ')}`
    : `shows no action ${id}`;
  return [
    line(`    PagerDuty reported success, but ${what}`),
    next(
      `The token may lack the right to ${change.kind} actions of this service: this takes a Manager, Global Admin or Account Owner, or a Manager of its team. Check whose token it is, then run the same command again.`,
    ),
  ];
}

function said(...parts: readonly string[]): Line {
  return line('    PagerDuty ', ...parts);
}

function next(text: string): Line {
  return line(signed('accent', '    → '), text);
}

/** As JSON, so that blanks and invisible characters can be seen and copied. */
function quoted(text: string): string {
  return safeJsonText(JSON.stringify(text));
}
