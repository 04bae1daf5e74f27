/** From selectors to services: refuses everything that does not match exactly, all of it at once (T52). */

import type { Service, Team } from '../core/action.ts';
import { type Selector, type SelectorMatch, selectorMatcher } from '../core/selector.ts';
import { RefusedError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import type { ActionStore } from '../pagerduty/store.ts';

/** A selector, and its place in the config if it matches nothing. */
export interface AskedSelector {
  readonly selector: Selector;
  /** `pdactions.config.json:12:5`, or the flag; absent if unknown. */
  readonly from?: string | undefined;
}

/** A selector with its matches. */
export type Match = Extract<SelectorMatch, { readonly services: readonly Service[] }>;

/** With more wrong selectors than this, the whole list of services is read instead of one search for each. */
const MOST_SEARCHES = 3;

/**
 * The services that each selector matches, in the order of the selectors.
 * @throws RefusedError if any of them matches nothing, or a name is ambiguous; lists all of them
 */
export async function resolveSelectors(
  store: ActionStore,
  asked: readonly AskedSelector[],
): Promise<Match[]> {
  const selectors = asked.map(({ selector }) => selector);
  const { services, teams } = await store.catalogue(selectors);
  return settled(store, asked, await matchInTurns(store, selectors, services, teams));
}

/**
 * Matches one selector after the other. Thousands of globs over thousands of services take seconds, so the loop yields to signals and
 * the time limit (T56).
 * @throws CancelledError if the run is interrupted, RemoteError if its time is up
 */
export async function matchInTurns(
  store: ActionStore,
  selectors: readonly Selector[],
  services: readonly Service[],
  teams: readonly Team[],
): Promise<SelectorMatch[]> {
  const match = selectorMatcher(services, teams);
  const matches: SelectorMatch[] = [];
  for (const selector of selectors) {
    if (selector.kind === 'glob') await store.breathe();
    matches.push(match(selector));
  }
  return matches;
}

/**
 * The matches, if none of them has a problem.
 * @param asked the selectors with their places, in the order of `matches`
 * @throws RefusedError that lists every problem
 */
export async function settled(
  store: ActionStore,
  asked: readonly AskedSelector[],
  matches: readonly SelectorMatch[],
): Promise<Match[]> {
  const good = matches.filter((match): match is Match => 'services' in match);
  if (good.length === matches.length) return good;
  throw await refusal(store, asked, matches);
}

async function refusal(
  store: ActionStore,
  asked: readonly AskedSelector[],
  matches: readonly SelectorMatch[],
): Promise<RefusedError> {
  const bad = asked.flatMap(({ from }, index) => {
    const match = matches[index];
    return match && 'problem' in match ? [{ from, match }] : [];
  });
  const search = bad.length > MOST_SEARCHES ? searchInAll(store) : searchAt(store);
  const suggestions = await suggestAll(
    store,
    search,
    bad.map(({ match }) => match),
  );
  const lines = bad.map(
    ({ from, match }, index) =>
      `${from === undefined ? '' : `${from}: `}${explain(match)}${suggestions[index]}`,
  );
  const [first = '', ...others] = lines;
  const message = others.length === 0 ? first : `${lines.length} service selectors cannot be resolved`;
  return new RefusedError(message, {
    details: others.length === 0 ? [] : lines,
    hint: whereToLook(bad.map(({ match }) => match)),
  });
}

/** A few searches concurrently, because each is a request; many comparisons one by one, yielding to signals (T56). */
async function suggestAll(
  store: ActionStore,
  search: Searches,
  problems: readonly UnresolvedMatch[],
): Promise<readonly string[]> {
  if (problems.length <= MOST_SEARCHES) {
    return Promise.all(problems.map((problem) => suggest(search, problem)));
  }
  const suggestions: string[] = [];
  for (const problem of problems) {
    await store.breathe();
    suggestions.push(await suggest(search, problem));
  }
  return suggestions;
}

function whereToLook(problems: readonly UnresolvedMatch[]): string {
  if (problems.every(({ problem }) => problem === 'ambiguous-name'))
    return 'An id matches exactly one service.';
  const kinds = problems.map(({ selector }) => selector.kind);
  if (kinds.every((kind) => kind === 'id')) {
    return '`pdactions list --json` shows the ids of the services that this token can see.';
  }
  if (kinds.every((kind) => kind === 'team')) {
    return "Team names are case-sensitive; copy the name from the team's page in PagerDuty.";
  }
  return 'Names are case-sensitive; `pdactions list` shows the services that this token can see.';
}

type UnresolvedMatch = Extract<SelectorMatch, { readonly problem: string }>;

function explain(match: UnresolvedMatch): string {
  const { text } = match.selector;
  switch (match.problem) {
    case 'no-match':
      return noMatch(match.selector);
    case 'no-team':
      return `no team matches \`${text}\``;
    case 'ambiguous-name':
      return `several services are named \`${text}\`: use ${match.ids.map((id) => `\`id:${id}\``).join(' or ')}`;
    case 'ambiguous-team':
      return `several teams match \`${text}\` (${match.ids.join(', ')}): select the services themselves instead`;
  }
}

function noMatch({ kind, text }: Selector): string {
  if (kind === 'team') return `no service belongs to \`${text}\``;
  // PagerDuty may refuse a deleted object instead of not finding it (fact 57).
  if (kind === 'id') return `no service matches \`${text}\`: it was deleted, or is not visible to this token`;
  return `no service matches \`${text}\``;
}

type ServiceName = { readonly id: string; readonly name: string };
type Search = (part: string) => Promise<readonly ServiceName[]>;

/** The searches for names similar to a wrong one. */
interface Searches {
  readonly services: Search;
  readonly teams: Search;
  /** The service with exactly this name. */
  readonly namesake: (name: string) => Promise<ServiceName | undefined>;
}

/** PagerDuty's own search, one or a few requests for each name. */
function searchAt(store: ActionStore): Searches {
  const services: Search = async (part) =>
    (await store.searchServices(part, { limit: 100, offset: 0 })).services;
  return {
    services,
    teams: (part) => store.searchTeams(part),
    namesake: async (wanted) => (await services(wanted)).find(({ name }) => name === wanted),
  };
}

/** After a mass rename: the list of all services is read once, and each name is compared with it. */
function searchInAll(store: ActionStore): Searches {
  const once = <T>(read: () => Promise<T>): (() => Promise<T>) => {
    let result: Promise<T> | undefined;
    return () => {
      result ??= read();
      return result;
    };
  };
  const services = once(async () => (await store.catalogue('all')).services);
  const byName = once(async () => new Map((await services()).map((service) => [service.name, service])));
  return {
    services,
    teams: once(() => store.searchTeams('')),
    namesake: async (name) => (await byName()).get(name),
  };
}

async function suggest(search: Searches, { selector, problem }: UnresolvedMatch): Promise<string> {
  // An ambiguous name is spelt correctly.
  if (problem !== 'no-match' && problem !== 'no-team') return '';
  const namesake = await calledLikeThis(search, selector);
  if (namesake) return `; a service has exactly this name: select it with \`id:${namesake.id}\``;
  if (selector.kind === 'name') return didYouMean(await similarNames(search.services, selector.name));
  if (selector.kind === 'team' && problem === 'no-team') {
    const names = await similarNames(search.teams, selector.team);
    return didYouMean(names.map((name) => `team:${name}`));
  }
  return '';
}

/** The service whose own name reads like another kind of selector: `team:Payments`, `id:PX1`, `web-*`. */
async function calledLikeThis(
  { namesake }: Searches,
  { kind, text }: Selector,
): Promise<ServiceName | undefined> {
  if (kind === 'name') return undefined;
  try {
    return await namesake(text);
  } catch {
    return undefined;
  }
}

function didYouMean(names: readonly string[]): string {
  return names.length === 0 ? '' : `; did you mean ${names.map((name) => `\`${name}\``).join(' or ')}?`;
}

/** PagerDuty matches parts of names only, so this searches by the parts of a misspelt name, longest first, and last the first page. */
async function similarNames(search: Search, wanted: string): Promise<readonly string[]> {
  const words = wanted.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 2);
  const parts = [...words.toSorted((a, b) => b.length - a.length).slice(0, 1), wanted.slice(0, 3), ''];
  let before: readonly ServiceName[] | undefined;
  try {
    for (const part of new Set(parts)) {
      const candidates = await search(part);
      // The list of all services is the same for every part.
      if (candidates === before) break;
      before = candidates;
      const similar = nearest(
        wanted,
        candidates.map(({ name }) => name),
      );
      if (similar.length > 0) return similar;
    }
  } catch {
    // The refusal is what matters, so a failed suggestion is dropped.
  }
  return [];
}
