/** The global options, and parsers for values of options. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../errors.ts';
import { DEFAULT_CONCURRENCY, DEFAULT_TIMEOUT_S } from '../lib/defaults.ts';
import { TOKEN_TYPES, type TokenType } from '../pagerduty/auth/token-kind.ts';
import { FORMATS, type Format } from '../ui/render/rows.ts';

export interface GlobalOptions {
  /** The config files to use, in the order given; if empty, searches for one. */
  readonly config: readonly string[];
  readonly format?: Format | undefined;
  /** A file for the simulation's data; empty: the default one. Absent: the real PagerDuty. */
  readonly sandbox?: string | undefined;
  readonly region?: 'us' | 'eu' | undefined;
  readonly apiUrl?: string | undefined;
  readonly tokenFile?: string | undefined;
  /** The profile of `auth login` to use, before any variable. */
  readonly profile?: string | undefined;
  /** The form of the Authorization header, whatever the form of the token. */
  readonly tokenType?: TokenType | undefined;
  /** False: connects directly, even if the environment names a proxy. */
  readonly proxy: boolean;
  /** Certificate authorities in addition to those of Node, in PEM. */
  readonly caFile?: string | undefined;
  readonly useSystemCa: boolean;
  /** Services at a time. */
  readonly concurrency: number;
  /** For the whole run, in seconds. */
  readonly timeout: number;
  /** False: the default, which grows with the expected requests. */
  readonly timeoutGiven: boolean;
  readonly quiet: boolean;
  readonly debug: boolean;
  readonly strict: boolean;
  readonly allowEnv: readonly string[] | undefined;
  /** `undefined`: decided by the environment. */
  readonly color: boolean | undefined;
  readonly yes: boolean;
  readonly input: boolean;
}

/** Puts the global options on the program. */
export function addGlobalOptions(program: Command): void {
  program
    .option('-c, --config <file>', 'use this config file instead of searching for one (repeatable)', collect)
    .addOption(new Option('--format <format>', 'output format').choices(FORMATS))
    .option('--json', 'the same as --format json')
    .option('--sandbox [file]', 'use a simulated PagerDuty on this machine, with its data in FILE')
    .addOption(
      new Option('--region <region>', "the account's service region").choices(['us', 'eu']).argParser(region),
    )
    .option('--api-url <url>', "use this API URL instead of PagerDuty's")
    .option('--token-file <file>', 'read the API token from FILE (`-`: standard input)')
    .addOption(
      new Option('--token-type <type>', 'how to send the token, whatever its form').choices(TOKEN_TYPES),
    )
    .option('--profile <name>', 'use this profile of `auth login`')
    .option('--no-proxy', 'ignore HTTPS_PROXY and similar variables')
    .option('--ca-file <file>', 'also trust the certificate authorities in FILE (PEM)')
    .option('--use-system-ca', 'also trust the certificate store of the operating system')
    .option('--concurrency <n>', 'services to process at a time', wholeNumber(1, 32))
    .option(
      '--timeout <seconds>',
      'time limit for the whole run; a write in progress gets 5 s more',
      wholeNumber(1, 86_400),
    )
    .option('-q, --quiet', 'suppress progress and notes')
    .option('--debug', 'log each request')
    .option('--strict', 'treat an endpoint inside a private network as an error, not a warning')
    .option('--allow-env <names>', 'the only variables that the config may use (comma-separated)')
    .option('--no-color', 'disable colours')
    .option('-y, --yes', 'skip confirmation')
    .option('--no-input', 'never prompt, even on a terminal');
}

function readFormat(json: boolean, format: Format | undefined): Format | undefined {
  if (!json) return format;
  if (format !== undefined && format !== 'json') {
    throw new UsageError(`\`--json\` and \`--format ${format}\` cannot be combined`, {
      hint: 'Omit one of them.',
    });
  }
  return 'json';
}

/** The global options as parsed by commander. */
export function readGlobalOptions(values: Readonly<Record<string, unknown>>): GlobalOptions {
  const text = (key: string): string | undefined =>
    typeof values[key] === 'string' ? (values[key] as string) : undefined;
  return {
    config: (values.config as readonly string[] | undefined) ?? [],
    format: readFormat(values.json === true, text('format') as Format | undefined),
    sandbox: values.sandbox === true ? '' : text('sandbox'),
    region: text('region') as 'us' | 'eu' | undefined,
    apiUrl: text('apiUrl'),
    tokenFile: text('tokenFile'),
    profile: text('profile'),
    tokenType: text('tokenType') as TokenType | undefined,
    proxy: values.proxy !== false,
    caFile: text('caFile'),
    useSystemCa: values.useSystemCa === true,
    concurrency: (values.concurrency as number | undefined) ?? DEFAULT_CONCURRENCY,
    timeout: (values.timeout as number | undefined) ?? DEFAULT_TIMEOUT_S,
    timeoutGiven: values.timeout !== undefined,
    quiet: values.quiet === true,
    debug: values.debug === true,
    strict: values.strict === true,
    allowEnv: text('allowEnv')
      ?.split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
    color: values.color === false ? false : undefined,
    yes: values.yes === true,
    input: values.input !== false,
  };
}

/** Ignores case: PagerDuty's own pages write US and EU. */
function region(text: string): string {
  const lower = text.toLowerCase();
  if (lower === 'us' || lower === 'eu') return lower;
  throw new InvalidArgumentError('Allowed choices are us, eu.');
}

/** A parser of whole numbers within bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** Collects an option that may be given several times. */
export function collect(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

/** The help of `--warnings-as-errors`, the same for all commands. */
export const WARNINGS_AS_ERRORS = 'exit with 4 if the config has warnings; nothing is sent';
