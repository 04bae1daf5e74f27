/** `--also-accept NAME=VAR`: the secrets before a rotation, which remain valid until it is over. */
import type { Config } from '../../config/config.ts';
import type { ActionSpec, HeaderSpec } from '../../core/action.ts';
import { UsageError } from '../../errors.ts';
import type { CanFork, Context } from '../context.ts';
import { createContext } from '../create-context.ts';

export interface Previous {
  /** The actions by key, with the old values in headers and URLs. */
  readonly actions: ReadonlyMap<string, ActionSpec>;
  /** The old values, which authorise presses like the new ones. */
  readonly secrets: readonly string[];
}

/**
 * The actions with their old secrets; undefined without any. NAME is a variable that the config uses, or else a header; VAR is the variable with the old value.
 * @throws UsageError when one of them is unknown, unset or given twice
 */
export async function previousActions(
  config: Config,
  context: CanFork,
  pairs: readonly string[],
): Promise<Previous | undefined> {
  if (pairs.length === 0) return undefined;
  const olds = new Map<string, string>();
  for (const pair of pairs) {
    const { name, value } = parsePair(pair, context);
    if (olds.has(name)) throw wrong(`\`--also-accept\` has ${name} twice`);
    olds.set(name, value);
  }
  const isVariable = (name: string): boolean => [...config.actions.values()].some(usesVariable(name));
  const variables = [...olds].filter(([name]) => isVariable(name));
  const headers = [...olds].filter(([name]) => !isVariable(name));
  for (const [name] of headers) expectHeader(name, config);
  const env = { ...context.env, ...Object.fromEntries(variables) };
  const { actions } = await createContext({ ...context, env }, { ...context.globals, quiet: true }).config();
  const old = new Map([...actions].map(([key, action]) => [key, withHeaders(action, headers)]));
  return { actions: old, secrets: [...olds.values()] };
}

function parsePair(
  pair: string,
  { env, io }: Pick<Context, 'io' | 'env'>,
): { readonly name: string; readonly value: string } {
  const [, name = '', variable = ''] = /^([^=\s]+)=([A-Za-z_][A-Za-z0-9_]*)$/.exec(pair) ?? [];
  if (name === '') throw wrong('`--also-accept` needs NAME=VAR');
  const value = env[variable] ?? '';
  if (value.trim() === '') {
    throw wrong(`\`--also-accept ${name}=${variable}\` needs ${variable}, which is not set`);
  }
  io.addSecret(value);
  return { name, value };
}

function usesVariable(name: string): (action: ActionSpec) => boolean {
  const refersTo = (text: string): boolean => text.includes(`\${${name}}`) || text.includes(`\${${name}:-`);
  return ({ headers, urlSource }) =>
    refersTo(urlSource ?? '') || (headers ?? []).some(({ source }) => refersTo(source));
}

function expectHeader(name: string, { actions }: Config): void {
  const isThere = [...actions.values()].some(({ headers }) => headers?.some(named(name)));
  if (!isThere) throw wrong(`no action in the config has a variable or header called ${name}`);
}

function named(name: string): (header: HeaderSpec) => boolean {
  return (header) => header.name.toLowerCase() === name.toLowerCase();
}

function withHeaders(action: ActionSpec, olds: readonly (readonly [string, string])[]): ActionSpec {
  const headers = action.headers?.map((header) => {
    const old = olds.find(([name]) => named(name)(header));
    return old ? { ...header, value: old[1] } : header;
  });
  return { ...action, ...(headers && { headers }) };
}

function wrong(message: string): UsageError {
  return new UsageError(message, {
    hint: 'NAME is a variable in the config and VAR the variable with its old value: `--also-accept RESTART_SECRET=RESTART_SECRET_OLD`.',
  });
}
