/** The pages of help: what commander writes, with the global options that matter to a command and its examples. */
import { type Command, Help, type HelpConfiguration, type Option } from 'commander';
import type { CommandSpec, Use } from './command.ts';

/** The global options that the help of a command shows, by what it works with. */
const SHOWN: Readonly<Record<Use, readonly string[]>> = {
  config: ['--config'],
  // The config may name the region and the account.
  pagerduty: ['--config', '--sandbox', '--region', '--token-file', '--profile', '--timeout'],
  result: ['--format', '--json'],
  confirmation: ['--yes'],
};

/** Those that the first page of help shows. */
const SHOWN_FIRST = ['--config', '--json', '--sandbox', '--yes', '--version'];

/** All of them, by subject. */
const SUBJECTS: Readonly<Record<string, readonly string[]>> = {
  'The config:': ['--config', '--allow-env', '--strict'],
  'The account:': ['--sandbox', '--region', '--api-url', '--token-file', '--token-type', '--profile'],
  'The network:': ['--timeout', '--concurrency', '--no-proxy', '--ca-file', '--use-system-ca'],
  'The output:': ['--format', '--json', '--quiet', '--debug', '--no-color'],
  'Questions:': ['--yes', '--no-input'],
  'Other:': ['--version'],
};

const ENVIRONMENT: Readonly<Record<string, string>> = {
  PAGERDUTY_TOKEN: 'the API token',
  PAGERDUTY_TOKEN_FILE: 'a file with the token',
  PAGERDUTY_TOKEN_COMMAND: 'a command that prints it, such as: op read op://vault/pagerduty/token',
  PAGERDUTY_CLIENT_ID: 'with _CLIENT_SECRET and _SUBDOMAIN: a scoped OAuth app, instead of a token',
  PAGERDUTY_PROFILE: 'the profile of `auth login` to use',
  PAGERDUTY_API_URL: "an API URL to use instead of PagerDuty's",
  PAGERDUTY_SERVICE_REGION: 'us or eu',
  'HTTPS_PROXY, NO_PROXY': 'the proxy to use, and the hosts to reach directly',
  PDACTIONS_ALLOW_ENV: 'the only variables that a config can use (comma-separated)',
  PDACTIONS_FINGERPRINT_KEY: 'the key of fingerprints, for configs that use them',
  'NO_COLOR, FORCE_COLOR': 'disable colours, or force them off a terminal',
  CI: 'never prompt',
};

/** The end of the first page of help. */
export const EPILOGUE = `
Exit codes:
  0 done, in sync     1 a bug              2 changes pending (plan --exit-code)
  3 wrong usage       4 wrong config       5 no token, or no permission
  6 partly applied    7 PagerDuty unreachable, nothing written
  8 stopped for safety                     9 a local file could not be written
  130, 143, 129 interrupted

pdactions help COMMAND    a command, with examples
pdactions help options    all global options, and the environment

Try it without an account: pdactions list --sandbox`;

/** Commander's settings for the help of a command. @param spec none for the program itself */
export function helpStyle(spec?: CommandSpec): HelpConfiguration {
  const shown = spec ? spec.uses.flatMap((use) => SHOWN[use]) : SHOWN_FIRST;
  const matters = ({ long }: Option): boolean => shown.includes(long ?? '');
  return {
    showGlobalOptions: true,
    // 60 columns still leave room beside the terms.
    minWidthToWrap: 20,
    formatHelp,
    optionTerm,
    visibleOptions(command) {
      const all = Help.prototype.visibleOptions.call(this, command);
      return command.parent ? all : all.filter((option) => matters(option) || option.long === '--help');
    },
    visibleCommands(command) {
      return Help.prototype.visibleCommands.call(this, command).filter((sub) => sub.name() !== 'help');
    },
    visibleGlobalOptions(command) {
      return Help.prototype.visibleGlobalOptions.call(this, command).filter(matters);
    },
  };
}

/** The examples that begin with the command, and where to read about the options that are not shown. */
export function examplesOf(command: Command, { name, examples }: CommandSpec): string {
  const start = command.name() === name ? name : `${name} ${command.name()}`;
  const matching = examples.filter((example) => `${example} `.startsWith(`${start} `));
  const rows = matching.map((example) => `  pdactions ${example}`);
  return ['', 'Examples:', ...rows, '', 'Run `pdactions help options` for all global options.'].join('\n');
}

/** The global options by subject, and the environment. */
export function optionsPage(program: Command): string {
  const named = (name: string): readonly [string, string][] =>
    program.options
      .filter(({ long }) => long === name)
      .map((option) => [optionTerm(option), new Help().optionDescription(option)]);
  const options = Object.entries(SUBJECTS).map(([subject, names]) =>
    list(program, subject, names.flatMap(named)),
  );
  const environment = list(program, 'Environment:', Object.entries(ENVIRONMENT));
  return ['Options of every command, grouped by subject.', ...options, environment].join('\n\n');
}

/** Terms and what they mean, in the columns of the help. */
function list(
  program: Command,
  heading: string,
  rows: readonly (readonly [term: string, meaning: string])[],
): string {
  const helper = program.createHelp();
  helper.helpWidth = program.configureOutput().getOutHelpWidth?.() ?? 80;
  const width = Math.max(...rows.map(([term]) => term.length));
  return [heading, ...rows.map(([term, meaning]) => helper.formatItem(term, width, meaning, helper))].join(
    '\n',
  );
}

/** Help as commander writes it, except that subcommands come before the options. */
function formatHelp(command: Command, helper: Help): string {
  const text = Help.prototype.formatHelp
    .call(helper, command, helper)
    .replace('\nGlobal Options:', '\nGlobal options:');
  const [usage = '', ...sections] = text.split('\n\n');
  const isOptions = (section: string): boolean => /^(?:Global o|O)ptions:/.test(section);
  const options = command.commands.length > 0 ? sections.filter(isOptions) : [];
  const others = sections.filter((section) => !options.includes(section));
  return `${[usage, ...others, ...options].map((section) => section.trimEnd()).join('\n\n')}\n`;
}

/** A value that may be left out is never the next word: that could be an argument. */
function optionTerm({ flags }: Option): string {
  return flags.replace(' [', '[=');
}
