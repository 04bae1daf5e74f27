/** The seed format: the initial contents of an account. Reports all problems of a seed at once. */
import { ConfigError, type Problem } from '../../errors.ts';
import { defaultSwitches, SWITCHES, type Switches } from '../account/switches.ts';
import * as z from '../shapes.ts';
import { brokenLinks } from './links.ts';
import { SEEDED, type Seeded } from './seeded.ts';

type Lists = { readonly [One in Seeded as One['plural']]: z.ZodMiniDefault<z.ZodMiniArray<One['seed']>> };

/** The records: one list a resource. */
const lists = Object.fromEntries(
  SEEDED.map((resource) => [resource.plural, z._default(z.array(resource.seed), [])]),
) as unknown as Lists;

const switches = z.strictObject(
  Object.fromEntries(SWITCHES.map((spec) => [spec.name, z.optional(z.enum(spec.values))])),
);
const rateLimit = z.strictObject({
  limit: z.int().check(z.minimum(1)),
  windowSeconds: z.number().check(z.positive()),
});
const latencyMs = z.number().check(z.minimum(0));

/** The behaviour of an account, as stored in a data file; null for omitted settings. */
export const behaviour = z.object({
  switches,
  rateLimit: z.nullable(rateLimit),
  latencyMs: z.nullable(latencyMs),
});

/** The records that can be added to a running sandbox. */
export const insertion = z.strictObject(lists);
const seed = z.strictObject({
  account: z
    .string()
    .check(z.regex(/^[a-z0-9-]{1,63}$/, 'must be a subdomain: lower-case letters, digits and -')),
  ...lists,
  switches: z._default(switches, {}),
  rateLimit: z.optional(rateLimit),
  latencyMs: z.optional(latencyMs),
});

/** A seed with its defaults filled in. */
export type Seed = z.output<typeof seed>;
/** A seed as a person writes it. */
export type SeedInput = z.input<typeof seed>;
/** Records to add to a running sandbox, or to replace there if the id is known. */
export type Insertion = z.output<typeof insertion>;
export type InsertionInput = z.input<typeof insertion>;

/**
 * Reads a seed.
 * @param input the text of a seed file, or the value in it
 * @param file the name of the seed in messages
 * @throws ConfigError with every problem
 */
export function parseSeed(input: unknown, file = 'the seed'): Seed {
  const value = typeof input === 'string' ? parseText(input, file) : input;
  const result = z.check(seed, value);
  if (!result.success) throw invalid(file, toProblems(file, result.error.issues));
  const problems = linkProblems(result.data).map((problem) => ({ file, ...problem }));
  if (problems.length > 0) throw invalid(file, problems);
  return result.data;
}

function linkProblems({
  account,
  switches: positions,
  rateLimit: _rate,
  latencyMs: _latency,
  ...entries
}: Seed) {
  const all = { ...defaultSwitches(), ...(positions as Partial<Switches>) };
  return brokenLinks({ account, switches: all, lists: entries });
}

/** Reads additions to a running sandbox. @throws ConfigError */
export function parseInsertion(input: unknown): Insertion {
  const result = z.check(insertion, input);
  if (!result.success) throw invalid('the insertion', toProblems('the insertion', result.error.issues));
  return result.data;
}

function parseText(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not the parser's message, which quotes the text: the text may contain secrets.
    throw invalid(file, [{ file, path: '', message: 'is not valid JSON' }]);
  }
}

function invalid(file: string, problems: readonly Problem[]): ConfigError {
  return new ConfigError(`${file} is not a valid sandbox seed`, problems, {
    hint: 'See docs/sandbox.md for an example and all members.',
  });
}

function toProblems(file: string, issues: readonly z.core.$ZodIssue[]): Problem[] {
  return issues.map((issue) => ({ file, path: issue.path.join('.'), message: issue.message }));
}
