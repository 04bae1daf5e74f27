/** Faults that came from outside, checked before anything is believed. */
import { ConfigError } from '../../errors.ts';
import { isObject } from '../json.ts';
import { parseInsertion } from '../seed/seed.ts';
import type { Fault } from './fault.ts';

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string' && value !== '';
const count: Check = (value) => Number.isInteger(value) && Number(value) >= 1;
const duration: Check = (value) => typeof value === 'number' && value >= 0;
const httpStatus: Check = (value) => Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599;
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const anything: Check = () => true;
const headers: Check = (value) =>
  isObject(value) && Object.values(value).every((one) => typeof one === 'string');

/** The members of each action; the sandbox does not guess what a misspelt one meant. */
const ACTIONS: Readonly<Record<Fault['action'], Readonly<Record<string, Check>>>> = {
  status: {
    status: httpStatus,
    body: anything,
    headers: optional(headers),
    contentType: optional(text),
  },
  reset: {},
  hang: {},
  drip: { everyMs: optional(count) },
  truncate: { cut: optional(oneOf('length', 'close', 'chunk')) },
  'late-commit': { afterMs: duration },
  redirect: { location: text, status: optional(oneOf(301, 302, 303, 307, 308)) },
  'gzip-bomb': { megabytes: optional(count) },
  signal: { signal: oneOf('SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL') },
  gate: { gate: text },
  insert: { insert: isInsertion },
  remove: { ids: (value) => Array.isArray(value) && value.every(text) },
};

const COMMON: Readonly<Record<string, Check>> = {
  action: anything,
  match: optional(isObject),
  phase: optional(oneOf('before-read', 'before-commit', 'after-commit', 'mid-body')),
  times: optional((value) => value === 'always' || count(value)),
};

const MATCH: Readonly<Record<string, Check>> = {
  index: optional(count),
  method: optional(text),
  path: optional(text),
  nth: optional(count),
  service: optional(text),
};

function isInsertion(value: unknown): boolean {
  parseInsertion(value);
  return true;
}

/** A list of faults. @throws ConfigError with every problem */
export function parseFaults(input: unknown): readonly Fault[] {
  if (!Array.isArray(input)) throw invalid(['faults must be a list']);
  const problems = input.flatMap((fault, at) => problemsOf(fault, `faults.${at}`));
  if (problems.length > 0) throw invalid(problems);
  return input;
}

function invalid(problems: readonly string[]): ConfigError {
  const list = problems.map((message) => ({ file: 'the faults', path: '', message }));
  return new ConfigError('the faults cannot be used', list, { details: problems });
}

function problemsOf(fault: unknown, path: string): string[] {
  if (!isObject(fault)) return [`${path} must be an object`];
  const { action, match = {} } = fault;
  if (typeof action !== 'string' || !Object.hasOwn(ACTIONS, action)) {
    return [`${path}.action must be one of ${Object.keys(ACTIONS).join(', ')}`];
  }
  return [
    ...wrongMembers(fault, { ...COMMON, ...ACTIONS[action as Fault['action']] }, path),
    ...(isObject(match) ? wrongMembers(match, MATCH, `${path}.match`) : []),
    ...contradictions(fault, path),
  ];
}

function wrongMembers(
  value: Readonly<Record<string, unknown>>,
  checks: Readonly<Record<string, Check>>,
  path: string,
): string[] {
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(checks, key));
  const wrong = Object.entries(checks).filter(([key, check]) => !check(value[key]));
  return [
    ...unknown.map((key) => `${path}.${key} is not known`),
    ...wrong.map(([key]) => `${path}.${key} is missing or wrong`),
  ];
}

function contradictions(fault: Readonly<Record<string, unknown>>, path: string): string[] {
  const { action, phase, match } = fault;
  const problems: string[] = [];
  if (isObject(match) && match.index !== undefined && match.nth !== undefined) {
    problems.push(`${path}.match has both index and nth`);
  }
  if (action === 'late-commit' && phase !== undefined && phase !== 'before-commit') {
    problems.push(`${path}: late-commit happens before-commit only`);
  }
  if (action === 'truncate' && phase !== undefined && phase !== 'mid-body') {
    problems.push(`${path}: truncate happens mid-body only`);
  }
  if (phase === 'mid-body' && ['status', 'redirect', 'gzip-bomb'].includes(String(action))) {
    problems.push(`${path}: ${action} cannot happen mid-body`);
  }
  return problems;
}
