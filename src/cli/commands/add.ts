import type { ConfigChange } from '../../config/edit/edit.ts';
import type { Value } from '../../config/edit/write-value.ts';
import { parseSelector } from '../../core/selector.ts';
import { UsageError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import { headerVariables } from '../ask/headers.ts';
import { type CommandSpec, READING } from '../command.ts';
import { askKey, askSelectors, type CanAskEdit, expectPrompts } from '../edit/ask.ts';
import {
  type CanEdit,
  changeConfig,
  type Editing,
  openConfig,
  repeated,
  showUnchanged,
} from '../edit/change-config.ts';
import { collect } from '../options.ts';

export interface AddOptions {
  readonly to?: readonly string[] | undefined;
  readonly label?: string | undefined;
  readonly url?: string | undefined;
  readonly headerEnv?: readonly string[] | undefined;
  readonly dryRun?: boolean | undefined;
}

export const spec: CommandSpec = {
  name: 'add',
  summary: 'add an action to services in the config',
  group: 'code',
  rank: 8,
  scopes: READING,
  takes: 'keys',
  document: 'add',
  uses: ['config', 'pagerduty', 'result'],
  examples: [
    'add restart-server --to "Checkout API"',
    'add restart-server --to "web-*" --to id:PIJ90N7 --dry-run',
    'add drain --to "web-*" --label Drain --url https://automation.example.com/drain --header-env Authorization=AUTOMATION_TOKEN',
  ],
  define(command, context) {
    command
      .argument('[key]', 'the key of the action in the config')
      .option(
        '--to <selector>',
        'a service by exact name, id:ID, team:NAME, or a pattern with * (repeatable)',
        collect,
      )
      .option('--label <text>', 'define a new action with this label')
      .option('--url <url>', 'the endpoint of the new action')
      .option(
        '--header-env <pair>',
        'a header of the new action with its value in a variable, as Name=VARIABLE (repeatable)',
        collect,
      )
      .option('--dry-run', 'show the changed lines without writing them')
      .action((key: string | undefined, options: AddOptions) => runAdd(context(), key, options));
  },
};

/** Adds an action to services in the config file, which keeps its comments, order and layout. Asks for what is missing. */
export async function runAdd(
  context: CanEdit & CanAskEdit,
  given: string | undefined,
  options: AddOptions,
): Promise<void> {
  const asked = options.to && selectorsOf(options.to);
  const definition = definitionOf(options);
  const example = `add ${given ?? 'restart-server'} --to "Checkout API"`;
  if (given === undefined) {
    if (definition)
      throw new UsageError('add needs a key for the new action', {
        hint: `For example \`pdactions ${example}\`.`,
      });
    expectPrompts(context, 'add needs the key of an action, and `--to` with services', example);
  }
  if (!asked) expectPrompts(context, 'add needs `--to` with the services to add the action to', example);
  const editing = await openConfig(context, paste(given ?? 'KEY', asked ?? ['SELECTOR'], definition));
  const key = given ?? (await askKey(context, editing.config, 'Which action do you want to add?'));
  if (!definition && !editing.config.actions.has(key))
    throw unknownKey(key, [...editing.config.actions.keys()]);
  const selectors = asked ?? (await askSelectors(context));
  const changes = changesFor(editing, key, selectors, definition);
  if (changes.length === 0) {
    const why = `\`${key}\` is already there.`;
    return showUnchanged(context, editing, 'add', why);
  }
  const added = changes.flatMap((change) => (change.kind === 'add' ? [change.selector] : []));
  const undo = ['remove', key, ...repeated('from', added), ...(definition ? ['--definition'] : [])];
  await changeConfig(context, editing, {
    command: 'add',
    changes,
    undo,
    paste: paste(key, selectors, definition),
    dryRun: options.dryRun === true,
  });
}

function selectorsOf(texts: readonly string[]): readonly string[] {
  for (const text of texts) {
    const selector = parseSelector(text);
    if ('invalid' in selector) throw new UsageError(`--to: ${selector.invalid}`);
  }
  return [...new Set(texts)];
}

function definitionOf({ label, url, headerEnv }: AddOptions): Readonly<Record<string, Value>> | undefined {
  if (label === undefined && url === undefined && headerEnv === undefined) return undefined;
  if (label === undefined || url === undefined) {
    throw new UsageError('a new action needs both `--label` and `--url`');
  }
  // Names come back in lower case; a header keeps the case that it was given in.
  const variables = headerVariables(headerEnv);
  const names = (headerEnv ?? []).map((pair) => pair.slice(0, pair.indexOf('=')));
  const headers = names.map((name) => [name, `\${${variables.get(name.toLowerCase())}}`] as const);
  return { label, url, ...(headers.length > 0 ? { headers: Object.fromEntries(headers) } : {}) };
}

function changesFor(
  { config }: Editing,
  key: string,
  selectors: readonly string[],
  definition: Readonly<Record<string, Value>> | undefined,
): ConfigChange[] {
  const isDefined = config.actions.has(key);
  if (definition && isDefined) {
    throw new UsageError(`the config already defines \`${key}\``, {
      hint: 'Leave out `--label`, `--url` and `--header-env`, or choose another key.',
    });
  }
  const carriers = config.selections
    .filter(({ actionKeys }) => actionKeys.includes(key))
    .map(({ selector }) => selector.text);
  return [
    ...(definition ? [{ kind: 'define', key, definition } as const] : []),
    ...selectors
      .filter((text) => !carriers.includes(text))
      .map((selector) => ({ kind: 'add', key, selector }) as const),
  ];
}

function unknownKey(key: string, known: readonly string[]): UsageError {
  const [similar] = nearest(key, known);
  return new UsageError(`the config has no action \`${key}\``, {
    hint: `${similar === undefined ? '' : `Did you mean \`${similar}\`? `}Pass \`--label\` and \`--url\` to define a new one.`,
  });
}

function paste(
  key: string,
  selectors: readonly string[],
  definition: Readonly<Record<string, Value>> | undefined,
): string[] {
  return [
    ...(definition ? [`\`${JSON.stringify(key)}: ${JSON.stringify(definition)}\` under \`actions\``] : []),
    ...selectors.map(
      (text) => `${JSON.stringify(key)} in the list of \`${JSON.stringify(text)}\` under \`services\``,
    ),
  ];
}
