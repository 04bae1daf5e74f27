/** Orders renames so that no label exists twice at any moment. */

interface Relabelling {
  readonly before: { readonly label: string };
  readonly after: { readonly label: string };
}

/**
 * Orders the updates of one service: an action that gives up a label comes before the one that gets it.
 * @param inTwoSteps splits an update if labels form a cycle: the first step sets a temporary label
 */
export function inRenameOrder<Update extends Relabelling>(
  updates: readonly Update[],
  inTwoSteps: (update: Update) => readonly [Update, Update],
): Update[] {
  const givers = new Map(
    updates
      .filter(({ before, after }) => before.label !== after.label)
      .map((update) => [update.before.label, update]),
  );
  if (givers.size < 2) return [...updates];
  const ordered: Update[] = [];
  const last = new Map<Update, Update>();
  const waiting = new Set<Update>();
  const done = new Set<Update>();
  const visit = (update: Update): void => {
    if (done.has(update)) return;
    waiting.add(update);
    const giver = givers.get(update.after.label);
    if (giver && giver !== update && waiting.has(giver) && !done.has(giver)) {
      const [first, second] = inTwoSteps(giver);
      ordered.push(first);
      last.set(giver, second);
    } else if (giver && giver !== update) visit(giver);
    done.add(update);
    ordered.push(last.get(update) ?? update);
  };
  for (const update of updates) visit(update);
  return ordered;
}
