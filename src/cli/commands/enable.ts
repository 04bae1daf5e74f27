import type { LiveAction } from '../../core/action.ts';
import type { Change } from '../../core/plan.ts';
import { withState } from '../../engine/with-state.ts';
import { UsageError } from '../../errors.ts';
import { plural } from '../../ui/text/plural.ts';
import { line, styled } from '../../ui/text/text.ts';
import { expectWritable, findActions, whyNotWritable } from '../ask/find-action.ts';
import { isMoreThanNamed, previewAndAsk, writableAmong } from '../ask/on-many.ts';
import { pickActions } from '../ask/pick-actions.ts';
import { addServiceOption, servicesFor } from '../ask/selectors.ts';
import { type CommandSpec, WRITING } from '../command.ts';
import type { CanFind, CanWrite, Context } from '../context.ts';
import { applyAndShow, showDryRun, showNoChanges } from '../plan/apply-changes.ts';
import { planOf } from '../plan/manual-plan.ts';
import { checkFormat } from '../show/show-document.ts';

export interface EnableOptions {
  readonly service?: readonly string[] | undefined;
  readonly allDisabled?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

export const spec: CommandSpec = {
  name: 'enable',
  summary: 're-enable actions that PagerDuty has disabled',
  group: 'change',
  rank: 4,
  scopes: WRITING,
  takes: 'actions',
  uses: ['pagerduty', 'result', 'confirmation'],
  examples: ['enable PIJ90N7', 'enable --all-disabled --service "web-*"'],
  define(command, context) {
    addServiceOption(
      command.argument('[actions...]', 'ids or labels of the actions; prompts if omitted'),
      'the services to look on; a label selects the action on each of them (repeatable)',
    )
      .option('--all-disabled', 'every disabled action, on all services or those of --service')
      .option('--dry-run', 'show what would be re-enabled without re-enabling it')
      .action((actions: string[], options: EnableOptions) => runEnable(context(), actions, options));
  },
};

/** Re-enables actions that PagerDuty has disabled (fact 41). */
export async function runEnable(
  context: CanWrite & CanFind,
  texts: readonly string[],
  options: EnableOptions,
): Promise<void> {
  const { io } = context;
  checkFormat(context);
  const asks = texts.length === 0 && !options.allDisabled && io.canPrompt;
  if (!asks && (texts.length === 0) === !options.allDisabled) {
    throw new UsageError('enable needs either the ids or labels of actions, or `--all-disabled`', {
      hint: 'Run `pdactions list --disabled` to see which ones are disabled.',
    });
  }
  const chosen = await candidates(context, texts, options);
  const isMany = options.allDisabled === true || isMoreThanNamed(chosen, texts);
  sayOfEnabled(
    context,
    chosen.filter(({ disabled }) => disabled === false),
    isMany,
  );
  const wanted = chosen.filter(({ disabled }) => disabled !== false);
  const writable = isMany ? writableAmong(context, wanted) : wanted;
  const skipped = wanted.filter((action) => !writable.includes(action));
  const extra = options.allDisabled ? { skipped: skipped.map(skippedDocument) } : {};
  const changes = writable.map(
    (before): Change => ({ kind: 'enable', service: expectWritable(before), id: before.id, before }),
  );
  if (changes.length === 0) {
    const why = skipped.length > 0 ? 'No other action is disabled.' : 'No action is disabled.';
    return showNoChanges(context, 'enable', why, extra);
  }
  const readAt = context.clock.now();
  const plan = await planOf(await context.store(), changes);
  if (options.dryRun) return showDryRun(context, 'enable', plan);
  const question = `Re-enable ${plural(changes.length, 'action')}?`;
  if (isMany) await previewAndAsk(context, plan, { question, command: 'enable' });
  await applyAndShow(context, 'enable', plan, readAt, extra);
}

function sayOfEnabled({ io }: Pick<Context, 'io'>, enabled: readonly LiveAction[], isMany: boolean): void {
  const texts = isMany
    ? [`Skipped ${plural(enabled.length, 'action')}, not disabled.`].filter(() => enabled.length > 0)
    : enabled.map(({ label, id }) => `${label} (${id}) is not disabled.`);
  for (const text of texts) io.say(line(styled('muted', text)));
}

/** An action that `--all-disabled` leaves disabled, with the reason. */
function skippedDocument(action: LiveAction) {
  const { id, label, services } = action;
  return { id, label, services, why: whyNotWritable(action) };
}

async function candidates(
  context: CanFind,
  texts: readonly string[],
  { service, allDisabled }: EnableOptions,
): Promise<readonly LiveAction[]> {
  const store = await context.store();
  if (!allDisabled && texts.length === 0) {
    return pickActions(context, service ?? [], {
      message: 'Which actions do you want to re-enable?',
      among: ({ disabled }) => disabled === true,
    });
  }
  if (!allDisabled) {
    const matches = await findActions(context, texts, {
      services: service ?? [],
      verb: 'enable',
      several: true,
      onEach: 'selected',
    });
    return withState(store, matches);
  }
  const known = await context.activity.while('reading actions', async () =>
    withState(store, await store.actions(service ? await servicesFor(store, service) : 'all')),
  );
  return known.filter(({ disabled }) => disabled);
}
