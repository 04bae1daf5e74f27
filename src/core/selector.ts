/**
 * Service selectors: the same four forms on the command line and in the config (docs/config.md).
 *
 * `Checkout API` exact name · `id:PIJ90N7` · `payments-*` glob · `team:Payments` by team name
 */
import type { Service, Team } from './action.ts';

export type Selector =
  | { readonly kind: 'name'; readonly text: string; readonly name: string }
  | { readonly kind: 'id'; readonly text: string; readonly id: string }
  | { readonly kind: 'glob'; readonly text: string; readonly pattern: string }
  | { readonly kind: 'team'; readonly text: string; readonly team: string };

/** The matches of one selector; `problem` explains why it matched nothing usable. */
export type SelectorMatch =
  | { readonly selector: Selector; readonly services: readonly Service[] }
  | { readonly selector: Selector; readonly problem: 'no-match' | 'no-team' }
  | {
      readonly selector: Selector;
      readonly problem: 'ambiguous-name' | 'ambiguous-team';
      readonly ids: readonly string[];
    };

/** PagerDuty ids as seen everywhere; anything else must not reach a path (T19). */
export const ID_PATTERN = /^[A-Z0-9]{1,32}$/;

/**
 * Reads a selector.
 * @param text as written on the command line or as a key of the config's `services`
 * @returns the selector, or the reason why the text is not one
 */
export function parseSelector(text: string): Selector | { readonly invalid: string } {
  if (text.trim() === '') return { invalid: 'a service selector must not be empty' };
  if (text.startsWith('id:')) {
    const id = text.slice(3);
    return ID_PATTERN.test(id) ? { kind: 'id', text, id } : { invalid: notAnId(text, id) };
  }
  if (text.startsWith('team:')) {
    const team = text.slice(5);
    return team.trim() === ''
      ? { invalid: '`team:` must be followed by a team name' }
      : { kind: 'team', text, team };
  }
  if (/[*?]/.test(text)) return { kind: 'glob', text, pattern: text };
  return { kind: 'name', text, name: text };
}

function notAnId(text: string, id: string): string {
  const form = `\`${id}\` is not a PagerDuty id: capital letters and digits only, for example id:PIJ90N7`;
  return id === '' ? form : `${form}; to select a service named \`${text}\`, use its id`;
}

/** Turns a glob (`*` any run of characters, `?` one) into a test; matching is case-sensitive like exact names. */
export function globMatcher(pattern: string): (name: string) => boolean {
  const wanted = [...pattern.replace(/\*+/g, '*')];
  const part = longestPart(pattern);
  // Nearly every name fails this check, which costs no more than a text search.
  return (name) => name.includes(part) && matchesGlob(wanted, [...name]);
}

/** The longest text that a name must contain to match. */
function longestPart(pattern: string): string {
  return pattern.split(/[*?]/).reduce((longest, part) => (part.length > longest.length ? part : longest), '');
}

/**
 * Matches the characters of a name. Builds no expression from outside text, and tries nothing twice: at most as many steps as
 * the name is long times the longest part between two `*` (T56).
 */
export function matchesGlob(pattern: readonly string[], name: readonly string[]): boolean {
  let at = 0;
  let next = 0;
  // The point to continue from if the text after the last `*` does not match: one character later, and never before that `*`.
  let star = -1;
  let resume = 0;
  while (at < name.length) {
    if (pattern[next] === '*') {
      star = next;
      resume = at;
      next += 1;
    } else if (pattern[next] === '?' || pattern[next] === name[at]) {
      at += 1;
      next += 1;
    } else if (star >= 0) {
      resume += 1;
      at = resume;
      next = star + 1;
    } else return false;
  }
  return next === pattern.length || (next === pattern.length - 1 && pattern[next] === '*');
}

/**
 * Prepares matching against the services read.
 * @param services candidates; must contain every service a selector can match
 * @param teams the teams that the selectors name
 * @returns the match of one selector; services sorted as given
 */
export function selectorMatcher(
  services: readonly Service[],
  teams: readonly Team[],
): (selector: Selector) => SelectorMatch {
  const known = { services, teams, ...indexes(services) };
  return (selector) => matchOne(selector, known);
}

/** The services read, and their teams, as `matchOne` looks them up. */
interface Candidates {
  readonly services: readonly Service[];
  readonly teams: readonly Team[];
  byName(): ReadonlyMap<string, readonly Service[]>;
  byId(): ReadonlyMap<string, Service>;
}

/** Each index is made at its first use: patterns and teams need none. */
function indexes(services: readonly Service[]): Pick<Candidates, 'byName' | 'byId'> {
  let named: Map<string, Service[]> | undefined;
  let identified: Map<string, Service> | undefined;
  return {
    byName() {
      named ??= groupedByName(services);
      return named;
    },
    byId() {
      identified ??= new Map(services.map((service) => [service.id, service]));
      return identified;
    },
  };
}

function groupedByName(services: readonly Service[]): Map<string, Service[]> {
  const groups = new Map<string, Service[]>();
  for (const service of services) {
    const same = groups.get(service.name);
    if (same) same.push(service);
    else groups.set(service.name, [service]);
  }
  return groups;
}

/** One match per selector, in the order given: see `selectorMatcher`. */
export function matchSelectors(
  selectors: readonly Selector[],
  services: readonly Service[],
  teams: readonly Team[],
): SelectorMatch[] {
  return selectors.map(selectorMatcher(services, teams));
}

function matchOne(selector: Selector, { services, teams, byName, byId }: Candidates): SelectorMatch {
  switch (selector.kind) {
    case 'id': {
      const service = byId().get(selector.id);
      return service ? { selector, services: [service] } : { selector, problem: 'no-match' };
    }
    case 'name': {
      const named = byName().get(selector.name) ?? [];
      if (named.length > 1)
        return { selector, problem: 'ambiguous-name', ids: named.map((service) => service.id) };
      return named.length === 1 ? { selector, services: named } : { selector, problem: 'no-match' };
    }
    case 'glob': {
      const matches = globMatcher(selector.pattern);
      const matching = services.filter((service) => matches(service.name));
      return matching.length > 0 ? { selector, services: matching } : { selector, problem: 'no-match' };
    }
    case 'team': {
      const named = teams.filter((team) => team.name === selector.team);
      if (named.length > 1) return { selector, problem: 'ambiguous-team', ids: named.map((team) => team.id) };
      const team = named[0];
      if (!team) return { selector, problem: 'no-team' };
      const matching = services.filter((service) => service.teamIds.includes(team.id));
      return matching.length > 0 ? { selector, services: matching } : { selector, problem: 'no-match' };
    }
  }
}
