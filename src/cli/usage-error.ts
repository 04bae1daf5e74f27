/** Commander's errors for users: without values that may be secret, and with a fix. */
import type { CommanderError } from 'commander';
import { UsageError } from '../errors.ts';
import { mayBeToken } from '../pagerduty/auth/token-kind.ts';

/** Other tools' names of the commands. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  apply: 'sync',
  check: 'validate',
  deploy: 'sync',
  destroy: 'delete',
  diff: 'plan',
  drift: 'plan',
  dump: 'export',
  edit: 'update',
  get: 'show',
  ls: 'list',
  new: 'create',
  preview: 'plan',
  pull: 'export',
  push: 'sync',
  press: 'run',
  rm: 'delete',
  serve: 'listen',
  setup: 'init',
  start: 'sandbox start',
  status: 'plan',
  trigger: 'run',
};

/** Other tools' commands that are a subcommand here. */
const SUBCOMMANDS: Readonly<Record<string, string>> = {
  login: 'Use `pdactions auth login`.',
  logout: 'Use `pdactions auth logout`.',
  whoami: 'Use `pdactions auth status`.',
};

const TOKEN_OPTION = /^--?(?:t|token|api-?key|key|password|secret)$/i;

/** @param path the typed command, with its subcommand */
export function usageError(error: CommanderError, path: readonly string[]): UsageError {
  const help = ['pdactions', ...path, '--help'].join(' ');
  if (error.code === 'commander.help') {
    return new UsageError('a command is missing', { hint: `Run \`${help}\` to see all commands.` });
  }
  const message = withOtherWord(withoutValue(error.message));
  const hint = wordHint(message) ?? tokenHint(message) ?? dryRunHint(message, path[0]);
  return new UsageError(message, { hint: hint ?? `Run \`${help}\` to see the usage.` });
}

function withOtherWord(message: string): string {
  const word = unknownWord(message);
  const meant = word !== undefined && Object.hasOwn(OTHER_WORDS, word) ? OTHER_WORDS[word] : undefined;
  return meant === undefined ? message : `unknown command '${word}' (Did you mean ${meant}?)`;
}

function unknownWord(message: string): string | undefined {
  return /^unknown command '(\w+)'/.exec(message)?.[1];
}

function wordHint(message: string): string | undefined {
  const word = unknownWord(message) ?? '';
  return Object.hasOwn(SUBCOMMANDS, word) ? SUBCOMMANDS[word] : undefined;
}

/** A preview is a separate command here. */
function dryRunHint(message: string, command: string | undefined): string | undefined {
  if (!/^unknown option '--(?:dry-run|preview|check|what-if)'/.test(message)) return undefined;
  if (command === 'sync') return 'Use `pdactions plan`: it shows what sync would do and changes nothing.';
  return 'Without `--yes`, you confirm each change before it is made. To preview a config, run `pdactions plan`.';
}

/** The token is not an option, because every user of the machine can see arguments. */
function tokenHint(message: string): string | undefined {
  const option = /^unknown option '([^']*)'/.exec(message)?.[1];
  if (option === undefined || !TOKEN_OPTION.test(option)) return undefined;
  return 'Set PAGERDUTY_TOKEN, or pass a file with `--token-file`: other users can see command-line arguments.';
}

/** A value after `=`, or attached to a short option, may be a secret, so it is never repeated, even if it was taken for a value (T30). */
function withoutValue(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/^command-argument value ('.*') is invalid for argument '([^']*)'/s, '$1 is not a valid $2')
    .replace(/('--?\w[^=]*)=.*'/s, "$1'")
    .replace(/((?:unknown option|unknown command|argument) '-[^-']).+'/s, "$1'")
    .replace(/'([^']+)'/g, (quoted, word) => (mayBeToken(word) ? "'...'" : quoted))
    .replace(/\n/g, ' ')
    .replace(/\.$/, '');
}
