import { isOrphan, NO_SERVICE } from '../../core/action.ts';
import type { Change } from '../../core/plan.ts';
import { UsageError } from '../../errors.ts';
import { plural } from '../../ui/text/plural.ts';
import { line, styled } from '../../ui/text/text.ts';
import { confirm } from '../ask/confirm.ts';
import { expectWritable, findActions, whyNotWritable } from '../ask/find-action.ts';
import { pickActions } from '../ask/pick-actions.ts';
import { addServiceOption } from '../ask/selectors.ts';
import type { CommandSpec } from '../command.ts';
import type { CanFind, CanWrite } from '../context.ts';
import { addExamples } from '../options.ts';
import { applyAndShow, showDryRun } from '../plan/apply-changes.ts';
import { planOf } from '../plan/manual-plan.ts';
import { checkFormat } from '../show-document.ts';

export interface DeleteOptions {
  readonly service?: readonly string[] | undefined;
  readonly dryRun?: boolean | undefined;
}

export const spec: CommandSpec = {
  name: 'delete',
  summary: 'delete actions',
  group: 'change',
  rank: 3,
  takes: 'actions',
  define(command, context) {
    addExamples(command, 'delete', 'delete PIJ90N7 --yes');
    addServiceOption(
      command.argument('[actions...]', 'their ids or labels; without any, you are asked'),
      'the service they stand on (repeatable)',
    )
      .option('--dry-run', 'show what would be deleted, and delete nothing')
      .action((actions: string[], options: DeleteOptions) => runDelete(context(), actions, options));
  },
};

/** Deletes actions, after asking. PagerDuty has no way back (fact 30). */
export async function runDelete(
  context: CanWrite & CanFind,
  texts: readonly string[],
  options: DeleteOptions,
): Promise<void> {
  const { io } = context;
  checkFormat(context);
  if (texts.length === 0 && !io.canPrompt) {
    throw new UsageError('delete needs the ids or labels of the actions', {
      hint: '`pdactions list` shows them.',
    });
  }
  const services = options.service ?? [];
  const actions =
    texts.length === 0
      ? await pickActions(context, services, {
          message: 'Which actions should be deleted?',
          objection: (action) => (isOrphan(action) ? undefined : whyNotWritable(action)),
        })
      : await findActions(context, texts, { services, verb: 'delete', several: true });
  if (actions.length === 0) {
    io.say(line('Nothing was chosen, nothing was deleted.'));
    return;
  }
  const changes = actions.map((before): Change => {
    return {
      kind: 'delete',
      service: isOrphan(before) ? NO_SERVICE : expectWritable(before),
      id: before.id,
      before,
    };
  });
  if (options.dryRun) return showDryRun(context, 'delete', await planOf(await context.store(), changes));
  const showUrl = await context.liveUrls();
  for (const { before, service } of changes as Extract<Change, { readonly kind: 'delete' }>[]) {
    const where = styled('muted', `  ${before.id}  on ${service.name}  ${showUrl(before.url)}`);
    io.say(line(styled('removed', '- '), before.label, where), { always: !context.globals.yes });
  }
  await confirm(context, `Delete ${plural(changes.length, 'action')} for good?`, 'delete');
  const readAt = context.clock.now();
  const plan = await planOf(await context.store(), changes);
  await applyAndShow(context, 'delete', plan, readAt);
}
