/** The obstacles of a plan, each with its fix: refusals of the plan itself, and guards that need consent first. */
import type { GuardVerdict, MovedHeaders } from '../../core/guard.ts';
import type { Refusal } from '../../core/refusal.ts';
import { visibleJson } from '../text/json.ts';
import { plural } from '../text/plural.ts';
import { signed } from '../text/signs.ts';
import { type Line, line } from '../text/text.ts';
import { slotMap } from './plan/slots.ts';

/** A refusal with one code. */
type RefusalOf<Code extends Refusal['code']> = Extract<Refusal, { readonly code: Code }>;

/** A refusal, with its fix. */
export function renderRefusal(refusal: Refusal): Line[] {
  switch (refusal.code) {
    case 'over-limit':
      return renderOverLimit(refusal);
    case 'duplicate-label':
      return renderDuplicate(refusal);
    case 'ambiguous-rename':
      return renderAmbiguous(refusal);
    case 'look-alike':
      return renderLookAlike(refusal);
    case 'unfit':
      return renderUnfit(refusal);
    case 'same-label-twice':
      return renderTwice(refusal);
  }
}

function renderOverLimit(refusal: RefusalOf<'over-limit'>): Line[] {
  const { slots, pruneHelps } = refusal;
  const take = pruneHelps ? 'Turn on `prune` to delete unmanaged actions, or take' : 'Take';
  return [
    head(refusal, `would have ${slots.length} custom incident actions; a service has 3 slots`),
    ...slotMap(slots).map((row) => line('    ', ...row)),
    hint(`${take} an action out of ${askers(refusal).join(', ')}.`),
  ];
}

function renderDuplicate(refusal: RefusalOf<'duplicate-label'>): Line[] {
  const { label, ids } = refusal;
  return [
    head(refusal, `has \`${label}\` ${ids.length} times: ${ids.join(', ')}`),
    hint('Compare them with `pdactions show ID`, then remove one with `pdactions delete ID`.'),
  ];
}

function renderAmbiguous(refusal: RefusalOf<'ambiguous-rename'>): Line[] {
  const candidates = refusal.candidates.map(({ id, label }) => `${label} (${id})`).join(', ');
  return [
    head(refusal, `does not show which action became \`${refusal.label}\`: ${candidates}`),
    hint(
      'Leave one label in `renamedFrom` (none, if it has been renamed already), or delete the other action first.',
    ),
  ];
}

function renderLookAlike(refusal: RefusalOf<'look-alike'>): Line[] {
  const { key, label, id } = refusal;
  const stored = visibleJson(refusal.stored);
  return [
    head(
      refusal,
      `has an action with the same URL whose label only looks like \`${label}\`: ${stored} (${id})`,
    ),
    hint(
      `If it is the same button, add \`"renamedFrom": ${stored}\` to \`${key}\`, or use the stored \`label\`.`,
    ),
  ];
}

function renderUnfit(refusal: RefusalOf<'unfit'>): Line[] {
  const { key, field, why, fix, place } = refusal;
  return [
    head(refusal, `cannot use \`${key}\` with its ${field} filled in: ${why}`),
    line(`    ${place.file}:${place.line}:${place.column}`),
    hint(fix),
  ];
}

function renderTwice(refusal: RefusalOf<'same-label-twice'>): Line[] {
  const { label, keys, asked = [] } = refusal;
  return [
    head(refusal, `would have \`${label}\` twice, from ${keys.map((key) => `\`${key}\``).join(' and ')}`),
    ...asked.map(({ key, selector, place }) =>
      line(`    ${place.file}:${place.line} \`${selector}\` lists \`${key}\``),
    ),
    hint('Give one of them another label, or select only one for this service.'),
  ];
}

function head({ service }: Refusal, what: string): Line {
  return obstacle(`${service.name} (${service.id}) ${what}`);
}

function obstacle(text: string): Line {
  return line(signed('error', '✗ '), text);
}

function hint(text: string): Line {
  return line(signed('accent', '    → '), text);
}

/** The selectors that fill a service, with their lines if known: several files may be involved. */
function askers({ selectors, asked = [] }: RefusalOf<'over-limit'>): readonly string[] {
  const placed = asked.map(({ selector, place }) => `\`${selector}\` (${place.file}:${place.line})`);
  return placed.length > 0 ? [...new Set(placed)] : selectors.map((text) => `\`${text}\``);
}

/** A violated guard, with the numbers and the flag. */
export function renderVerdict(verdict: GuardVerdict): Line[] {
  if (verdict.guard === 'allow-empty') {
    const text = `the config declares nothing for these services, so ${plural(verdict.deletes, 'action')} would be deleted and none would be left`;
    return [obstacle(text), hint('Add `--allow-empty` to confirm.')];
  }
  if (verdict.guard === 'keep-headers') return renderKeepHeaders(verdict.actions);
  const { deletes, limit, inScope } = verdict;
  return [
    obstacle(
      `${plural(deletes, 'delete')}, more than the limit of ${limit} (${plural(inScope, 'action')} in scope)`,
    ),
    hint(`Add \`--max-deletes ${deletes}\` to confirm.`),
  ];
}

function renderKeepHeaders(actions: readonly MovedHeaders[]): Line[] {
  return [
    obstacle(
      `stored headers of ${plural(actions.length, 'action')} would be sent to another host, and the config does not mention them`,
    ),
    ...actions.map(({ id, label, service, headers }) =>
      line(`    ${label} on ${service.name}  ${id}: ${headers.join(', ')}`),
    ),
    hint('Declare the headers (`{}` removes them), or pass `--keep-headers` if the new host may have them.'),
  ];
}
