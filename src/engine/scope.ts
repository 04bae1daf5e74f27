/** Resolves the declaration's selectors, reading only what the run concerns: `--service` narrows everything (F53). */
import type { Service } from '../core/action.ts';
import type { Selector, SelectorMatch } from '../core/selector.ts';
import type { ActionStore } from '../pagerduty/store.ts';
import { type AskedSelector, type Match, matchInTurns, resolveSelectors, settled } from './resolve.ts';

export interface Scope {
  /** One for each selector of the declaration, in its order. */
  readonly matches: readonly Match[];
  /** Ids of the services that the run is limited to; undefined for no limit. */
  readonly only: ReadonlySet<string> | undefined;
}

/**
 * Resolves the declaration's selectors.
 * @param only `--service`: the declaration's selectors for other services are not looked up, so those services may be gone
 * @throws RefusedError if a selector within the scope matches nothing, or is ambiguous (T52)
 */
export async function resolveScope(
  store: ActionStore,
  declared: readonly AskedSelector[],
  only: readonly AskedSelector[] | undefined,
): Promise<Scope> {
  const asked = only?.length ? only : declared;
  store.prefetch(asked.map(({ selector }) => selector));
  const matches = await resolveSelectors(store, asked);
  if (asked === declared) return { matches, only: undefined };
  const services = new Map(
    matches.flatMap((match) => match.services).map((service) => [service.id, service]),
  );
  return {
    matches: await matchWithin(store, declared, [...services.values()], asked),
    only: new Set(services.keys()),
  };
}

/** The part of each declared selector within these services; empty for other selectors. */
async function matchWithin(
  store: ActionStore,
  declared: readonly AskedSelector[],
  services: readonly Service[],
  only: readonly AskedSelector[],
): Promise<Match[]> {
  const concerned = await teamsConcerned(store, declared, services);
  const teams = concerned.length === 0 ? [] : await store.teamsNamed(concerned);
  const namesakes = await withNamesakes(store, declared, services, only);
  const wanted = new Set(services.map(({ id }) => id));
  const selectors = declared.map(({ selector }) => selector);
  const matches = await matchInTurns(store, selectors, namesakes, teams);
  return settled(
    store,
    declared,
    matches.map((match) => withoutOthers(match, wanted)),
  );
}

/** A match without the services outside the run. An empty result is not a mistake, because its services may all be outside. */
function withoutOthers(match: SelectorMatch, wanted: ReadonlySet<string>): SelectorMatch {
  const { selector } = match;
  if ('services' in match) return { selector, services: match.services.filter(({ id }) => wanted.has(id)) };
  return match.problem === 'no-match' || match.problem === 'no-team' ? { selector, services: [] } : match;
}

/** Declared teams of the run's services. Services contain only ids of teams, so these are read by id, not all declared ones. */
async function teamsConcerned(
  store: ActionStore,
  declared: readonly AskedSelector[],
  services: readonly Service[],
): Promise<string[]> {
  const names = new Set(
    declared.flatMap(({ selector }) => (selector.kind === 'team' ? [selector.team] : [])),
  );
  const ids = new Set(services.flatMap(({ teamIds }) => teamIds));
  if (names.size === 0 || ids.size === 0) return [];
  const teams = await store.teamsById([...ids]);
  return [...new Set(teams.map(({ name }) => name))].filter((name) => names.has(name));
}

/** The services, and others with a name that the declaration uses, which is then ambiguous. */
async function withNamesakes(
  store: ActionStore,
  declared: readonly AskedSelector[],
  services: readonly Service[],
  only: readonly AskedSelector[],
): Promise<readonly Service[]> {
  const names = new Set(services.map(({ name }) => name));
  // Services selected by name have been looked up by it.
  const known = new Set(only.flatMap(({ selector }) => (selector.kind === 'name' ? [selector.name] : [])));
  const unsure = declared
    .map(({ selector }) => selector)
    .filter((selector: Selector) => {
      return selector.kind === 'name' && names.has(selector.name) && !known.has(selector.name);
    });
  if (unsure.length === 0) return services;
  const { services: named } = await store.catalogue(unsure);
  const knownIds = new Set(services.map(({ id }) => id));
  const added = named.filter(({ id, name }) => names.has(name) && !knownIds.has(id));
  return [...services, ...added];
}
