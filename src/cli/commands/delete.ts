import { isOrphan, type LiveAction, NO_SERVICE, type Service } from '../../core/action.ts';
import { checkGuards } from '../../core/guard.ts';
import type { Change } from '../../core/plan.ts';
import { UsageError } from '../../errors.ts';
import { plural } from '../../ui/text/plural.ts';
import { line, styled } from '../../ui/text/text.ts';
import { confirm } from '../ask/confirm.ts';
import { expectWritable, findActions, whyNotWritable } from '../ask/find-action.ts';
import { expectUnguarded, isMoreThanNamed, previewAndAsk, writableAmong } from '../ask/on-many.ts';
import { pickActions } from '../ask/pick-actions.ts';
import { addServiceOption, servicesFor } from '../ask/selectors.ts';
import { type CommandSpec, WRITING } from '../command.ts';
import type { CanConfirm, CanFind, CanWrite, Context } from '../context.ts';
import { wholeNumber } from '../options.ts';
import { applyAndShow, showDryRun, showNoChanges } from '../plan/apply-changes.ts';
import { planOf } from '../plan/manual-plan.ts';
import { checkFormat } from '../show/show-document.ts';

export interface DeleteOptions {
  readonly service?: readonly string[] | undefined;
  readonly dryRun?: boolean | undefined;
  readonly maxDeletes?: number | undefined;
}

export const spec: CommandSpec = {
  name: 'delete',
  summary: 'delete actions',
  group: 'change',
  rank: 3,
  scopes: WRITING,
  takes: 'actions',
  uses: ['pagerduty', 'result', 'confirmation'],
  examples: ['delete', 'delete PIJ90N7 --yes', 'delete "Restart Server" --service "web-*"'],
  define(command, context) {
    addServiceOption(
      command.argument('[actions...]', 'ids or labels of the actions; prompts if omitted'),
      'the services to delete from; a label selects the action on each of them (repeatable)',
    )
      .option('--dry-run', 'show what would be deleted without deleting it')
      .option('--max-deletes <n>', 'allow up to N deletes by label', wholeNumber(0, 1_000_000))
      .action((actions: string[], options: DeleteOptions) => runDelete(context(), actions, options));
  },
};

/** Deletes actions, after confirmation. PagerDuty cannot undo it (fact 30). */
export async function runDelete(
  context: CanWrite & CanFind,
  texts: readonly string[],
  options: DeleteOptions,
): Promise<void> {
  const { io } = context;
  checkFormat(context);
  if (texts.length === 0 && !io.canPrompt) {
    throw new UsageError('delete needs the ids or labels of actions', {
      hint: 'Run `pdactions list` to see them.',
    });
  }
  const actions = await actionsFor(context, texts, options.service ?? []);
  if (actions.length === 0) {
    io.say(line('No action was chosen; nothing was deleted.'));
    return;
  }
  const isMany = isMoreThanNamed(actions, texts);
  const changes = (isMany ? writableAmong(context, actions, true) : actions).map(deleteOf);
  if (changes.length === 0) return showNoChanges(context, 'delete', 'None of them can be deleted.');
  const readAt = context.clock.now();
  const plan = await planOf(await context.store(), changes, isMany ? await scopeOf(context, options) : []);
  // Actions found by a label are guarded like in a sync: by their share of the services' actions.
  const verdicts = isMany ? checkGuards(plan, { maxDeletes: options.maxDeletes, allowEmpty: true }) : [];
  if (options.dryRun) {
    await showDryRun(context, 'delete', plan);
    return expectUnguarded(verdicts);
  }
  const question = `Delete ${plural(changes.length, 'action')} for good?`;
  if (isMany) await previewAndAsk(context, plan, { question, command: 'delete', verdicts });
  else await listAndAsk(context, changes, question);
  await applyAndShow(context, 'delete', plan, readAt);
}

async function scopeOf(
  context: Pick<Context, 'store'>,
  { service }: DeleteOptions,
): Promise<readonly Service[]> {
  return service ? servicesFor(await context.store(), service) : [];
}

function actionsFor(
  context: CanFind,
  texts: readonly string[],
  services: readonly string[],
): Promise<readonly LiveAction[]> {
  if (texts.length > 0)
    return findActions(context, texts, { services, verb: 'delete', several: true, onEach: 'selected' });
  return pickActions(context, services, {
    message: 'Which actions do you want to delete?',
    objection: (action) => (isOrphan(action) ? undefined : whyNotWritable(action)),
  });
}

type Delete = Extract<Change, { readonly kind: 'delete' }>;

function deleteOf(before: LiveAction): Delete {
  const service = isOrphan(before) ? NO_SERVICE : expectWritable(before);
  return { kind: 'delete', service, id: before.id, before };
}

async function listAndAsk(
  context: CanConfirm & Pick<Context, 'liveUrls'>,
  changes: readonly Delete[],
  question: string,
): Promise<void> {
  const showUrl = await context.liveUrls();
  for (const { before, service } of changes) {
    const where = styled('muted', `  ${before.id}  on ${service.name}  ${showUrl(before.url)}`);
    context.io.say(line(styled('removed', '- '), before.label, where), { always: !context.globals.yes });
  }
  await confirm(context, question, 'delete');
}
