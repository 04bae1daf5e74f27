import { type Command, Option } from 'commander';
import type { ActionSpec, Service } from '../../core/action.ts';
import { liveByService } from '../../core/live.ts';
import { computePlan, type Plan } from '../../core/plan.ts';
import type { Report } from '../../engine/report.ts';
import { RefusedError, UsageError } from '../../errors.ts';
import { visibleJson } from '../../ui/text/json.ts';
import { askField, type Draft, draftWords, type Field } from '../ask/draft.ts';
import { checkedLabel, checkedUrl, keepSecret, warnOfUrl } from '../ask/fields.ts';
import { finalMenu } from '../ask/final-menu.ts';
import { expectFreeSlots } from '../ask/free-slots.ts';
import { addHeaderOptions, type HeaderFlags, readHeaders } from '../ask/headers.ts';
import { inTurn } from '../ask/in-turn.ts';
import { pickServices } from '../ask/pick-service.ts';
import { addServiceOption, servicesFor } from '../ask/selectors.ts';
import { TEMPLATES } from '../ask/templates.ts';
import type { CommandSpec } from '../command.ts';
import type { CanConfirm, CanRead, CanShow, CanWrite, Context } from '../context.ts';
import { sayNext } from '../next-step.ts';
import { addExamples } from '../options.ts';
import { applyAndShow, showDryRun } from '../plan/apply-changes.ts';
import { previewLines } from '../plan/preview.ts';
import { checkFormat } from '../show-document.ts';

export interface CreateOptions extends HeaderFlags {
  readonly service?: readonly string[] | undefined;
  readonly label?: string | undefined;
  readonly url?: string | undefined;
  readonly template?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

export const spec: CommandSpec = {
  name: 'create',
  summary: 'add an action to services',
  group: 'change',
  rank: 1,
  define(command, context) {
    addExamples(
      command,
      'create',
      'create --service "Checkout API" --template restart-server --url https://automation.example.com/restart --header-env Authorization=AUTOMATION_TOKEN',
    );
    addOptions(command).action((options: CreateOptions) => runCreate(context(), options));
  },
};

function addOptions(command: Command): Command {
  addServiceOption(command, 'the service to put it on (repeatable)')
    .option('-l, --label <label>', "the button's text")
    .option('-u, --url <url>', 'the endpoint that PagerDuty posts to')
    .option('--dry-run', 'show what would be created, and create nothing')
    .addOption(
      new Option('-t, --template <template>', 'take the label of a documented use').choices(
        TEMPLATES.map(({ key }) => key),
      ),
    );
  return addHeaderOptions(command);
}

/** Puts an action on services. Prompts ask for what the flags do not say; off a terminal that is an error. */
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
  const ready =
    missing.length > 0
      ? await askCreate(context, given, services)
      : await prepare(context, { ...given, headers: given.headers ?? undefined, services, typed: {} });
  if (ready && options.dryRun) return showDryRun(context, 'create', ready.plan);
  if (ready) sayNextOf(context, await applyAndShow(context, 'create', ready.plan, ready.readAt));
}

interface Ready {
  readonly spec: ActionSpec;
  readonly plan: Plan;
  readonly readAt: number;
}

/** What would be created. @throws RefusedError, UsageError for what cannot be */
async function prepare(
  context: CanRead & Pick<Context, 'globals' | 'io' | 'clock'>,
  draft: CreateDraft,
): Promise<Ready> {
  const { label = '', url = '', headers = [], services } = draft;
  const sent = headers.length === 0 ? null : [...headers];
  const spec: ActionSpec = { key: label, label, url, headers: sent, renamedFrom: [] };
  keepSecret(context.io, url, sent);
  // What was typed is checked as a whole: a header with a token must not go to an unencrypted endpoint.
  await warnOfUrl(context, checkedUrl(url, sent), sent);
  const readAt = context.clock.now();
  return { spec, plan: await planCreate(context, spec, services), readAt };
}

interface CreateDraft extends Draft {
  services: readonly Service[];
}

/** Asks for what is missing, shows the whole, and lets every answer be changed. @returns null when it was cancelled */
async function askCreate(
  context: CanConfirm & CanRead & Pick<Context, 'clock'>,
  given: Given,
  services: readonly Service[],
): Promise<Ready | null> {
  const draft: CreateDraft = { ...given, headers: given.headers ?? undefined, services, typed: {} };
  const prompter = await context.prompter();
  const ask = async (field: Field | 'services', back: boolean): Promise<void> => {
    if (field === 'services') draft.services = await pickServices(context, { back });
    else {
      const taken = field === 'label' ? await labelsOn(context, draft.services) : [];
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
      const ready = await prepare(context, draft);
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

function sayNextOf(context: CanShow & Pick<Context, 'globals'>, { outcomes }: Report): void {
  const [first] = outcomes.filter(({ status }) => status === 'applied');
  if (first && 'id' in first) sayNext(context, ['run', first.id], 'presses it on an open incident');
}

/** What the flags say, checked before anything is asked or read. */
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
    hint: 'There is no terminal to ask on. `pdactions create --help` shows all options.',
  });
}

/** Labels that the new one must not repeat. Nobody is asked about an action for which there is no room. */
async function labelsOn(context: Pick<Context, 'store'>, services: readonly Service[]): Promise<string[]> {
  const store = await context.store();
  const actions = await store.actions(services);
  expectFreeSlots(services, liveByService(actions));
  return actions.map(({ label }) => label);
}

/** The plan. @throws RefusedError for a full service, or a button of that name */
async function planCreate(
  context: CanRead & Pick<Context, 'io'>,
  spec: ActionSpec,
  services: readonly Service[],
): Promise<Plan> {
  const store = await context.store();
  const live = liveByService(await context.activity.while('reading', () => store.actions(services)));
  const taken = services.flatMap(({ id, name }) =>
    (live.get(id)?.own ?? []).filter(({ label }) => label === spec.label).map((action) => ({ action, name })),
  );
  if (taken.length > 0) {
    throw new RefusedError(`there is a \`${spec.label}\` already`, {
      reason: 'duplicate',
      details: taken.map(({ action, name }) => `${action.id} on ${name}`),
      hint: `Change it with \`pdactions update ${taken[0]?.action.id}\`, or take another label.`,
    });
  }
  expectFreeSlots(services, live);
  const desired = services.map((service) => ({
    service,
    actions: [spec],
    prune: false,
    askedBy: new Map([[spec.key, [`id:${service.id}`]]]),
  }));
  const plan = computePlan(desired, live, { enable: false, rotate: null });
  expectNoTwin(context, plan);
  return plan;
}

/** A button that only looks the same: refused with the same URL, else a warning. @throws RefusedError */
function expectNoTwin({ io }: Pick<Context, 'io'>, { refusals, services }: Plan): void {
  const twins = refusals.filter((refusal) => refusal.code === 'look-alike');
  const [first] = twins;
  if (first) {
    throw new RefusedError(`\`${first.label}\` already exists under a label that only looks the same`, {
      reason: 'duplicate',
      details: twins.map(({ id, stored, service }) => `${visibleJson(stored)} (${id}) on ${service.name}`),
      hint: `Rename it with \`pdactions update ${first.id} --label ${JSON.stringify(first.label)}\`, or take another label.`,
    });
  }
  for (const { service, twins: beside } of services) {
    for (const { id, stored } of beside) {
      const text = `${service.name} also has ${visibleJson(stored)} (${id}), which looks the same and has another URL`;
      io.warn(text);
    }
  }
}
