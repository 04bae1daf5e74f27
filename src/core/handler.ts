/** The handler of an action: the command that `pdactions listen` runs for a press. */

/** Decides whether the outcome is written to the incident. */
export type NotePolicy = 'always' | 'on-failure' | 'never';

/** The parts that `listen` reads from PagerDuty for a handler, because the message does not include them (fact 33). */
export const CONTEXT_PARTS = ['alerts', 'trigger'] as const;
export type ContextPart = (typeof CONTEXT_PARTS)[number];

export interface Handler {
  /** The program and its arguments, unchanged: no shell, no expansion (T42). */
  readonly command: readonly string[];
  /** Its time limit, in seconds. */
  readonly timeout: number;
  /** The number of runs at a time; those of one incident are always in the order of the presses (fact 40). */
  readonly concurrency: number;
  /** Names of variables that it may read besides PATH, HOME, LANG, TZ and those of the press (T45). */
  readonly env: readonly string[];
  readonly note: NotePolicy;
  /** Without repetitions. */
  readonly context: readonly ContextPart[];
  /** Ids of users, and `team:NAME` or `team:ID`; empty: every user who sees the button. */
  readonly allow: readonly string[];
}

/** The defaults of a handler. */
export const HANDLER_DEFAULTS = {
  timeout: 60,
  // Equal to the default number of concurrent runs: a hanging handler does not delay other incidents.
  concurrency: 4,
  env: [],
  note: 'always',
  context: [],
  allow: [],
} as const satisfies Omit<Handler, 'command'>;

/** Beginnings of variables that hold secrets of pdactions itself. */
const OWN_PREFIXES = ['PAGERDUTY_', 'PDACTIONS_'] as const;
const OWN_NAMES: ReadonlySet<string> = new Set([
  'PD_API_KEY',
  'PD_API_TOKEN',
  'PD_CLIENT_SECRET',
  'PD_TOKEN',
]);

/** True for a variable that no program of a handler may read, in any case: it would have all rights of pdactions (T45). */
export function isOwnVariable(name: string): boolean {
  const upper = name.toUpperCase();
  return OWN_NAMES.has(upper) || OWN_PREFIXES.some((prefix) => upper.startsWith(prefix));
}
