/** The slots of an account for the page of `slots --html`. Every text in it is safe to show. */
import { type LiveAction, type Service, SLOTS_PER_SERVICE, type Team } from '../../../core/action.ts';
import { compareText } from '../../../core/live.ts';
import type { DesiredService } from '../../../core/normalize.ts';
import { byLabel, type SlotRow } from '../../../core/slot-map.ts';
import type { Slot } from '../../../core/slots.ts';

/** The marks for finding a service or a slot. */
export type Mark = 'free' | 'full' | 'over' | 'waiting' | 'unmanaged' | 'disabled' | 'shared' | 'unreadable';

/** One held slot. */
export interface PictureSlot {
  readonly label: string;
  readonly id: string;
  /** Its place in `definitions`; null without a known definition. */
  readonly definition: number | null;
  readonly marks: readonly Mark[];
  /** The meaning of the marks for this slot. */
  readonly why: readonly string[];
}

export interface PictureService {
  readonly id: string;
  readonly name: string;
  /** Places in `teams`. */
  readonly teams: readonly number[];
  readonly slots: readonly PictureSlot[];
  readonly free: number;
  /** Labels that are declared and not live yet. */
  readonly waiting: readonly string[];
  /** Its own, and those of its slots. */
  readonly marks: readonly Mark[];
}

/** The definition of slots: an action of the config, or a label without a config. */
interface ActionDefinition {
  readonly name: string;
  /** The `description` of the config. */
  readonly description: string | null;
  readonly services: number;
}

export interface Picture {
  readonly account: string | null;
  readonly madeAt: string;
  readonly version: string;
  /** True with a config; without one a definition is a label. */
  readonly config: boolean;
  /** Sorted by name. */
  readonly teams: readonly string[];
  /** The ones with the most services first. */
  readonly definitions: readonly ActionDefinition[];
  /** Sorted by name. */
  readonly services: readonly PictureService[];
  readonly held: number;
  readonly free: number;
  /** The filters of services, each with the number of matches. */
  readonly marks: readonly { readonly mark: Mark; readonly title: string; readonly services: number }[];
}

/** The input of the picture. */
export interface PictureFacts {
  readonly account: string | null;
  readonly madeAt: string;
  readonly version: string;
  readonly services: readonly Service[];
  readonly actions: readonly LiveAction[];
  readonly teams: readonly Team[];
  readonly rows: readonly SlotRow[];
  /** The declared services; null without a config. */
  readonly desired: readonly DesiredService[] | null;
}

const TITLES: readonly (readonly [Mark, string])[] = [
  ['free', 'with a free slot'],
  ['full', 'full'],
  ['over', 'over the limit'],
  ['waiting', 'missing a declared action'],
  ['unmanaged', 'with unmanaged actions'],
  ['disabled', 'with disabled actions'],
  ['shared', 'with shared actions'],
  ['unreadable', 'with unreadable actions'],
];

/** Shown even if there are none. */
const ALWAYS_SHOWN: ReadonlySet<Mark> = new Set(['free', 'full', 'disabled']);

/**
 * Makes the picture.
 * @param clean makes a text of the account or the config safe to show: without secrets, without invisible characters
 */
export function pictureOf(facts: PictureFacts, clean: (text: string) => string): Picture {
  const { account, madeAt, version, rows, desired } = facts;
  const definitions = definitionsOf(rows, desired);
  const teams = teamsOf(facts);
  const slotsOf = slotReader(facts, definitions.placeOf, clean);
  const services = rows
    .map((row): PictureService => {
      const { service, waiting, free } = row;
      const slots = slotsOf(row);
      const marks = serviceMarks(slots, free, waiting.length > 0);
      const [id, name] = [clean(service.id), clean(service.name)];
      return { id, name, teams: teams.placesOf(service.id), slots, free, waiting: waiting.map(clean), marks };
    })
    .sort((a, b) => compareText(a.name, b.name) || compareText(a.id, b.id));
  return {
    account: account === null ? null : clean(account),
    madeAt,
    version,
    config: desired !== null,
    teams: teams.names.map(clean),
    definitions: definitions.list.map(({ name, description, services: count }) => ({
      name: clean(name),
      description: description === null ? null : clean(description),
      services: count,
    })),
    services,
    held: services.reduce((sum, { slots }) => sum + slots.length, 0),
    free: services.reduce((sum, { free }) => sum + free, 0),
    marks: TITLES.map(([mark, title]) => ({ mark, title, services: countOf(services, mark) })).filter(
      ({ mark, services: count }) => count > 0 || ALWAYS_SHOWN.has(mark),
    ),
  };
}

type PlaceOf = (serviceId: string, slot: Slot) => number | null;

function slotReader({ actions, desired }: PictureFacts, placeOf: PlaceOf, clean: (text: string) => string) {
  const known = new Map(actions.map((action) => [action.id, action]));
  return ({ service, held }: SlotRow): PictureSlot[] =>
    held.map((slot) => {
      const { label, id = '' } = slot;
      const { marks, why } = readSlot(slot, known.get(id), desired !== null);
      const definition = placeOf(service.id, slot);
      return { label: clean(label), id: clean(id), definition, marks, why: why.map(clean) };
    });
}

function countOf(services: readonly PictureService[], mark: Mark): number {
  return services.filter(({ marks }) => marks.includes(mark)).length;
}

function serviceMarks(slots: readonly PictureSlot[], free: number, waits: boolean): Mark[] {
  const room: Mark = free > 0 ? 'free' : 'full';
  const badges: Mark[] = [room];
  if (slots.length > SLOTS_PER_SERVICE) badges.push('over');
  if (waits) badges.push('waiting');
  return [...new Set([...badges, ...slots.flatMap(({ marks }) => marks)])];
}

/** The marks of a slot, and the reason for each that its name does not explain. */
function readSlot(
  { holder, disabled, id = '' }: Slot,
  action: LiveAction | undefined,
  hasConfig: boolean,
): Pick<PictureSlot, 'marks' | 'why'> {
  const marks: Mark[] = [];
  const why: string[] = [];
  if (holder === 'unreadable' || action?.foreign) {
    marks.push('unreadable');
    why.push(action?.unreadable ?? 'unsupported type');
  } else if (holder === 'shared') {
    marks.push('shared');
    why.push(
      `on several services: ${(action?.services ?? []).map((service) => service.name ?? service.id).join(', ')}`,
    );
  } else if (hasConfig && holder === 'unmanaged') marks.push('unmanaged');
  if (disabled) {
    marks.push('disabled');
    // Fact 41: PagerDuty shows no more than the state.
    why.push(
      `PagerDuty dropped three deliveries in a row and sends none for up to 24 hours; to re-enable it: pdactions enable ${id}`,
    );
  }
  return { marks, why };
}

function teamsOf({ services, teams }: PictureFacts) {
  const names = new Map(teams.map(({ id, name }) => [id, name]));
  const used = [...new Set(services.flatMap(({ teamIds }) => teamIds))]
    .map((id) => ({ id, name: names.get(id) ?? `team ${id}` }))
    .sort((a, b) => compareText(a.name, b.name) || compareText(a.id, b.id));
  const places = new Map(used.map(({ id }, place) => [id, place]));
  const ofService = new Map(services.map(({ id, teamIds }) => [id, teamIds]));
  return {
    names: used.map(({ name }) => name),
    placesOf: (serviceId: string): number[] =>
      (ofService.get(serviceId) ?? []).flatMap((id) => places.get(id) ?? []).sort((a, b) => a - b),
  };
}

/** The definitions of all slots: the declared ones, or the labels without a config. */
function definitionsOf(rows: readonly SlotRow[], desired: readonly DesiredService[] | null) {
  const specs = new Map((desired ?? []).map(({ service, actions }) => [service.id, byLabel(actions)]));
  const nameOf = (serviceId: string, { label, holder }: Slot): string | undefined => {
    if (desired === null) return holder === 'unmanaged' ? label : undefined;
    return holder === 'declared' ? specs.get(serviceId)?.get(label)?.key : undefined;
  };
  const descriptions = new Map(
    (desired ?? []).flatMap(({ actions }) => actions.map(({ key, description }) => [key, description])),
  );
  const counts = new Map<string, number>();
  for (const { service, held } of rows) {
    for (const name of new Set(held.map((slot) => nameOf(service.id, slot)))) {
      if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const list = [...counts]
    .map(
      ([name, services]): ActionDefinition => ({
        name,
        description: descriptions.get(name) ?? null,
        services,
      }),
    )
    .sort((a, b) => b.services - a.services || compareText(a.name, b.name));
  const places = new Map(list.map(({ name }, place) => [name, place]));
  return {
    list,
    placeOf: ((serviceId, slot) => places.get(nameOf(serviceId, slot) ?? '') ?? null) satisfies PlaceOf,
  };
}
