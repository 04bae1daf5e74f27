/** The seed format: what an account has when the sandbox starts. Everything wrong with a seed is told at once. */
import * as z from 'zod';
import { ConfigError, type Problem } from '../../errors.ts';
import { SWITCHES } from '../account/switches.ts';

const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be letters, digits, - and _');
const name = z.string().min(1, 'must not be empty');
const headerList = z.array(z.strictObject({ name: z.string(), value: z.string() }));
/** `{ "Authorization": "…" }`, or a list where the order or a double name matters. */
const headers = z.union([z.record(z.string(), z.string()), headerList]).transform((value) => {
  return Array.isArray(value)
    ? value
    : Object.entries(value).map(([key, text]) => ({ name: key, value: text }));
});

/** Says that the API would not make such a record, and PagerDuty may have it all the same (fact 58). */
const odd = z.boolean().default(false);

/** `members`: users of the account, of which there is one. */
const team = z.strictObject({ id, name: name.nullable(), members: z.array(id).optional(), odd });
const service = z.strictObject({
  id,
  name: name.nullable(),
  teams: z.array(id.nullable()).default([]),
  odd,
});
/** Another vendor's schema: nothing of it but its id is certain. */
const schema = z.strictObject({ id, key: name.nullable(), label: name.nullable() });
const extension = z.strictObject({
  id,
  /** One service; `services` takes several, which PagerDuty's description allows and its API refuses (U1). */
  service: id.optional(),
  services: z.array(id).optional(),
  name: z.string().nullable(),
  odd,
  url: z.string().nullable(),
  headers: headers.optional(),
  schema: z.enum(['custom_webhook', 'generic_v2_webhook']).default('custom_webhook'),
  config: z.record(z.string(), z.unknown()).optional(),
  /** The web UI leaves a `referer` in `config` (fact 14). */
  madeIn: z.enum(['api', 'web']).default('api'),
  description: z.string().optional(),
  disabled: z.boolean().default(false),
});
const priority = z.strictObject({ id, name });
/** What a monitoring tool says in an event; none of it is needed. */
const event = {
  source: name.optional(),
  component: name.optional(),
  group: name.optional(),
  class: name.optional(),
  severity: z.enum(['critical', 'error', 'warning', 'info']).optional(),
  details: z.unknown().optional(),
};
const alert = z.strictObject({
  id,
  summary: name,
  key: name.optional(),
  status: z.enum(['triggered', 'resolved']).default('triggered'),
  ...event,
});
const incident = z.strictObject({
  id,
  service: id,
  title: name,
  priority: id.optional(),
  /** The event that triggered it: `GET /log_entries/{id}?include[]=channels` shows it. */
  trigger: z.strictObject(event).default({}),
  alerts: z.array(alert).default([]),
  urgency: z.enum(['high', 'low']).default('high'),
  status: z.enum(['triggered', 'acknowledged', 'resolved']).default('triggered'),
});
const switches = z.strictObject(
  Object.fromEntries(SWITCHES.map((spec) => [spec.name, z.enum(spec.values).optional()])),
);

/** A scoped OAuth app: `id` and `secret` are its client credentials. */
const app = z.strictObject({
  id,
  secret: z.string().min(1, 'must not be empty'),
  scopes: z.array(z.string().regex(/^[a-z_]+\.(read|write)$/, 'must be a scope such as extensions.read')),
});

const edit = {
  teams: z.array(team).default([]),
  services: z.array(service).default([]),
  schemas: z.array(schema).default([]),
  extensions: z.array(extension).default([]),
  priorities: z.array(priority).default([]),
  incidents: z.array(incident).default([]),
};
const insertion = z.strictObject(edit);
const seed = z.strictObject({
  account: z.string().regex(/^[a-z0-9-]{1,63}$/, 'must be a subdomain: lower-case letters, digits and -'),
  ...edit,
  apps: z.array(app).default([]),
  switches: switches.default({}),
  rateLimit: z.strictObject({ limit: z.int().min(1), windowSeconds: z.number().positive() }).optional(),
  latencyMs: z.number().min(0).optional(),
});

/** A seed with its defaults filled in. */
export type Seed = z.output<typeof seed>;
/** A seed as a person writes it. */
export type SeedInput = z.input<typeof seed>;
/** Records to add to a running sandbox, or to replace there when the id is known. */
export type Insertion = z.output<typeof insertion>;
export type InsertionInput = z.input<typeof insertion>;

/**
 * Reads a seed.
 * @param input the text of a seed file, or the value that it holds
 * @param file what the seed is called in messages
 * @throws ConfigError with every problem
 */
export function parseSeed(input: unknown, file = 'the seed'): Seed {
  const value = typeof input === 'string' ? parseText(input, file) : input;
  const result = seed.safeParse(value);
  if (!result.success) throw invalid(file, toProblems(file, result.error.issues));
  const problems = [...brokenLinks(file, result.data), ...unmarked(file, result.data)];
  if (problems.length > 0) throw invalid(file, problems);
  return result.data;
}

/** Reads what is to be added to a running sandbox. @throws ConfigError */
export function parseInsertion(input: unknown): Insertion {
  const result = insertion.safeParse(input);
  if (!result.success) throw invalid('the insertion', toProblems('the insertion', result.error.issues));
  return result.data;
}

function parseText(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not the parser's message: it quotes the text, and the text may hold secrets.
    throw invalid(file, [{ file, path: '', message: 'is not JSON' }]);
  }
}

function invalid(file: string, problems: readonly Problem[]): ConfigError {
  return new ConfigError(`${file} is not a sandbox seed`, problems, {
    hint: 'docs/sandbox.md shows one, and what can be in it.',
  });
}

function toProblems(file: string, issues: readonly z.core.$ZodIssue[]): Problem[] {
  return issues.map((issue) => ({ file, path: issue.path.join('.'), message: issue.message }));
}

/** Ids that are used but not defined, and ids that are defined twice. */
function brokenLinks(file: string, data: Seed): Problem[] {
  const problems: Problem[] = [];
  const say = (path: string, message: string) => problems.push({ file, path, message });
  const seen = new Set<string>();
  const define = (kind: string, records: readonly { id: string }[]) => {
    records.forEach((record, at) => {
      if (seen.has(record.id)) say(`${kind}.${at}.id`, `the id ${record.id} is used twice`);
      seen.add(record.id);
    });
    return new Set(records.map((record) => record.id));
  };
  const teams = define('teams', data.teams);
  const services = define('services', data.services);
  define('schemas', data.schemas);
  define('extensions', data.extensions);
  const priorities = define('priorities', data.priorities);
  define('incidents', data.incidents);
  define('apps', data.apps);
  data.incidents.forEach((one, at) => {
    define(`incidents.${at}.alerts`, one.alerts);
  });
  const link = (known: ReadonlySet<string>, path: string, what: string, target: string) => {
    if (!known.has(target)) say(path, `there is no ${what} ${target}`);
  };
  data.services.forEach((one, at) => {
    const named = one.teams.filter((target) => target !== null);
    for (const target of named) link(teams, `services.${at}.teams`, 'team', target);
  });
  data.extensions.forEach((one, at) => {
    if (one.odd) return;
    const targets = serviceIdsOf(one);
    if (targets.length === 0) say(`extensions.${at}.service`, 'names no service');
    for (const target of targets) link(services, `extensions.${at}.service`, 'service', target);
  });
  data.incidents.forEach((one, at) => {
    link(services, `incidents.${at}.service`, 'service', one.service);
    if (one.priority !== undefined) link(priorities, `incidents.${at}.priority`, 'priority', one.priority);
  });
  return problems;
}

/** What only a record marked as odd may lack: anywhere else it is a slip. */
function unmarked(file: string, { teams, services, extensions }: Seed): Problem[] {
  const message = 'is null, which only a record with `"odd": true` may have';
  const lacking = (kind: string, records: readonly { odd: boolean; name: string | null }[]) =>
    records.flatMap((one, at) => (one.odd || one.name !== null ? [] : [`${kind}.${at}.name`]));
  const teamless = services.flatMap((one, at) =>
    one.odd || !one.teams.includes(null) ? [] : [`services.${at}.teams`],
  );
  const headers = extensions.flatMap((one, at) =>
    one.odd || one.config?.headers === undefined ? [] : [`extensions.${at}.config.headers`],
  );
  return [
    ...[
      ...lacking('teams', teams),
      ...lacking('services', services),
      ...lacking('extensions', extensions),
      ...teamless,
    ].map((path) => ({ file, path, message })),
    ...headers.map((path) => ({
      file,
      path,
      message: 'belongs into `headers`; only a record with `"odd": true` may have it here, in any shape',
    })),
  ];
}

/** The services of a seeded extension. */
export function serviceIdsOf(one: Insertion['extensions'][number]): readonly string[] {
  return [...new Set([...(one.service === undefined ? [] : [one.service]), ...(one.services ?? [])])];
}
