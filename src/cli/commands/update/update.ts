import { RefusedError, UsageError } from '../../../errors.ts';
import { plural } from '../../../ui/text/plural.ts';
import { checkedLabel, checkedUrl, keepSecret } from '../../ask/fields.ts';
import { expectWritable, findActions } from '../../ask/find-action.ts';
import { addHeaderOptions, readHeaders } from '../../ask/headers.ts';
import { previewAndAsk, writableAmong } from '../../ask/on-many.ts';
import { pickAction } from '../../ask/pick-actions.ts';
import { addServiceOption } from '../../ask/selectors.ts';
import { type CommandSpec, WRITING } from '../../command.ts';
import type { CanConfirm, CanFind, CanWrite, Context } from '../../context.ts';
import { collect } from '../../options.ts';
import { applyAndShow, showDryRun, showNoChanges } from '../../plan/apply-changes.ts';
import { checkFormat } from '../../show/show-document.ts';
import { askUpdate, type Subject } from './ask.ts';
import {
  asksForSomething,
  likeThat,
  prepareUpdate,
  type Ready,
  type UpdateOptions,
  type WantedFields,
} from './prepare.ts';

export const spec: CommandSpec = {
  name: 'update',
  summary: 'change an action',
  group: 'change',
  rank: 2,
  scopes: WRITING,
  takes: 'actions',
  uses: ['pagerduty', 'result', 'confirmation'],
  examples: [
    'update PIJ90N7 --url https://automation.example.com/v2/restart',
    'update "Restart Server" --service "Checkout API" --label "Restart the Server"',
    'update "Restart Server" --service "web-*" --url https://automation.example.com/v2/restart',
  ],
  define(command, context) {
    addServiceOption(
      command.argument('[action]', 'its id or label; prompts if omitted'),
      'the services to change it on; a label selects the action on each of them (repeatable)',
    )
      .option('-l, --label <label>', 'the new label')
      .option('-u, --url <url>', 'the new endpoint');
    addHeaderOptions(command)
      .option('--dry-run', 'show what would be changed without changing it')
      .option('--remove-header <name>', 'a header to remove (repeatable)', collect)
      .option('--keep-headers', 'also send its stored headers to a new host')
      .action((action: string | undefined, options: UpdateOptions) => runUpdate(context(), action, options));
  },
};

/**
 * Changes an action, or the actions of one label on every service that `--service` selects. Sends a full body, and headers only if a
 * header flag is given (fact 11, U4).
 */
export async function runUpdate(
  context: CanWrite & CanFind & Pick<Context, 'env'>,
  text: string | undefined,
  options: UpdateOptions,
): Promise<void> {
  const { io } = context;
  checkFormat(context);
  const nothingAsked = !asksForSomething(options);
  const flags = readFlags(context, options);
  keepSecret(io, flags.url ?? '', flags.headers);
  if (!io.canPrompt) expectValues(text, nothingAsked);
  const subject = await subjectFor(context, text, options.service ?? []);
  const { actions } = subject;
  const asks = nothingAsked || text === undefined;
  const ready = asks
    ? await askUpdate(context, subject, flags, options)
    : await prepareUpdate(context, actions, flags, options);
  if (!ready) return asks ? undefined : showNoChanges(context, 'update', likeThat(actions));
  if (options.dryRun) return showDryRun(context, 'update', ready.plan);
  if (!asks && actions.length > 1) await confirmAll(context, ready);
  await applyAndShow(context, 'update', ready.plan, ready.readAt);
}

function confirmAll(context: CanConfirm, { plan, updates }: Ready): Promise<void> {
  const question = `Change ${plural(updates.length, 'action')}?`;
  return previewAndAsk(context, plan, { question, command: 'update' });
}

/** @throws UsageError for values that would need a prompt */
function expectValues(text: string | undefined, nothingAsked: boolean): void {
  const missing = [
    ...(text === undefined ? ['the id or the label of the action'] : []),
    ...(nothingAsked ? ['something to change: `--label`, `--url`, `--header` or `--remove-header`'] : []),
  ];
  if (missing.length === 0) return;
  throw new UsageError(`update needs ${missing.join(', and ')}`, {
    hint: 'This is not an interactive terminal. Run `pdactions update --help` to see all options.',
  });
}

/** The actions, and the arguments that select them. @throws RefusedError if none of them can be written */
async function subjectFor(
  context: CanFind & Pick<Context, 'verdict'>,
  text: string | undefined,
  services: readonly string[],
): Promise<Subject> {
  const matches =
    text === undefined
      ? [await pickAction(context, services, { message: 'Which action do you want to change?' })]
      : await findActions(context, [text], { services, verb: 'update', onEach: 'selected' });
  const [only, ...others] = matches;
  if (only && others.length === 0) {
    expectWritable(only);
    return { actions: matches, words: [only.id] };
  }
  const actions = writableAmong(context, matches);
  if (actions.length === 0) throw new RefusedError(`no \`${text}\` on these services can be changed`);
  return { actions, words: [text ?? '', ...services.flatMap((service) => ['-s', service])] };
}

function readFlags({ env }: Pick<Context, 'env'>, options: UpdateOptions): WantedFields {
  const headers = readHeaders(options, env);
  return {
    ...(options.label === undefined ? {} : { label: checkedLabel(options.label) }),
    ...(options.url === undefined ? {} : { url: checkedUrl(options.url, headers) }),
    headers,
  };
}
