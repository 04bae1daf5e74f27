/** The obstacles of a plan, and the way out: refusals of the plan itself, and guards that need consent first. */
import type { GuardVerdict, MovedHeaders } from '../../core/guard.ts';
import type { Refusal } from '../../core/refusal.ts';
import { visibleJson } from '../text/json.ts';
import { plural } from '../text/plural.ts';
import { signed } from '../text/signs.ts';
import { type Line, line } from '../text/text.ts';
import { slotMap } from './slots.ts';

/** A refusal, and the way out. */
export function renderRefusal(refusal: Refusal): Line[] {
  const { service } = refusal;
  const head = (text: string): Line => line(signed('error', '✗ '), text);
  const hint = (text: string): Line => line(signed('accent', '    → '), text);
  switch (refusal.code) {
    case 'over-limit':
      return [
        head(
          `${service.name} (${service.id}) would have ${refusal.slots.length} custom incident actions; a service has 3 slots`,
        ),
        ...slotMap(refusal.slots).map((row) => line('    ', ...row)),
        hint(
          `${refusal.pruneHelps ? 'Turn on `prune` to delete unmanaged actions, or take' : 'Take'} an action out of ${askers(refusal).join(', ')}.`,
        ),
      ];
    case 'duplicate-label':
      return [
        head(
          `${service.name} (${service.id}) has \`${refusal.label}\` ${refusal.ids.length} times: ${refusal.ids.join(', ')}`,
        ),
        hint('Compare them with `pdactions show ID`, then remove one with `pdactions delete ID`.'),
      ];
    case 'ambiguous-rename':
      return [
        head(
          `${service.name} (${service.id}) does not show which action became \`${refusal.label}\`: ${refusal.candidates.map(({ id, label }) => `${label} (${id})`).join(', ')}`,
        ),
        hint(
          'Leave one label in `renamedFrom` (none, if it has been renamed already), or delete the other action first.',
        ),
      ];
    case 'look-alike':
      return [
        head(
          `${service.name} (${service.id}) has an action with the same URL whose label only looks like \`${refusal.label}\`: ${visibleJson(refusal.stored)} (${refusal.id})`,
        ),
        hint(
          `If it is the same button, add \`"renamedFrom": ${visibleJson(refusal.stored)}\` to \`${refusal.key}\`, or write its \`label\` as it is stored.`,
        ),
      ];
    case 'unfit': {
      const { key, field, why, fix, place } = refusal;
      return [
        head(`${service.name} (${service.id}) cannot carry \`${key}\` with its ${field} filled in: ${why}`),
        line(`    ${place.file}:${place.line}:${place.column}`),
        hint(fix),
      ];
    }
    case 'same-label-twice':
      return [
        head(
          `${service.name} (${service.id}) is to carry \`${refusal.label}\` twice: by ${refusal.keys.map((key) => `\`${key}\``).join(' and ')}`,
        ),
        ...(refusal.asked ?? []).map(({ key, selector, place }) =>
          line(`    ${place.file}:${place.line} \`${selector}\` asks for \`${key}\``),
        ),
        hint('Give one of the two another label, or select only one for this service.'),
      ];
  }
}

/** The selectors that fill a service, with the lines they stand on where those are known: several files may be involved. */
function askers({
  selectors,
  asked = [],
}: Extract<Refusal, { readonly code: 'over-limit' }>): readonly string[] {
  const placed = asked.map(({ selector, place }) => `\`${selector}\` (${place.file}:${place.line})`);
  return placed.length > 0 ? [...new Set(placed)] : selectors.map((text) => `\`${text}\``);
}

/** A guard that stops the run, with the numbers and the flag. */
export function renderVerdict(verdict: GuardVerdict): Line[] {
  if (verdict.guard === 'allow-empty') {
    const text = `the config declares nothing for these services, so ${plural(verdict.deletes, 'action')} would be deleted and nothing would be left`;
    return [
      line(signed('error', '✗ '), text),
      line(signed('accent', '    → '), 'If that is meant, add `--allow-empty`.'),
    ];
  }
  if (verdict.guard === 'keep-headers') return renderKeepHeaders(verdict.actions);
  const { deletes, limit, inScope } = verdict;
  return [
    line(
      signed('error', '✗ '),
      `${plural(deletes, 'delete')}; without a word the limit is ${limit} (of ${inScope} in scope)`,
    ),
    line(signed('accent', '    → '), `If that is meant, add \`--max-deletes ${deletes}\`.`),
  ];
}

function renderKeepHeaders(actions: readonly MovedHeaders[]): Line[] {
  return [
    line(
      signed('error', '✗ '),
      `stored headers of ${plural(actions.length, 'action')} would be sent to another host, and the config does not mention them`,
    ),
    ...actions.map(({ id, label, service, headers }) =>
      line(`    ${label} on ${service.name}  ${id}: ${headers.join(', ')}`),
    ),
    line(
      signed('accent', '    → '),
      'Declare the headers (`{}` removes them), or add `--keep-headers` if the new host may have them.',
    ),
  ];
}
