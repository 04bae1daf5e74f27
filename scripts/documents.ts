/**
 * The documents that commands print with `--json`, besides plans: `npm run generate` writes a JSON schema of each to docs/schemas/.
 * Reports and errors are those of docs/plan.schema.json. The tests validate every document they see.
 */
import * as z from 'zod';

/** A part of docs/plan.schema.json, by its name there. */
const fromPlan = (definition: string) => z.any().meta({ $ref: `#/definitions/${definition}` });

const count = z.int().min(0);
const orNull = <T extends z.ZodType>(type: T) => z.union([type, z.null()]);
const service = z.strictObject({ id: z.string(), name: z.string() });
const actionRef = z.strictObject({ id: z.string(), label: z.string() });
const onServices = z.array(z.strictObject({ id: z.string(), name: orNull(z.string()) }));
const account = orNull(z.string()).describe("The account's subdomain; null if PagerDuty did not return it.");
const report = orNull(fromPlan('report')).describe('Null if there was nothing to do, or nothing was done.');

const action = z
  .strictObject({
    id: z.string(),
    label: z.string(),
    url: orNull(z.string()).describe('Without a login; query values are masked.'),
    headers: orNull(z.array(z.string())).describe('Header names; null if PagerDuty hides them.'),
    disabled: orNull(z.boolean()).describe('Null if PagerDuty does not report it.'),
    unreadable: z
      .optional(z.string())
      .describe('The reason why the action cannot be read in full. Such an action is never written.'),
    services: onServices,
    htmlUrl: orNull(z.string()),
  })
  .meta({ id: 'action' });

/** A document of a command: with its version and its name. */
const documentOf = <T extends z.core.$ZodLooseShape>(command: string | readonly string[], members: T) =>
  z.strictObject({
    version: z.literal(1).describe('Increases when a field changes its meaning or is removed.'),
    command: z.literal(command as string),
    ...members,
  });

const slot = z.strictObject({
  label: z.string(),
  id: z.string(),
  disabled: z.boolean(),
  holder: orNull(z.enum(['declared', 'unmanaged', 'shared', 'unreadable'])).describe(
    'Null without a config.',
  ),
  description: orNull(z.string()).describe('From the config, for a declared action that has one.'),
});

/** A command that writes by hand. @param id of a planned change; null before a create */
const byHand = (name: string, id: z.ZodType = z.string()) => ({
  report,
  dryRun: z.optional(z.literal(true)),
  changes: z
    .optional(z.array(z.strictObject({ kind: z.literal(name), service, id, label: z.string() })))
    .describe('With `--dry-run`.'),
});

const problem = z.strictObject({
  file: z.string().describe('Empty if there is no config.'),
  line: z.optional(z.int().min(1)),
  column: z.optional(z.int().min(1)),
  path: z.string().describe('The place in the document, for example `actions.restart-server.url`.'),
  message: z.string(),
  fix: z.optional(z.string()),
});

const validated = documentOf('validate', {
  valid: z.literal(true),
  file: z.string().describe('The first config file.'),
  actions: count,
  selectors: count,
  files: z.array(
    z.strictObject({ file: z.string(), role: z.enum(['config', 'base']), actions: count, selectors: count }),
  ),
});

/** The document of a change of the config file. */
const editOf = (command: 'add' | 'remove') =>
  documentOf(command, {
    file: z.string(),
    dryRun: z.boolean(),
    removed: z.array(z.string()).describe('The removed lines of the file, unchanged.'),
    added: z.array(z.string()).describe('The added lines.'),
    undo: orNull(z.string()).describe('The command that undoes the change; null if there is none.'),
  });

const delivery = z.strictObject({
  status: z.enum(['waiting', 'delivered', 'dropped', 'expired', 'held']),
  reason: orNull(z.string()),
  answered: orNull(z.int()),
  nextAttemptAt: orNull(z.string()),
});

const press = z.strictObject({
  status: z.enum(['applied', 'failed', 'unknown', 'skipped']),
  delivery: z.optional(delivery).describe('On the sandbox only.'),
  action: actionRef,
  incident: z.strictObject({ id: z.string(), number: orNull(z.int()), title: z.string() }),
  service,
  why: z.optional(z.string()),
  error: z.optional(fromPlan('error')),
});

const endpoint = z.strictObject({
  action: orNull(z.string()).describe('Its key in the config.'),
  label: orNull(z.string()),
  ids: z.array(z.string()).describe('Ids of the live actions that share the endpoint.'),
  unsentHeaders: z
    .array(z.string())
    .describe('Names of headers that PagerDuty sends and this test could not send.'),
  url: z.string(),
  passed: z.boolean(),
  findings: z.array(
    z.strictObject({
      check: z.enum(['dns', 'tls', 'certificate', 'press', 'duplicate', 'large', 'omitted']),
      verdict: z.enum(['pass', 'warn', 'fail', 'skipped']),
      text: z.string(),
      basis: z.enum(['documented', 'inferred']),
      consequence: orNull(z.enum(['delivered', 'retried', 'dropped', 'unknown'])),
      pressesUntilDisabled: orNull(z.literal(3)),
      hint: orNull(z.string()),
    }),
  ),
});

const profile = z.union([
  z.strictObject({
    name: z.string(),
    current: z.boolean(),
    url: z.string(),
    account: orNull(z.string()),
    user: orNull(z.string()),
    keptIn: z.enum(['keychain', 'file']),
  }),
  z.strictObject({ name: z.string(), current: z.boolean(), damaged: z.literal(true) }),
]);

const proof = z.strictObject({
  proven: z.boolean(),
  action: actionRef,
  service,
  incident: orNull(z.strictObject({ id: z.string(), number: orNull(z.int()) })),
  noteAfterMs: orNull(z.number()),
  findings: z.array(
    z.strictObject({
      step: z.enum(['incident', 'press', 'delivery', 'note', 'outcome', 'resolved']),
      passed: orNull(z.boolean()),
      text: z.string(),
    }),
  ),
});

const eventOf = <T extends z.core.$ZodLooseShape>(event: string, members: T) =>
  z.strictObject({ at: z.iso.datetime(), event: z.literal(event), ...members });
const live = { service, label: z.string(), id: z.string() };
const where = { ...live, id: orNull(z.string()).describe('Null before a create.') };
const kind = z.enum(['create', 'update', 'delete', 'enable']);
const status = z.enum(['applied', 'differs', 'not kept', 'withdrawn', 'failed', 'unknown', 'skipped']);

const watchEvent = z.union([
  eventOf('drift', { kind, ...where, fields: z.array(z.enum(['label', 'url', 'headers', 'secrets'])) }),
  eventOf('refused', { reason: z.string() }),
  eventOf('disabled', {
    ...live,
    declared: z.boolean(),
    endpoint: z.enum(['healthy', 'unhealthy', 'unknown']),
    why: z.string(),
  }),
  eventOf('enabled', live),
  eventOf('paused', { ...live, minutes: count }),
  eventOf('written', { kind, status, ...where }),
  eventOf('round', { changes: count, disabled: count, requests: count, ms: count }),
  eventOf('failed', { reason: z.string(), message: z.string(), nextInSeconds: count }),
]);

const listenEvent = z.strictObject({
  at: z.iso.datetime(),
  event: z.enum([
    'listening',
    'accepted',
    'duplicate',
    'refused',
    'old-secret',
    'ignored',
    'tested',
    'busy',
    'resumed',
    'started',
    'context-failed',
    'succeeded',
    'failed',
    'timed-out',
    'stopped',
    'not-run',
    'not-allowed',
    'unknown-outcome',
    'noted',
    'note-failed',
    'record-failed',
    'state-failed',
    'queue-unsafe',
    'queue-back',
    'unserved',
    'reloaded',
    'reload-failed',
    'stopping',
  ]),
  level: z.enum(['info', 'warn', 'error']),
  action: z.optional(z.string()).describe('Its key in the config.'),
  label: z.optional(z.string()).describe('Its label.'),
  incident: z.optional(z.string()),
  number: z.optional(z.string()).describe('The number of the incident.'),
  title: z.optional(z.string()).describe('The title of the incident.'),
  id: z.optional(z.string()).describe('The id of the message, the same in all lines about one press.'),
  user: z.optional(z.string()).describe('The user who pressed.'),
  peer: z.optional(z.string()),
  forwarded: z.optional(z.string()),
  status: z.optional(z.int()).describe('The HTTP status of the response.'),
  ms: z.optional(z.number().min(0)),
  exitCode: z.optional(z.int()),
  output: z.optional(z.string()).describe("The end of the handler's output."),
  reason: z.optional(z.enum(['full', 'stopping', 'failed'])),
  detail: z.optional(z.string()),
});

/** By the name of the file. `lines`: one document on each line instead of one in all. */
export const DOCUMENTS: Readonly<
  Record<string, { readonly title: string; readonly schema: z.ZodType; readonly lines?: true }>
> = {
  list: {
    title: '`pdactions list --json`',
    schema: documentOf('list', {
      account,
      services: z.array(
        z.strictObject({
          ...service.shape,
          slots: z.strictObject({ used: count, free: count }),
          actions: z.array(action),
        }),
      ),
      unplaced: z.array(action).describe('Actions that PagerDuty shows on no service.'),
    }),
  },
  show: { title: '`pdactions show --json`', schema: documentOf('show', { action }) },
  slots: {
    title: '`pdactions slots --json`',
    schema: documentOf('slots', {
      account,
      config: z.boolean(),
      services: z.array(
        z.strictObject({
          ...service.shape,
          used: count,
          free: count,
          slots: z.array(slot),
          waiting: z.array(z.string()).describe('Declared labels that are not live yet.'),
        }),
      ),
      unplaced: z.array(z.strictObject({ ...actionRef.shape, services: z.array(z.string()) })),
    }),
  },
  create: {
    title: '`pdactions create --json`',
    schema: documentOf('create', {
      ...byHand('create', z.null()),
      skipped: z
        .optional(z.array(z.strictObject({ service, id: z.string() })))
        .describe('With `--skip-existing`: services that have the label already.'),
    }),
  },
  update: { title: '`pdactions update --json`', schema: documentOf('update', byHand('update')) },
  delete: { title: '`pdactions delete --json`', schema: documentOf('delete', byHand('delete')) },
  enable: {
    title: '`pdactions enable --json`',
    schema: documentOf('enable', {
      ...byHand('enable'),
      skipped: z
        .optional(z.array(z.strictObject({ ...actionRef.shape, services: onServices, why: z.string() })))
        .describe('With `--all-disabled`: disabled actions that cannot be written.'),
    }),
  },
  validate: {
    title: '`pdactions validate --json`',
    schema: z.union([
      validated,
      documentOf('validate', {
        valid: z.literal(false),
        problems: z.array(problem).describe('If there is no config, one problem with an empty `file`.'),
      }),
    ]),
  },
  add: { title: '`pdactions add --json`', schema: editOf('add') },
  remove: { title: '`pdactions remove --json`', schema: editOf('remove') },
  run: { title: '`pdactions run --json`', schema: documentOf('run', { presses: z.array(press) }) },
  test: { title: '`pdactions test --json`', schema: documentOf('test', { endpoints: z.array(endpoint) }) },
  doctor: {
    title: '`pdactions doctor --json`',
    schema: documentOf('doctor', {
      findings: z.array(
        z.strictObject({
          check: z.string(),
          state: z.enum(['ok', 'warn', 'fail']),
          text: z.string(),
          next: orNull(z.string()),
        }),
      ),
    }),
  },
  open: {
    title: '`pdactions open --json`',
    schema: documentOf('open', {
      page: z.enum(['service', 'extensions', 'api-keys']),
      urls: z.array(z.string()),
    }),
  },
  'auth-status': {
    title: '`pdactions auth status --json`',
    schema: documentOf('auth-status', {
      counts: orNull(z.string()).describe('The source of the credential in use.'),
      sources: z.array(z.strictObject({ name: z.string(), set: z.boolean() })),
      profiles: z.array(profile),
    }),
  },
  prove: { title: '`pdactions prove --json`', schema: documentOf('prove', { proofs: z.array(proof) }) },
  'sandbox-start': {
    title: '`pdactions sandbox start --json`',
    schema: documentOf('sandbox start', {
      url: z.string(),
      page: orNull(z.string()),
      token: z.string(),
      controlToken: z.string(),
      dataFile: z.string(),
    }),
  },
  watch: { title: 'A line of `pdactions watch --json`', schema: watchEvent, lines: true },
  listen: { title: 'A line of `pdactions listen --json`', schema: listenEvent, lines: true },
  'listen-any': {
    title: 'A line of `pdactions listen --any --json`',
    lines: true,
    schema: documentOf('listen', {
      path: z.string(),
      headerNames: z.array(z.string()),
      presses: z.array(
        z.strictObject({
          id: z.string(),
          button: actionRef,
          incident: z.strictObject({
            id: z.string(),
            number: z.string(),
            title: z.string(),
            url: z.string(),
            status: z.string(),
            urgency: z.string(),
          }),
          service,
          user: service,
        }),
      ),
      why: orNull(z.string()),
    }),
  },
};
