import type { LiveAction } from '../../../core/action.ts';
import { UsageError } from '../../../errors.ts';
import { checkedLabel, checkedUrl, keepSecret } from '../../ask/fields.ts';
import { expectWritable, findActions } from '../../ask/find-action.ts';
import { addHeaderOptions, readHeaders } from '../../ask/headers.ts';
import { pickAction } from '../../ask/pick-actions.ts';
import { addServiceOption } from '../../ask/selectors.ts';
import type { CommandSpec } from '../../command.ts';
import type { CanFind, CanWrite, Context } from '../../context.ts';
import { addExamples, collect } from '../../options.ts';
import { applyAndShow, showNoChanges } from '../../plan/apply-changes.ts';
import { checkFormat } from '../../show-document.ts';
import { askUpdate } from './ask.ts';
import { asksForSomething, likeThat, prepareUpdate, type UpdateOptions, type Wanted } from './prepare.ts';

export const spec: CommandSpec = {
  name: 'update',
  summary: 'change an action',
  group: 'change',
  rank: 2,
  takes: 'actions',
  define(command, context) {
    addExamples(
      command,
      'update PIJ90N7 --url https://automation.example.com/v2/restart',
      'update "Restart Server" --service "Checkout API" --label "Restart the Server"',
    );
    addServiceOption(
      command.argument('[action]', 'its id or its label; without it, you are asked'),
      'the service it stands on',
    )
      .option('-l, --label <label>', "the button's new text")
      .option('-u, --url <url>', 'the new endpoint');
    addHeaderOptions(command)
      .option('--remove-header <name>', 'a header to send no longer (repeatable)', collect)
      .option('--keep-headers', 'send its stored headers to a new host, too')
      .action((action: string | undefined, options: UpdateOptions) => runUpdate(context(), action, options));
  },
};

/** Changes one action. Sends a full body, and headers only when a header flag asks for it (fact 11, U4). */
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
  const action = await actionFor(context, text, options.service ?? []);
  expectWritable(action);
  const asks = nothingAsked || text === undefined;
  const ready = asks
    ? await askUpdate(context, action, flags, options)
    : await prepareUpdate(context, action, flags, options);
  if (!ready && !asks) await showNoChanges(context, 'update', likeThat(action));
  if (ready) await applyAndShow(context, 'update', ready.plan, ready.readAt);
}

/** @throws UsageError for what would have to be asked for */
function expectValues(text: string | undefined, nothingAsked: boolean): void {
  const missing = [
    ...(text === undefined ? ['the id or the label of the action'] : []),
    ...(nothingAsked ? ['something to change: `--label`, `--url`, `--header` or `--remove-header`'] : []),
  ];
  if (missing.length === 0) return;
  throw new UsageError(`update needs ${missing.join(', and ')}`, {
    hint: 'There is no terminal to ask on. `pdactions update --help` shows all options.',
  });
}

async function actionFor(
  context: CanFind,
  text: string | undefined,
  services: readonly string[],
): Promise<LiveAction> {
  const [action] = text === undefined ? [] : await findActions(context, [text], { services, verb: 'update' });
  return action ?? pickAction(context, services, { message: 'Which action?' });
}

function readFlags({ env }: Pick<Context, 'env'>, options: UpdateOptions): Wanted {
  const headers = readHeaders(options, env);
  return {
    ...(options.label === undefined ? {} : { label: checkedLabel(options.label) }),
    ...(options.url === undefined ? {} : { url: checkedUrl(options.url, headers) }),
    headers,
  };
}
