/** Annotates the lines of a config with problems that only PagerDuty reveals. */
import type { Config, Place } from '../../config/config.ts';
import type { ActionSpec, ServiceRef } from '../../core/action.ts';
import { filledFor } from '../../core/filling/fill.ts';
import type { Refusal } from '../../core/refusal.ts';
import type { Problem, RefusedError } from '../../errors.ts';
import { annotateProblems } from '../../ui/render/github/annotations.ts';
import { renderRefusal } from '../../ui/render/refusal.ts';
import { plain } from '../../ui/text/text.ts';
import type { Context } from '../context.ts';

/** Annotates every obstacle to the plan that has a line in the config. */
export function annotateRefusals(
  context: Pick<Context, 'io' | 'env' | 'cwd'>,
  config: Config,
  refusals: readonly Refusal[],
): void {
  const problems = refusals.flatMap((refusal) => {
    const [head = [], ...rest] = renderRefusal(refusal);
    // Each line begins with its mark or its indentation. A remark in one file must name the place in the other.
    const text = { message: plain(head.slice(1)), fix: rest.map((row) => plain(row).trim()).join('\n') };
    return placesOf(refusal, config).map((place): Problem => ({ ...place, path: '', ...text }));
  });
  annotateProblems(context.io, problems, 'error', context);
}

/** Annotates selectors that match nothing, or too much: the error names their places, and has a line for each. */
export function annotateSelectors(
  context: Pick<Context, 'io' | 'env' | 'cwd'>,
  config: Config,
  error: RefusedError,
): void {
  const lines = error.details.length > 0 ? error.details : [error.message];
  const problems = config.selections.flatMap(({ place }) => {
    const start = `${place.file}:${place.line}:${place.column}: `;
    const annotated = lines.find((text) => text.startsWith(start));
    return annotated === undefined ? [] : [{ ...place, path: '', message: annotated.slice(start.length) }];
  });
  annotateProblems(context.io, problems, 'error', context);
}

/** The lines whose requests cannot be met. Several requests can share a line; each line counts once. */
function placesOf(refusal: Refusal, { actions, selections }: Config): readonly Place[] {
  const asked = 'asked' in refusal ? (refusal.asked ?? []).map(({ place }) => place) : [];
  if (asked.length > 0) {
    return [...new Map(asked.map((place) => [`${place.file}:${place.line}`, place])).values()];
  }
  switch (refusal.code) {
    case 'over-limit':
      return selections
        .filter(({ selector }) => refusal.selectors.includes(selector.text))
        .map(({ place }) => place);
    case 'unfit':
      return [refusal.place];
    case 'same-label-twice':
      return [...actions].filter(([key]) => refusal.keys.includes(key)).map(([, { place }]) => place);
    case 'look-alike':
      return [...actions].filter(([key]) => key === refusal.key).map(([, { place }]) => place);
    case 'duplicate-label':
    case 'ambiguous-rename':
      return [...actions.values()].filter(declares(refusal)).map(({ place }) => place);
  }
}

/** True if an action has the label of a refusal, on its service if the label differs from service to service. */
function declares({ label, service }: { readonly label: string; readonly service: ServiceRef }) {
  return (action: ActionSpec): boolean => filledFor(action, service).label === label;
}
