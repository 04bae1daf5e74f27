import type { ConfigChange } from '../../config/edit/edit.ts';
import { UsageError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import { type CommandSpec, READING } from '../command.ts';
import { askEntries, askKey, type CanAskEdit, expectPrompts } from '../edit/ask.ts';
import { type CanEdit, changeConfig, type Editing, openConfig, repeated } from '../edit/change-config.ts';
import { collect } from '../options.ts';

export interface RemoveOptions {
  readonly from?: readonly string[] | undefined;
  readonly definition?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

export const spec: CommandSpec = {
  name: 'remove',
  summary: 'remove an action from services in the config',
  group: 'code',
  rank: 9,
  scopes: READING,
  takes: 'keys',
  document: 'remove',
  uses: ['config', 'pagerduty', 'result'],
  examples: ['remove restart-server --from "Checkout API"', 'remove restart-server --definition --dry-run'],
  define(command, context) {
    command
      .argument('[key]', 'the key of the action in the config')
      .option(
        '--from <selector>',
        'an entry of `services`, as written in the config (repeatable; default: all)',
        collect,
      )
      .option('--definition', 'also remove its definition, if no other service lists it')
      .option('--dry-run', 'show the changed lines without writing them')
      .action((key: string | undefined, options: RemoveOptions) => runRemove(context(), key, options));
  },
};

/** Removes an action from services in the config file, which keeps its comments, order and layout. Without a key it asks. */
export async function runRemove(
  context: CanEdit & CanAskEdit,
  given: string | undefined,
  flags: RemoveOptions,
): Promise<void> {
  if (given === undefined) {
    const example = 'remove restart-server --from "Checkout API"';
    expectPrompts(context, 'remove needs the key of an action', example);
  }
  const editing = await openConfig(context, [
    `remove ${JSON.stringify(given ?? 'KEY')} from its lists under \`services\``,
  ]);
  const key = given ?? (await askKey(context, editing.config, 'Which action do you want to remove?'));
  const options = given === undefined ? await askWhere(context, editing, key, flags) : flags;
  const changes = changesFor(editing, key, options);
  const removed = changes.flatMap((change) => (change.kind === 'remove' ? [change.selector] : []));
  const undo = options.definition ? null : ['add', key, ...repeated('to', removed)];
  await changeConfig(context, editing, {
    command: 'remove',
    changes,
    undo,
    paste: removed.map(
      (text) => `remove ${JSON.stringify(key)} from the list of \`${JSON.stringify(text)}\``,
    ),
    dryRun: options.dryRun === true,
  });
}

/** Asks for the services, unless the flags say which. */
async function askWhere(
  context: CanAskEdit,
  { config: { selections } }: Editing,
  key: string,
  flags: RemoveOptions,
): Promise<RemoveOptions> {
  const texts = selections
    .filter(({ actionKeys }) => actionKeys.includes(key))
    .map(({ selector }) => selector.text);
  if (flags.from || flags.definition || texts.length < 2) return flags;
  return { ...flags, from: await askEntries(context, key, texts) };
}

function changesFor({ config }: Editing, key: string, { from, definition }: RemoveOptions): ConfigChange[] {
  const { actions, selections, prune } = config;
  if (!actions.has(key)) throw unknown(`the config has no action \`${key}\``, key, [...actions.keys()]);
  const listing = selections.filter(({ actionKeys }) => actionKeys.includes(key));
  const texts = listing.map(({ selector }) => selector.text);
  for (const text of from ?? []) {
    if (!texts.includes(text))
      throw unknown(`no entry \`${text}\` of \`services\` lists \`${key}\``, text, texts);
  }
  const chosen = listing.filter(({ selector }) => from?.includes(selector.text) ?? true);
  if (chosen.length === 0 && !definition) {
    throw new UsageError(`no service of the config lists \`${key}\``, {
      hint: 'Pass `--definition` to remove its definition.',
    });
  }
  if (definition && chosen.length < listing.length) {
    throw new UsageError(`\`${key}\` stays on other services, so its definition cannot be removed`, {
      hint: 'Leave out `--from` or `--definition`.',
    });
  }
  return [
    ...chosen.map(({ selector, prune: ownPrune, filePrune }): ConfigChange => {
      // With prune, an entry without actions deletes them.
      const keepsEntry = ownPrune ?? filePrune ?? prune;
      return { kind: 'remove', key, selector: selector.text, keepsEntry };
    }),
    ...(definition ? [{ kind: 'undefine', key } as const] : []),
  ];
}

function unknown(message: string, text: string, known: readonly string[]): UsageError {
  const [similar] = nearest(text, known);
  return new UsageError(message, similar === undefined ? {} : { hint: `Did you mean \`${similar}\`?` });
}
