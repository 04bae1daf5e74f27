import { type Command, Option } from 'commander';
import type { ActionSpec, Service } from '../../../core/action.ts';
import { liveByService } from '../../../core/live.ts';
import { changesOf } from '../../../core/plan.ts';
import type { RunReport } from '../../../engine/report.ts';
import { UsageError } from '../../../errors.ts';
import { line } from '../../../ui/text/text.ts';
import { askField, draftWords, type Field } from '../../ask/draft.ts';
import { checkedLabel, checkedUrl, keepSecret } from '../../ask/fields.ts';
import { finalMenu } from '../../ask/final-menu.ts';
import { expectFreeSlots } from '../../ask/free-slots.ts';
import { addHeaderOptions, type HeaderFlags, readHeaders } from '../../ask/headers.ts';
import { inTurn } from '../../ask/in-turn.ts';
import { pickServices } from '../../ask/pick-service.ts';
import { addServiceOption, servicesFor } from '../../ask/selectors.ts';
import { TEMPLATES } from '../../ask/templates.ts';
import { type CommandSpec, WRITING } from '../../command.ts';
import type { CanConfirm, CanRead, CanShow, CanWrite, Context } from '../../context.ts';
import { applyAndShow, showDryRun, showNoChanges } from '../../plan/apply-changes.ts';
import { previewLines } from '../../plan/preview.ts';
import { sayNext } from '../../show/next-step.ts';
import { checkFormat } from '../../show/show-document.ts';
import { type CreateDraft, prepareCreate, type Ready } from './prepare.ts';

export interface CreateOptions extends HeaderFlags {
  readonly service?: readonly string[] | undefined;
  readonly label?: string | undefined;
  readonly url?: string | undefined;
  readonly template?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly skipExisting?: boolean | undefined;
}

export const spec: CommandSpec = {
  name: 'create',
  summary: 'add an action to services',
  group: 'change',
  rank: 1,
  scopes: WRITING,
  uses: ['pagerduty', 'result', 'confirmation'],
  examples: [
    'create',
    'create --service "Checkout API" --label Ping --url https://automation.example.com/ping',
    'create --service "web-*" --label Ping --url https://automation.example.com/ping --skip-existing',
    'create --service "Checkout API" --template restart-server --url https://automation.example.com/restart --header-env Authorization=AUTOMATION_TOKEN',
  ],
  define(command, context) {
    addOptions(command).action((options: CreateOptions) => runCreate(context(), options));
  },
};

function addOptions(command: Command): Command {
  addServiceOption(command, 'the service to add it to (repeatable)')
    .option('-l, --label <label>', 'the label of the action')
    .option('-u, --url <url>', 'the endpoint that PagerDuty posts to')
    .option('--dry-run', 'show what would be created without creating it')
    .option('--skip-existing', 'skip services that already have an action with this label')
    .addOption(
      new Option('-t, --template <template>', "use the label of one of PagerDuty's example uses").choices(
        TEMPLATES.map(({ key }) => key),
      ),
    );
  return addHeaderOptions(command);
}

/** Puts an action on services. Prompts for missing flags; off a terminal a missing one is an error. */
export async function runCreate(
  context: CanWrite & Pick<Context, 'env'>,
  options: CreateOptions,
): Promise<void> {
  const { io } = context;
  checkFormat(context);
  const given = readFlags(context, options);
  keepSecret(io, given.url ?? '', given.headers ?? null);
  const missing = missingFlags(given, options);
  if (missing.length > 0 && !io.canPrompt) throw missingValues(missing);
  const services = options.service ? await servicesFor(await context.store(), options.service) : [];
  const draft: CreateDraft = { ...given, headers: given.headers ?? undefined, services, typed: {} };
  const ready =
    missing.length > 0
      ? await askCreate(context, draft, options)
      : await prepareCreate(context, draft, options);
  if (!ready) return;
  const { plan, readAt, skipped } = ready;
  const extra = options.skipExisting ? { skipped } : {};
  if (changesOf(plan).length === 0) return showNoChanges(context, 'create', existsOn(ready), extra);
  if (options.dryRun) return showDryRun(context, 'create', plan, extra);
  sayNextOf(context, await applyAndShow(context, 'create', plan, readAt, extra));
}

function existsOn({ spec: { label }, skipped }: Ready): string {
  const [only, ...others] = skipped;
  return `${label} exists on ${others.length === 0 ? only?.service.name : `all ${skipped.length} services`}.`;
}

/** Prompts for missing values, shows the whole, and lets every answer be changed. @returns null if the user cancelled */
async function askCreate(
  context: CanConfirm & CanRead & Pick<Context, 'clock' | 'env'>,
  draft: CreateDraft,
  options: CreateOptions,
): Promise<Ready | null> {
  const { services } = draft;
  const prompter = await context.prompter();
  const ask = async (field: Field | 'services', back: boolean): Promise<void> => {
    if (field === 'services') draft.services = await pickServices(context, { back });
    else {
      const isUnique = field === 'label' && !options.skipExisting;
      const taken = isUnique ? await labelsOn(context, draft.services) : [];
      await askField(prompter, draft, field, { back, taken, url: '', templates: true });
    }
  };
  const missing = (['services', 'label', 'url', 'headers'] as const).filter((field) =>
    field === 'services' ? services.length === 0 : draft[field] === undefined,
  );
  await inTurn(missing.map((field) => (back) => ask(field, back)));
  return finalMenu(context, {
    question: 'Create it?',
    doIt: 'Yes, create it',
    fields: () => [
      { field: 'services', name: 'the services' },
      { field: 'label', name: 'the label' },
      { field: 'url', name: 'the endpoint' },
      { field: 'headers', name: 'the headers' },
    ],
    prepare: async () => {
      const ready = await prepareCreate(context, draft, options);
      if (changesOf(ready.plan).length === 0) {
        context.io.say(line(existsOn(ready)), { always: true });
        return null;
      }
      const names = (ready.spec.headers ?? []).map(({ name }) => name);
      for (const parts of previewLines(ready.plan, ready.spec, names, context.io.width)) {
        context.io.say(parts, { always: true });
      }
      return ready;
    },
    edit: (field) => ask(field, true),
    words: () => ['create', ...draft.services.flatMap(({ id }) => ['-s', `id:${id}`]), ...draftWords(draft)],
  });
}

function sayNextOf(context: CanShow & Pick<Context, 'globals'>, { outcomes }: RunReport): void {
  const [first] = outcomes.filter(({ status }) => status === 'applied');
  if (first && 'id' in first) sayNext(context, ['run', first.id], 'presses it on an open incident');
}

/** The values of the flags, checked before any question or request. */
type Given = Partial<Pick<ActionSpec, 'label' | 'url' | 'headers'>>;

function readFlags({ env }: Pick<Context, 'env'>, options: CreateOptions): Given {
  const template = TEMPLATES.find(({ key }) => key === options.template);
  const label = options.label ?? template?.label;
  const headers = readHeaders(options, env);
  return {
    ...(label === undefined ? {} : { label: checkedLabel(label) }),
    ...(options.url === undefined ? {} : { url: checkedUrl(options.url, headers) }),
    ...(headers === null ? {} : { headers }),
  };
}

function missingFlags(given: Given, options: CreateOptions): string[] {
  return [
    ...(options.service === undefined ? ['--service'] : []),
    ...(given.label === undefined ? ['--label'] : []),
    ...(given.url === undefined ? ['--url'] : []),
  ];
}

function missingValues(flags: readonly string[]): UsageError {
  return new UsageError(`create needs ${flags.map((flag) => `\`${flag}\``).join(' and ')}`, {
    hint: 'This is not an interactive terminal. Run `pdactions create --help` to see all options.',
  });
}

/** Labels that the new one must not repeat. A full service ends the run before the first question. */
async function labelsOn(context: Pick<Context, 'store'>, services: readonly Service[]): Promise<string[]> {
  const store = await context.store();
  const actions = await store.actions(services);
  expectFreeSlots(services, liveByService(actions));
  return actions.map(({ label }) => label);
}
