/** A command, a config key and a switch that do not exist, as a reader of the recipes would write them. */
import { before, type Edits } from './recipe.ts';

const changed = before('- `list`, `show`, `create`', '- A made-up thing.\n');

const COUNT = `import { DOCUMENT_VERSION } from '../../ui/render/action-document.ts';
import { line } from '../../ui/text/text.ts';
import { type CommandSpec, READING } from '../command.ts';
import type { CanRead, CanShow } from '../context.ts';
import { readAccount } from '../read-account.ts';
import { showDocument, wantsDocument } from '../show/show-document.ts';

export const spec: CommandSpec = {
  name: 'count',
  summary: 'count the actions of the account',
  group: 'see',
  rank: 99,
  scopes: READING,
  document: 'count',
  uses: ['pagerduty', 'result'],
  examples: ['count'],
  define(command, context) {
    command.action(() => runCount(context()));
  },
};

/** Prints how many custom incident actions the account has. */
export async function runCount(context: CanRead & CanShow): Promise<void> {
  const { actions } = await readAccount(context, undefined);
  const count = actions.length;
  if (wantsDocument(context)) {
    return showDocument(context, { version: DOCUMENT_VERSION, command: 'count', count });
  }
  context.io.out(line(String(count)));
}
`;

const COUNT_TEST = `import { expect, it } from 'vitest';
import { pointedAt, runCli, testSandbox } from '../helpers/in-process.ts';

it('count says how many actions there are', async () => {
  const env = pointedAt(await testSandbox({ seed: { account: 'acme' } }));
  const { code, stdout } = await runCli(['count', '--json'], { env });
  expect([code, JSON.parse(stdout).count]).toEqual([0, 0]);
});
`;

export const COMMAND: Edits = {
  'src/cli/commands/count.ts': () => COUNT,
  'docs/output.md': before(
    '## `watch`\n',
    '## `count`\n\n`count` ([schema](schemas/count.schema.json)): how many actions the account has.\n\n',
  ),
  'scripts/documents.ts': before(
    '  show: {',
    "  count: { title: '`pdactions count --json`', schema: documentOf('count', { count }) },\n",
  ),
  'test/cli/count.test.ts': () => COUNT_TEST,
  'test/cli/documents/count.jsonl': () => '{"version":1,"command":"count","count":0}\n',
  'CHANGELOG.md': changed,
};

const KEY_TEST = `import { expect, it } from 'vitest';
import { load, problemsOf } from './world.ts';

const config = (more: object): string =>
  JSON.stringify({
    ...more,
    actions: { a: { label: 'A', url: 'https://automation.example.com/a' } },
    services: { One: ['a'] },
  });

it('requireHeaders refuses actions without headers', async () => {
  expect(problemsOf(await load(config({})))).toEqual([]);
  expect(problemsOf(await load(config({ requireHeaders: true }))).join()).toContain('this action has no headers');
});

it('requireHeaders is true or false', async () => {
  expect(problemsOf(await load(config({ requireHeaders: 'yes' })))).toHaveLength(1);
});
`;

export const KEY: Edits = {
  'src/config/keys/file.ts': before(
    '  prune: flag({',
    "  requireHeaders: flag({ doc: 'Refuse actions without headers. Default: false.' }),\n",
  ),
  'src/config/read/rules.ts': before(
    '  const fingerprint = flagOf(',
    `  for (const { key, at, value } of flagOf(root, 'requireHeaders') ? entries : []) {
    if (entryOf(value, 'headers')) continue;
    reading.problems.push({
      at,
      path: ['actions', key],
      message: 'this action has no headers',
      fix: 'Add \`headers\`, or remove \`requireHeaders\`.',
    });
  }
`,
  ),
  'test/config/require-headers.test.ts': () => KEY_TEST,
  'CHANGELOG.md': changed,
};

export const SWITCH: Edits = {
  'src/sandbox/account/switches.ts': before(
    "  {\n    name: 'ignoreFilters',",
    `  {
    name: 'queryCase',
    about: 'fact 8',
    values: ['ignored', 'counts'],
    default: 'ignored',
    description: 'whether capital letters count in the \`query\` of a list',
  },
`,
  ),
  'src/sandbox/wire/matching.ts': before(
    "  if (state.switches.query === 'exact')",
    "  if (state.switches.queryCase === 'counts') return (name) => name.includes(query.get('query') ?? '');\n",
  ),
  'test/sandbox/switches.test.ts': before(
    '  ignoreFilters: async (sandbox) =>',
    "  queryCase: async (sandbox) => names(sandbox, '/services?query=CHECK', 'services'),\n",
  ),
  'CHANGELOG.md': changed,
};
