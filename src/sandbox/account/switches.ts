/**
 * The open questions about PagerDuty, as switches: each unknown U1–U14, each open point (a)–(f), and contradictory facts.
 * A client must work with every value of every switch.
 */
import { isObject } from '../narrow.ts';

interface SwitchSpec {
  readonly name: string;
  /** `U4`, `point d` or `fact 9`. */
  readonly about: string;
  readonly values: readonly string[];
  readonly default: string;
  readonly description: string;
}

export const SWITCHES = [
  {
    name: 'multipleObjects',
    about: 'U1',
    values: ['reject', 'accept'],
    default: 'reject',
    description:
      'an extension on several services: 400 code 2001 (fact 12), or accepted as the API description says',
  },
  {
    name: 'limitMode',
    about: 'U2, point c',
    values: ['2019', '2001', 'off'],
    default: '2019',
    description: 'a fourth custom incident action on a service: 400 with this code, or no limit',
  },
  {
    name: 'description',
    about: 'U3',
    values: ['none', 'field', 'config'],
    default: 'none',
    description:
      "where an action's description is stored: nowhere, in `description`, or in `config.description`",
  },
  {
    name: 'putWithoutConfig',
    about: 'U4',
    values: ['keep', 'clear'],
    default: 'keep',
    description: 'a PUT without `config` keeps the stored headers, or loses them',
  },
  {
    name: 'putConfig',
    about: 'U4',
    values: ['replace', 'merge'],
    default: 'replace',
    description: 'the `config` of a PUT replaces the stored one, or is merged by key and header name',
  },
  {
    name: 'headerNames',
    about: 'U5',
    values: ['shown', 'hidden'],
    default: 'shown',
    description:
      'reads show the names of custom headers, or omit `config`, so that a client must distinguish none from unknown',
  },
  {
    name: 'moves',
    about: 'U6',
    values: ['reject', 'ignore', 'move'],
    default: 'reject',
    description: 'a PUT that names another service or schema: 400, silently ignored, or moved',
  },
  {
    name: 'duplicateNames',
    about: 'U7',
    values: ['accept', 'reject'],
    default: 'accept',
    description: 'two actions with the same name on one service',
  },
  {
    name: 'emptyName',
    about: 'U7',
    values: ['reject', 'accept'],
    default: 'reject',
    description: 'an action with an empty name',
  },
  {
    name: 'nameLimit',
    about: 'U7, point e',
    values: ['255', '40', 'none'],
    default: '255',
    description: 'the maximum length of a name, in characters',
  },
  {
    name: 'headerRules',
    about: 'U8',
    values: ['unique', 'strict', 'off'],
    default: 'unique',
    description: 'rules for custom headers: unique names; also valid, not reserved and at most 20; or none',
  },
  {
    name: 'redirects',
    about: 'U9',
    values: ['drop', 'retry', 'follow'],
    default: 'drop',
    description: 'the effect of a 3xx response to a delivery',
  },
  {
    name: 'pressBody',
    about: 'U10',
    values: ['json', 'empty', 'no-content'],
    default: 'json',
    description: 'the response to a press: 200 with JSON, 200 with an empty body, or 204',
  },
  {
    name: 'pressFrom',
    about: 'U10',
    values: ['optional', 'required'],
    default: 'optional',
    description: 'whether a press needs a `From` header',
  },
  {
    name: 'pressPlan',
    about: 'U10',
    values: ['open', 'gated'],
    default: 'open',
    description: 'a press works on every PagerDuty plan, or is refused with 402',
  },
  {
    name: 'payload',
    about: 'U11',
    values: ['v2', 'v3', 'eventbridge'],
    default: 'v2',
    description: 'the format of a delivered message',
  },
  {
    name: 'clientCertificate',
    about: 'U12',
    values: ['us-g2', 'us-ca', 'eu-g2'],
    default: 'us-g2',
    description: 'the client certificate that the delivery log reports (none is actually sent)',
  },
  {
    name: 'retrySpacing',
    about: 'U13',
    values: ['growing', 'even'],
    default: 'growing',
    description:
      'the waits between delivery attempts within 48 h: doubling from 1 min to 1 h, or 10 min each',
  },
  {
    name: 'orphans',
    about: 'U13',
    values: ['delete', 'keep'],
    default: 'delete',
    description: 'what happens to the extensions of a removed service',
  },
  {
    name: 'schemaId',
    about: 'U14',
    values: ['global', 'account'],
    default: 'global',
    description:
      'the id of the custom incident action schema: the same everywhere, or different in each account',
  },
  {
    name: 'configKeys',
    about: 'point a',
    values: ['keep', 'drop'],
    default: 'keep',
    description: 'whether unknown keys of `config` are stored, for example an ownership marker',
  },
  {
    name: 'redacted',
    about: 'point b',
    values: ['headers', 'headers-and-url', 'nothing'],
    default: 'headers',
    description: 'what reads hide: header values (fact 14), header values and endpoint URLs, or nothing',
  },
  {
    name: 'redactedText',
    about: 'point b',
    values: ['--redacted--', '-- redacted --', 'redacted'],
    default: '--redacted--',
    description: 'the placeholder for a hidden value; all three have been observed (fact 14)',
  },
  {
    name: 'putEnables',
    about: 'point d',
    values: ['no', 'yes'],
    default: 'no',
    description: 'whether a PUT re-enables a disabled action',
  },
  {
    name: 'storedName',
    about: 'fact 53',
    values: ['as-sent', 'collapsed', 'cut', 'nfc', 'nfd', 'entities', 'no-pictographs', 'capitalised'],
    default: 'as-sent',
    description:
      'the stored form of a name: as sent, spaces collapsed, truncated to 24 characters, in another Unicode form, with HTML entities, without pictographs, or capitalised',
  },
  {
    name: 'storedUrl',
    about: 'fact 53',
    values: ['as-sent', 'no-fragment', 'escapes', 'normalised', 'lower-case'],
    default: 'as-sent',
    description:
      'the stored form of an endpoint: as sent, without its fragment, with upper-case escapes, normalised (host case, default port, final `/`), or in lower case',
  },
  {
    name: 'writes',
    about: 'fact 56',
    values: ['kept', 'echoed'],
    default: 'kept',
    description: 'writes to extensions are stored, or only acknowledged as if they were',
  },
  {
    name: 'accountLock',
    about: 'fact 54',
    values: ['free', 'contended'],
    default: 'free',
    description:
      'whether another write holds the account lock: `contended` refuses each write to an extension once, with 400 and before any change',
  },
  {
    name: 'gone',
    about: 'fact 57',
    values: ['404', '403-on-reads', '403'],
    default: '404',
    description:
      'the response for an id that does not exist, or no longer exists: 404, 403 to reads, or 403 to all requests',
  },
  {
    name: 'listOrder',
    about: 'point f',
    values: ['created', 'newest', 'name', 'id'],
    default: 'created',
    description:
      'the order of the list of extensions; with `newest` and `name`, pages shift when an extension is added',
  },
  {
    name: 'disabledOnList',
    about: 'fact 9',
    values: ['yes', 'no'],
    default: 'yes',
    description: 'whether lists honour `include[]=temporarily_disabled`',
  },
  {
    name: 'bodies',
    about: 'fact 10',
    values: ['both', 'wrapped'],
    default: 'both',
    description: 'a body without its wrapping key is accepted, or refused as the API description says',
  },
  {
    name: 'tokenKind',
    about: 'facts 17, 18, 21',
    values: ['user', 'account', 'read-only', 'scoped-read'],
    default: 'user',
    description: 'the kind of token: user key, account key, read-only key, or OAuth without write scopes',
  },
  {
    name: 'appLogin',
    about: 'fact 20',
    values: ['accepted', 'refused'],
    default: 'accepted',
    description: 'OAuth apps with valid credentials get a token, or are refused like a revoked app',
  },
  {
    name: 'appScopes',
    about: 'fact 20',
    values: ['all', 'read-only'],
    default: 'all',
    description: 'the scopes granted to an OAuth app; others are omitted without an error',
  },
  {
    name: 'appTokenLife',
    about: 'fact 20',
    values: ['day', 'minute'],
    default: 'day',
    description: 'the lifetime of the token of an OAuth app',
  },
  {
    name: 'rateHeaders',
    about: 'fact 24',
    values: ['always', 'not-on-429', 'never'],
    default: 'always',
    description: 'when responses have `ratelimit-*` headers; a 429 without them has no body either',
  },
  {
    name: 'duplicates',
    about: 'fact 42',
    values: ['no', 'yes'],
    default: 'no',
    description: 'whether every successful delivery is sent once more, with the same `x-webhook-id`',
  },
  {
    name: 'readLag',
    about: 'fact 50',
    values: ['0', '1', '3'],
    default: '0',
    description: 'how many reads omit a new extension',
  },
  {
    name: 'query',
    about: 'fact 8',
    values: ['substring', 'exact', 'ignored'],
    default: 'substring',
    description:
      'what the `query` of a list matches: names that contain it, names equal to it, or everything',
  },
  {
    name: 'ignoreFilters',
    about: 'F28',
    values: ['no', 'yes'],
    default: 'no',
    description:
      'whether the list of extensions ignores `extension_object_id`, `extension_schema_id` and `query`',
  },
] as const satisfies readonly SwitchSpec[];

type Spec = (typeof SWITCHES)[number];
export type SwitchName = Spec['name'];
/** The position of every switch. */
export type Switches = { readonly [S in Spec as S['name']]: S['values'][number] };

/** Every switch in its default position. */
export function defaultSwitches(): Switches {
  return Object.fromEntries(SWITCHES.map((spec) => [spec.name, spec.default])) as unknown as Switches;
}

/**
 * Parses switch positions from outside, for example `{ "limitMode": "2001" }`.
 * @returns the valid positions, and one sentence for each problem
 */
export function parseSwitches(input: unknown): { switches: Partial<Switches>; problems: readonly string[] } {
  if (!isObject(input)) return { switches: {}, problems: ['switches must be an object'] };
  const problems = Object.entries(input).flatMap(([name, value]) => {
    const spec: SwitchSpec | undefined = SWITCHES.find((candidate) => candidate.name === name);
    if (!spec) return [`unknown switch \`${name}\``];
    if (spec.values.includes(value as string)) return [];
    return [`switch \`${name}\` must be one of ${spec.values.join(', ')}`];
  });
  return { switches: problems.length > 0 ? {} : (input as Partial<Switches>), problems };
}
