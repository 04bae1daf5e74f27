/** Headers given by flags. Values may be secrets: no message shows one. */
import type { Command } from 'commander';
import { checkHeader, checkHeaderName } from '../../config/check/header.ts';
import { isNeverExpanded } from '../../config/secrets/never-expanded.ts';
import type { HeaderSpec } from '../../core/action.ts';
import { UsageError } from '../../errors.ts';
import { collect } from '../options.ts';

export interface HeaderFlags {
  readonly header?: readonly string[] | undefined;
  readonly headerEnv?: readonly string[] | undefined;
}

/** Adds `--header` and `--header-env` to a command. */
export function addHeaderOptions(command: Command): Command {
  return command
    .option('-H, --header <header>', "a header to send, as 'Name: value' (repeatable)", collect)
    .option(
      '--header-env <pair>',
      'a header with its value in a variable, as Name=VARIABLE (repeatable)',
      collect,
    );
}

/**
 * Reads the header flags.
 * @returns null without any
 * @throws UsageError for a header that cannot be sent, a name given twice, or a variable that is not set
 */
export function readHeaders(
  flags: HeaderFlags,
  env: Readonly<Record<string, string | undefined>>,
): HeaderSpec[] | null {
  const headers = [
    ...(flags.header ?? []).map(parseHeader),
    ...(flags.headerEnv ?? []).map((pair) => fromVariable(pair, env)),
  ];
  const seen = new Set<string>();
  for (const { name } of headers) {
    if (seen.has(name.toLowerCase())) throw new UsageError(`the header ${name} is given twice`);
    seen.add(name.toLowerCase());
  }
  return headers.length === 0 ? null : headers;
}

function parseHeader(text: string): HeaderSpec {
  const colon = text.indexOf(':');
  if (colon < 1) {
    throw new UsageError("--header must be 'Name: value'", {
      hint: 'For a secret value, use a variable: `--header-env Name=VARIABLE`.',
    });
  }
  return checked(text.slice(0, colon).trim(), text.slice(colon + 1).trim(), '--header');
}

/**
 * Reads `--header-env` if the values themselves are not needed.
 * @returns the variables by the header's name in lower case
 */
export function headerVariables(pairs: readonly string[] = []): Map<string, string> {
  return new Map(
    pairs.map((pair) => {
      const { name, variable } = parsePair(pair);
      const check = checkHeaderName(name);
      if (!check.ok) throw new UsageError(`--header-env: ${check.message}`, { hint: check.fix });
      return [name.toLowerCase(), variable];
    }),
  );
}

function parsePair(pair: string): { readonly name: string; readonly variable: string } {
  const [, name, variable] = /^([^=]+)=([A-Za-z_]\w*)$/.exec(pair) ?? [];
  if (name === undefined || variable === undefined) {
    throw new UsageError('--header-env must be Name=VARIABLE, where VARIABLE is the name of a variable');
  }
  if (isNeverExpanded(variable)) {
    throw new UsageError(
      `--header-env: ${variable} contains a credential that must not be sent to an endpoint`,
      {
        hint: 'If you mean to send it, use a variable with another name.',
      },
    );
  }
  return { name: name.trim(), variable };
}

function fromVariable(pair: string, env: Readonly<Record<string, string | undefined>>): HeaderSpec {
  const { name, variable } = parsePair(pair);
  const value = env[variable];
  if (!value) throw new UsageError(`--header-env: the variable ${shown(variable)} is unset or empty`);
  return { ...checked(name, value, '--header-env'), source: `\${${variable}}` };
}

/** The user may have passed the secret itself instead of a name, so only texts in the usual form of names are repeated. */
function shown(variable: string): string {
  return /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(variable) ? variable : 'given';
}

function checked(name: string, value: string, flag: string): HeaderSpec {
  const check = checkHeader(name, value);
  if (!check.ok) throw new UsageError(`${flag}: ${check.message}`, { hint: check.fix });
  return { name, value: check.value, source: check.value };
}
