/** Validates faults from outside. */
import { ConfigError } from '../../errors.ts';
import { insertion } from '../seed/seed.ts';
import * as z from '../shapes.ts';
import type { FaultPhase, InjectedFault } from './fault.ts';

const count = z.int().check(z.minimum(1));

function phase(first: FaultPhase, ...others: readonly FaultPhase[]) {
  return z.optional(z.enum([first, ...others]));
}

const BEFORE_ANSWER = phase('before-read', 'before-commit', 'after-commit');

const match = z
  .strictObject({
    index: z.optional(count),
    method: z.optional(z.text),
    path: z.optional(z.text),
    nth: z.optional(count),
    service: z.optional(z.text),
  })
  .check(
    z.refine(({ index, nth }) => index === undefined || nth === undefined, 'cannot have both index and nth'),
  );

const COMMON = {
  match: z.optional(match),
  phase: phase('before-read', 'before-commit', 'after-commit', 'mid-body'),
  times: z.optional(z.union([z.literal('always'), count], 'must be a count or always')),
};

/** The members of each action; the sandbox does not guess the meaning of a misspelt one. */
const ACTIONS: Readonly<Record<InjectedFault['action'], z.core.$ZodShape>> = {
  status: {
    status: z.int().check(z.minimum(200)).check(z.maximum(599)),
    body: z.optional(z.unknown()),
    headers: z.optional(z.record(z.string(), z.string())),
    contentType: z.optional(z.text),
    phase: BEFORE_ANSWER,
  },
  reset: {},
  hang: {},
  drip: { everyMs: z.optional(count) },
  truncate: { cut: z.optional(z.enum(['length', 'close', 'chunk'])), phase: phase('mid-body') },
  'late-commit': { afterMs: z.number().check(z.minimum(0)), phase: phase('before-commit') },
  redirect: {
    location: z.text,
    status: z.optional(z.literal([301, 302, 303, 307, 308])),
    phase: BEFORE_ANSWER,
  },
  'gzip-bomb': { megabytes: z.optional(count), phase: BEFORE_ANSWER },
  signal: { signal: z.enum(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL']) },
  gate: { gate: z.text },
  insert: { insert: insertion },
  remove: { ids: z.array(z.text) },
};

function shapeOf(action: string, members: z.core.$ZodShape) {
  return z.strictObject({ action: z.literal(action), ...COMMON, ...members });
}

const { reset, ...others } = ACTIONS;
const fault = z.discriminatedUnion('action', [
  shapeOf('reset', reset),
  ...Object.entries(others).map(([action, members]) => shapeOf(action, members)),
]);

/** A list of faults. @throws ConfigError with every problem */
export function parseFaults(input: unknown): readonly InjectedFault[] {
  const result = z.check(z.array(fault), input);
  // Unchanged: a fault that inserts is parsed again when its moment comes.
  if (result.success) return input as readonly InjectedFault[];
  const problems = result.error.issues.flatMap(sentencesOf);
  const list = problems.map((message) => ({ file: 'the faults', path: '', message }));
  throw new ConfigError('the faults are not valid', list, { details: problems });
}

/** The problem at one place; one sentence for each unknown member. */
function sentencesOf(issue: z.core.$ZodIssue): readonly string[] {
  const path = ['faults', ...issue.path].join('.');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${path}.${key} is unknown`);
  if (issue.path.length === 0) return [`${path} must be a list`];
  if (issue.path.length === 1) return [`${path} must be an object`];
  if (issue.code === 'custom') return [`${path} ${issue.message}`];
  if (issue.path.length === 2 && issue.path[1] === 'action') {
    return [`${path} must be one of ${Object.keys(ACTIONS).join(', ')}`];
  }
  return [`${path} is missing or invalid: ${issue.message}`];
}
