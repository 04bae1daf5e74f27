/** What has moved between a saved plan and the plan of now, for whoever has to approve again. */

import { cutText } from '../../cut.ts';

type Row = Readonly<Record<string, unknown>>;

/** One difference, and the service that it is about. */
interface Moved {
  readonly id: string;
  readonly text: string;
}

/**
 * Says what differs.
 * @param then what a file holds, which may be anything (T35): it is only shown, and what is no text there is left out
 * @param now a document of `planDocument`, with the `sides` that a saved plan has
 */
export function movedSince(then: unknown, now: unknown): string[] {
  const seen = [...movedChanges(then, now), ...movedServices(then, now)];
  const told = new Set(seen.map(({ id }) => id));
  return [...seen, ...movedSides(then, now).filter(({ id }) => !told.has(id))].map(({ text }) => text);
}

function movedChanges(then: unknown, now: unknown): Moved[] {
  const [before, after] = [byName(rowsOf(then, 'changes')), byName(rowsOf(now, 'changes'))];
  return [
    ...missing(after, before).map(([name, row]) => ofChange(row, `new since then: ${name}`)),
    ...missing(before, after).map(([name, row]) => ofChange(row, `no longer: ${name}`)),
    ...inBoth(before, after).flatMap(([name, was, is]) =>
      sidesMoved(was, is).map((side) => ofChange(is, `${name}: ${side}`)),
    ),
  ];
}

function ofChange(change: Row, text: string): Moved {
  return { id: at(change, 'service', 'id'), text };
}

/** Of a change that is in both: whose side is another one now, and in what. */
function sidesMoved(then: Row, now: Row): string[] {
  return [
    ...inWhat(then.after, now.after).map((what) => `the config wants something else than then${what}`),
    ...inWhat(then.before, now.before).map((what) => `PagerDuty has something else than then${what}`),
  ];
}

/** Nothing when both are the same; else one text, with the members that differ as far as they can be told. */
function inWhat(then: unknown, now: unknown): string[] {
  if (canonical(then) === canonical(now)) return [];
  if (!isRow(then) || !isRow(now)) return [''];
  const names = Object.keys(now).filter((key) => canonical(then[key]) !== canonical(now[key]));
  return [names.length > 0 ? ` (${names.join(', ')})` : ''];
}

function movedServices(then: unknown, now: unknown): Moved[] {
  const [before, after] = [byId(rowsOf(then, 'services')), byId(rowsOf(now, 'services'))];
  return [
    ...missing(after, before).map(([id, row]) => ({ id, text: `new in scope: ${nameAndId(row)}` })),
    ...missing(before, after).map(([id, row]) => ({ id, text: `no longer in scope: ${nameAndId(row)}` })),
    ...inBoth(before, after).flatMap(([id, was, is]) =>
      movedActions(was, is).map((what) => ({ id, text: `${nameAndId(is)}: ${what}` })),
    ),
  ];
}

/** What stands on the service and is left alone. Changes have been told by then. */
function movedActions(then: Row, now: Row): string[] {
  const lists = [
    ['unchanged', 'is as declared now', 'was as declared then'],
    ['unmanaged', 'is left alone now', 'was left alone then'],
    ['disabled', 'is disabled now', 'was disabled then'],
  ] as const;
  const told = lists.flatMap(([key, is, was]) => {
    const [before, after] = [byId(rowsOf(then, key)), byId(rowsOf(now, key))];
    return [
      ...missing(after, before).map(([, row]) => `${labelAndId(row)} ${is}`),
      ...missing(before, after).map(([, row]) => `${labelAndId(row)} ${was}`),
    ];
  });
  const prune = then.prune === now.prune ? [] : [`\`prune\` is ${now.prune ? 'on' : 'off'} now`];
  return [...told, ...renamed(then, now), ...prune];
}

/** What is still there, and called something else. */
function renamed(then: Row, now: Row): string[] {
  const all = (row: Row): Map<string, Row> =>
    byId([...rowsOf(row, 'unchanged'), ...rowsOf(row, 'unmanaged'), ...rowsOf(row, 'disabled')]);
  return inBoth(all(then), all(now))
    .filter(([, was, is]) => at(was, 'label') !== at(is, 'label'))
    .map(([, was, is]) => `${labelAndId(was)} is called \`${at(is, 'label')}\` now`);
}

/** What a plan does not show, and what was approved all the same. */
function movedSides(then: unknown, now: unknown): Moved[] {
  const names = byId(rowsOf(now, 'services'));
  return inBoth(byId(rowsOf(then, 'sides')), byId(rowsOf(now, 'sides'))).flatMap(([id, was, is]) =>
    UNSEEN.filter(([side]) => was[side] !== is[side]).map(([, what]) => ({
      id,
      text: `${nameAndId(names.get(id) ?? {})}: ${what}`,
    })),
  );
}

const UNSEEN = [
  ['config', 'the config differs in what a plan does not show, such as the variables of a header'],
  [
    'live',
    'PagerDuty differs in what a plan does not show, such as the URL or the headers of an action that is left alone',
  ],
] as const;

/** What is in the first and not in the second. */
function missing(here: ReadonlyMap<string, Row>, there: ReadonlyMap<string, Row>): [string, Row][] {
  return [...here].filter(([key]) => !there.has(key));
}

function inBoth(then: ReadonlyMap<string, Row>, now: ReadonlyMap<string, Row>): [string, Row, Row][] {
  return [...now].flatMap(([key, is]): [string, Row, Row][] => {
    const was = then.get(key);
    return was === undefined ? [] : [[key, was, is]];
  });
}

function rowsOf(value: unknown, key: string): Row[] {
  const rows = isRow(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return Array.isArray(rows) ? rows.filter(isRow) : [];
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null;
}

function byId(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [at(row, 'id'), row]));
}

function byName(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [nameOf(row), row]));
}

/** A change in a few words. */
function nameOf(change: Row): string {
  const label = at(change, 'after', 'label') || at(change, 'before', 'label');
  return `${at(change, 'kind')} \`${label}\` on ${at(change, 'service', 'name')} (${at(change, 'service', 'id')})`;
}

function nameAndId(row: Row): string {
  return `${at(row, 'name')} (${at(row, 'id')})`;
}

function labelAndId(row: Row): string {
  return `\`${at(row, 'label')}\` (${at(row, 'id')})`;
}

const LONGEST_SHOWN = 100;

/** The text that a path leads to. Anything else becomes nothing: to make a text of it can fail (T35). */
function at(value: unknown, ...path: readonly string[]): string {
  const found = path.reduce<unknown>(
    (inner, key) => (isRow(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    value,
  );
  return typeof found === 'string' ? cutText(found, LONGEST_SHOWN) : '';
}

/** For comparing: a file was written and read, so both sides are made of the same JSON in the same order. */
function canonical(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    // Whoever wrote the file may have nested it deeper than anybody can follow (T35).
    return 'too deep';
  }
}
