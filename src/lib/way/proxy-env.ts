/** Which proxy the environment or an option names for an address. Pure, and small: every run asks it. */
import { UsageError } from '../../errors.ts';
import { isLoopback, parseUrl, percentDecoded } from '../../parse-url.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const BYPASS = 'pass `--no-proxy` or list the host in NO_PROXY';

/** A proxy, and the variable or option that names it. */
export interface NamedProxy {
  readonly url: URL;
  readonly from: string;
  /** Advice for a direct connection, for messages. */
  readonly bypass: string;
}

/** The variables that may name a proxy, in the order in which they count; the lower case comes first, as in curl. */
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  'https:': ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
  'http:': ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'],
};

/**
 * The proxy for `target`; null to go directly, always so on this machine.
 * @throws UsageError for a value that names no HTTP proxy; the value itself may hold a password and is not repeated
 */
export function proxyFor(target: URL, env: Environment): NamedProxy | null {
  const from = VARIABLES[target.protocol]?.find((name) => env[name]);
  if (from === undefined || isLoopback(target.hostname) || isExcepted(target, env)) return null;
  return {
    url: proxyUrl(env[from] ?? '', from, 'To connect directly, pass `--no-proxy`'),
    from,
    bypass: BYPASS,
  };
}

/**
 * The proxy that an option names, for all addresses but those of this machine.
 * @param from the option, for messages
 * @throws UsageError for a value that names no HTTP proxy, which is not repeated
 */
export function fixedProxy(text: string, from: string): (target: URL) => NamedProxy | null {
  const bypass = `omit ${from}`;
  const url = proxyUrl(text, from, 'To connect directly, omit it');
  return ({ hostname }) => (isLoopback(hostname) ? null : { url, from, bypass });
}

/** Logins of all proxies that the environment names, for the redactor. */
export function proxySecrets(env: Environment): readonly string[] {
  return Object.values(VARIABLES)
    .flat()
    .flatMap((name) => (env[name] ? loginOf(env[name]) : []));
}

/** The password in the URL of a proxy, as written and as sent. Without one the user name is the credential, as with tokens of some proxies. */
export function loginOf(text: string): readonly string[] {
  const { username = '', password = '' } = parseUrl(withScheme(text)) ?? {};
  const secret = password === '' ? username : password;
  return secret === '' ? [] : [secret, percentDecoded(secret)];
}

function withScheme(text: string): string {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
}

function proxyUrl(text: string, from: string, direct: string): URL {
  const url = parseUrl(withScheme(text.trim()));
  if (!url || url.hostname === '') {
    throw new UsageError(`${from} is not a valid proxy URL`, {
      hint: `For example \`http://proxy.example.com:3128\`; percent-encode special characters in the password. ${direct}.`,
    });
  }
  if (url.protocol === 'http:' || url.protocol === 'https:') {
    // A stray percent sign stands for itself, as in curl.
    url.username = encodeURIComponent(percentDecoded(url.username));
    url.password = encodeURIComponent(percentDecoded(url.password));
    return url;
  }
  throw new UsageError(`${from} has an unsupported proxy scheme: ${url.protocol}//`, {
    hint: `Use an HTTP proxy (\`http://\` or \`https://\`)${from.startsWith('`') ? '' : ' in HTTPS_PROXY, which takes precedence over ALL_PROXY'}. ${direct}.`,
  });
}

/** NO_PROXY: names separated by commas or blanks, each with its subdomains, perhaps with a port; `*` is all. */
function isExcepted({ protocol, hostname, port }: URL, env: Environment): boolean {
  const host = hostname.toLowerCase();
  const actual = port || (protocol === 'https:' ? '443' : '80');
  return (env.no_proxy || env.NO_PROXY || '')
    .toLowerCase()
    .split(/[,\s]+/)
    .some((entry) => {
      const [, name = '', wanted = actual] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
      const suffix = name.replace(/^\*?\./, '');
      if (name === '*') return true;
      return suffix !== '' && wanted === actual && (host === suffix || host.endsWith(`.${suffix}`));
    });
}
