/** Selectors for an exported configuration: teams and globs that match exactly the right services. */
import type { Service, Team } from '../../core/action.ts';
import { parseSelector } from '../../core/selector.ts';
import { checkLabel } from '../check/label.ts';
import { isPrototypeKey } from './names.ts';

/** An entry of `services`. */
export interface Selected {
  readonly selector: string;
  /** The services that it matches. */
  readonly services: readonly Service[];
}

/** The services and teams to choose from. */
export interface SelectorScope {
  /** Every service of the account: a selector must match no other. */
  readonly all: readonly Service[];
  /** Every team; none if not requested. */
  readonly teams: readonly Team[];
}

/** For fewer services than this, their names are clearer than a pattern. */
const FEWEST_BY_GLOB = 3;
const FEWEST_BY_TEAM = 2;
/** Shorter prefixes and suffixes match by chance. */
const SHORTEST_PART = 3;

/**
 * The fewest selectors for each set of services with the same actions; services that no team and no glob matches exactly are named.
 * @param sets services with the same actions, each in one set only
 */
export function selectExactly(
  sets: readonly (readonly Service[])[],
  surroundings: SelectorScope,
): (readonly Selected[])[] {
  const offers = offersIn(surroundings);
  const nameOf = names(surroundings.all);
  return sets.map((set) => {
    const left = new Map(set.map((service) => [service.id, service]));
    const ids: ReadonlySet<string> = new Set(left.keys());
    const chosen: Selected[] = [];
    for (const offer of offersFor(set, ids, offers)) {
      if (offer.services.filter(({ id }) => left.has(id)).length < offer.fewest) continue;
      chosen.push({ selector: offer.selector, services: offer.services });
      for (const { id } of offer.services) left.delete(id);
    }
    return [
      ...chosen,
      ...[...left.values()].map((service) => ({ selector: nameOf(service), services: [service] })),
    ];
  });
}

interface SelectorOffer extends Selected {
  readonly fewest: number;
}

type Offers = ReadonlyMap<string, SelectorOffer>;

/** Those that match nothing outside the set, the widest first. */
function offersFor(set: readonly Service[], ids: ReadonlySet<string>, offers: Offers): SelectorOffer[] {
  const selectors = new Set(set.flatMap(({ name, teamIds }) => [...globsFor(name), ...teamIds.map(teamKey)]));
  return [...selectors]
    .flatMap((key) => offers.get(key) ?? [])
    .filter(({ services }) => services.every(({ id }) => ids.has(id)))
    .sort((a, b) => b.services.length - a.services.length || a.fewest - b.fewest);
}

function offersIn({ all, teams }: SelectorScope): Offers {
  const matched = new Map<string, Service[]>();
  const add = (key: string, service: Service): void => {
    const known = matched.get(key);
    if (known) known.push(service);
    else matched.set(key, [service]);
  };
  for (const service of all) {
    for (const glob of globsFor(service.name)) add(glob, service);
    for (const id of new Set(service.teamIds)) add(teamKey(id), service);
  }
  const byKey = new Map(unambiguous(teams).map(({ id, name }) => [teamKey(id), `team:${name}`]));
  const offers = new Map<string, SelectorOffer>();
  for (const [key, services] of matched) {
    const isTeam = key.startsWith(TEAM);
    const selector = isTeam ? byKey.get(key) : key;
    const fewest = isTeam ? FEWEST_BY_TEAM : FEWEST_BY_GLOB;
    if (selector !== undefined && services.length >= fewest) offers.set(key, { selector, services, fewest });
  }
  return offers;
}

/** A character that no selectable name contains. */
const TEAM = '\u0000';

function teamKey(id: string): string {
  return TEAM + id;
}

function unambiguous(teams: readonly Team[]): Team[] {
  const counts = new Map<string, number>();
  for (const { name } of teams) counts.set(name, (counts.get(name) ?? 0) + 1);
  return teams.filter(({ name }) => counts.get(name) === 1 && isSelector(`team:${name}`, 'team'));
}

/** Prefixes and suffixes of a name, cut at the ends of words. */
function globsFor(name: string): string[] {
  if (/[*?]/.test(name)) return [];
  const cuts = [...name.matchAll(/[-_ ./:]+/g)];
  const globs = cuts.flatMap(({ 0: separator, index }) => [
    `${name.slice(0, index + separator.length)}*`,
    `*${name.slice(index)}`,
  ]);
  return globs.filter((glob) => glob.length > SHORTEST_PART && isSelector(glob, 'glob'));
}

function isSelector(text: string, kind: 'glob' | 'team'): boolean {
  const selector = parseSelector(text);
  return (
    'kind' in selector && selector.kind === kind && checkLabel(text).ok && !/^(?:id|name)\s*:/i.test(text)
  );
}

/** The name if it is unique and parses as a name; otherwise the id. */
function names(all: readonly Service[]): (service: Service) => string {
  const counts = new Map<string, number>();
  for (const { name } of all) counts.set(name, (counts.get(name) ?? 0) + 1);
  return ({ id, name }) => {
    const selector = parseSelector(name);
    const isName =
      'kind' in selector && selector.kind === 'name' && checkLabel(name).ok && !isPrototypeKey(name);
    return isName && counts.get(name) === 1 ? name : `id:${id}`;
  };
}
