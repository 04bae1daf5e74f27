/** What has moved between a saved plan and the plan of now, for whoever has to approve again. */

type Row = Readonly<Record<string, unknown>>;

/**
 * Says what differs.
 * @param then what a file holds, which may be anything (T35): it is only shown, and what is no text there is left out
 * @param now a document of `planDocument`
 */
export function movedSince(then: unknown, now: unknown): string[] {
  return [...movedChanges(then, now), ...movedServices(then, now)];
}

function movedChanges(then: unknown, now: unknown): string[] {
  const [before, after] = [byName(rowsOf(then, 'changes')), byName(rowsOf(now, 'changes'))];
  return [
    ...[...after.keys()].filter((name) => !before.has(name)).map((name) => `new since then: ${name}`),
    ...[...before.keys()].filter((name) => !after.has(name)).map((name) => `no longer: ${name}`),
    ...[...after].flatMap(([name, change]) => {
      const other = before.get(name);
      return other === undefined ? [] : sidesMoved(other, change).map((side) => `${name}: ${side}`);
    }),
  ];
}

/** Of a change that is in both: whose side is another one now. */
function sidesMoved(then: Row, now: Row): string[] {
  const differs = (key: string): boolean => canonical(then[key]) !== canonical(now[key]);
  return [
    ...(differs('after') ? ['the config wants something else than then'] : []),
    ...(differs('before') ? ['PagerDuty has something else than then'] : []),
  ];
}

function movedServices(then: unknown, now: unknown): string[] {
  const [before, after] = [byId(rowsOf(then, 'services')), byId(rowsOf(now, 'services'))];
  return [
    ...[...after].filter(([id]) => !before.has(id)).map(([, row]) => `new in scope: ${nameAndId(row)}`),
    ...[...before].filter(([id]) => !after.has(id)).map(([, row]) => `no longer in scope: ${nameAndId(row)}`),
    ...[...after].flatMap(([id, row]) => {
      const other = before.get(id);
      return other === undefined ? [] : movedActions(other, row).map((what) => `${nameAndId(row)}: ${what}`);
    }),
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
      ...[...after].filter(([id]) => !before.has(id)).map(([, row]) => `${labelAndId(row)} ${is}`),
      ...[...before].filter(([id]) => !after.has(id)).map(([, row]) => `${labelAndId(row)} ${was}`),
    ];
  });
  return then.prune === now.prune ? told : [...told, `\`prune\` is ${now.prune ? 'on' : 'off'} now`];
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
  return typeof found === 'string' ? found.slice(0, LONGEST_SHOWN) : '';
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
