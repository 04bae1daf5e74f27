/** Differences between a saved plan and the current one, for the reviewer who must approve again. */
import { isObject } from '../../json-fields.ts';
import type { SavedChange, SavedRef, SavedRows, SavedService } from './saved-plan.ts';

/** One difference, and its service. */
interface Moved {
  readonly id: string;
  readonly text: string;
}

/** A sentence about the difference. */
export function movedSince(then: SavedRows, now: SavedRows): string[] {
  const seen = [...movedChanges(then, now), ...movedServices(then, now)];
  const reported = new Set(seen.map(({ id }) => id));
  return [...seen, ...movedSides(then, now).filter(({ id }) => !reported.has(id))].map(({ text }) => text);
}

function movedChanges(then: SavedRows, now: SavedRows): Moved[] {
  const [before, after] = [byName(then.changes), byName(now.changes)];
  return [
    ...missing(after, before).map(([name, change]) => ofChange(change, `new: ${name}`)),
    ...missing(before, after).map(([name, change]) => ofChange(change, `no longer: ${name}`)),
    ...inBoth(before, after).flatMap(([name, was, is]) =>
      sidesMoved(was, is).map((side) => ofChange(is, `${name}: ${side}`)),
    ),
  ];
}

function ofChange({ service }: SavedChange, text: string): Moved {
  return { id: service.id, text };
}

/** For a change in both plans: the side that has changed, and its members. */
function sidesMoved(then: SavedChange, now: SavedChange): string[] {
  return [
    ...inWhat(then.after, now.after).map((what) => `the config has changed${what}`),
    ...inWhat(then.before, now.before).map((what) => `PagerDuty has changed${what}`),
  ];
}

/** Empty if both are the same; else one sentence, with the differing members where known. */
function inWhat(then: unknown, now: unknown): string[] {
  if (canonical(then) === canonical(now)) return [];
  if (!isObject(then) || !isObject(now)) return [''];
  const names = Object.keys(now).filter((key) => canonical(then[key]) !== canonical(now[key]));
  return [names.length > 0 ? ` (${names.join(', ')})` : ''];
}

function movedServices(then: SavedRows, now: SavedRows): Moved[] {
  const [before, after] = [byId(then.services), byId(now.services)];
  return [
    ...missing(after, before).map(([id, service]) => ({ id, text: `new in scope: ${nameAndId(service)}` })),
    ...missing(before, after).map(([id, service]) => ({
      id,
      text: `no longer in scope: ${nameAndId(service)}`,
    })),
    ...inBoth(before, after).flatMap(([id, was, is]) =>
      movedActions(was, is).map((what) => ({ id, text: `${nameAndId(is)}: ${what}` })),
    ),
  ];
}

const LISTS = [
  ['unchanged', 'is now as declared', 'was as declared then'],
  ['unmanaged', 'is now left alone', 'was left alone then'],
  ['disabled', 'is now disabled', 'was disabled then'],
] as const;

/** Unmanaged actions on the service. Changes have been reported before. */
function movedActions(then: SavedService, now: SavedService): string[] {
  const moved = LISTS.flatMap(([key, is, was]) => {
    const [before, after] = [byId(then[key]), byId(now[key])];
    return [
      ...missing(after, before).map(([, action]) => `${labelAndId(action)} ${is}`),
      ...missing(before, after).map(([, action]) => `${labelAndId(action)} ${was}`),
    ];
  });
  const prune = then.prune === now.prune ? [] : [`\`prune\` is now ${now.prune ? 'on' : 'off'}`];
  return [...moved, ...renamed(then, now), ...prune];
}

/** Actions that still exist under another label. */
function renamed(then: SavedService, now: SavedService): string[] {
  const all = ({ unchanged, unmanaged, disabled }: SavedService): Map<string, SavedRef> =>
    byId([...unchanged, ...unmanaged, ...disabled]);
  return inBoth(all(then), all(now))
    .filter(([, was, is]) => was.label !== is.label)
    .map(([, was, is]) => `${labelAndId(was)} is now called \`${is.label}\``);
}

/** Differences in the approved parts that a plan does not show. */
function movedSides(then: SavedRows, now: SavedRows): Moved[] {
  const names = byId(now.services);
  return inBoth(byId(then.sides), byId(now.sides)).flatMap(([id, was, is]) =>
    UNSEEN.filter(([side]) => was[side] !== is[side]).map(([, what]) => ({
      id,
      text: `${nameAndId(names.get(id) ?? { name: '', id: '' })}: ${what}`,
    })),
  );
}

const UNSEEN = [
  ['config', 'the config has changed in a part that a plan does not show, such as the variables of a header'],
  [
    'live',
    'PagerDuty has changed in a part that a plan does not show, such as the URL or headers of an action that is left alone',
  ],
] as const;

/** The rows of the first that the second lacks. */
function missing<Row>(here: ReadonlyMap<string, Row>, lacking: ReadonlyMap<string, Row>): [string, Row][] {
  return [...here].filter(([key]) => !lacking.has(key));
}

function inBoth<Row>(then: ReadonlyMap<string, Row>, now: ReadonlyMap<string, Row>): [string, Row, Row][] {
  return [...now].flatMap(([key, is]): [string, Row, Row][] => {
    const was = then.get(key);
    return was === undefined ? [] : [[key, was, is]];
  });
}

function byId<Row extends { readonly id: string }>(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}

function byName(changes: readonly SavedChange[]): Map<string, SavedChange> {
  return new Map(changes.map((change) => [nameOf(change), change]));
}

/** A change in a few words. */
function nameOf({ kind, label, service }: SavedChange): string {
  return `${kind} \`${label}\` on ${nameAndId(service)}`;
}

function nameAndId({ name, id }: { readonly name: string; readonly id: string }): string {
  return `${name} (${id})`;
}

function labelAndId({ label, id }: SavedRef): string {
  return `\`${label}\` (${id})`;
}

/** For comparing: a file was written and read, so both sides are made of the same JSON in the same order. */
function canonical(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    // The author of the file may have nested it too deeply (T35).
    return 'too deep';
  }
}
