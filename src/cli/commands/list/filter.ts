/** `list --filter`: selects the actions to show. */
import type { Service } from '../../../core/action.ts';
import { globMatcher } from '../../../core/selector.ts';
import { UsageError } from '../../../errors.ts';
import type { ActionStore } from '../../../pagerduty/store.ts';

const FIELDS = ['label', 'url', 'state', 'team'] as const;
type Field = (typeof FIELDS)[number];

export const FILTER_HELP =
  'only actions that match FIELD=TEXT: FIELD is label, url, state or team (any if omitted), TEXT a part of it or a pattern with * (repeatable)';

/** One `--filter`. */
export interface Filter {
  /** Undefined for any of them. */
  readonly field: Field | undefined;
  readonly matches: (value: string) => boolean;
}

/** Names of teams by id. */
export type TeamNames = ReadonlyMap<string, string>;

/** Reads the filters. @throws UsageError for one that is empty */
export function readFilters(texts: readonly string[] = []): Filter[] {
  return texts.map((text) => {
    const field = FIELDS.find((name) => text.startsWith(`${name}=`));
    const wanted = field === undefined ? text : text.slice(field.length + 1);
    if (wanted === '') {
      throw new UsageError(`--filter: \`${text}\` has no text to search for`, {
        hint: `Use FIELD=TEXT with one of ${FIELDS.join(', ')}, or just TEXT.`,
      });
    }
    return { field, matches: matcher(wanted.toLowerCase()) };
  });
}

/** A pattern must match the whole value, other text a part of it. Ignores case. */
function matcher(wanted: string): Filter['matches'] {
  const test = /[*?]/.test(wanted) ? globMatcher(wanted) : (value: string) => value.includes(wanted);
  return (value) => test(value.toLowerCase());
}

/** True if the values of an action match all the filters. */
export function matchesAll(
  filters: readonly Filter[],
  values: Readonly<Record<Field, readonly string[]>>,
): boolean {
  return filters.every(({ field, matches }) =>
    (field === undefined ? Object.values(values).flat() : values[field]).some(matches),
  );
}

/** The names of the services' teams; not read if no filter needs them. */
export async function teamsOf(
  store: ActionStore,
  services: readonly Service[],
  filters: readonly Filter[],
): Promise<TeamNames> {
  if (!filters.some(({ field }) => field === undefined || field === 'team')) return new Map();
  const ids = [...new Set(services.flatMap(({ teamIds }) => teamIds))];
  const teams = ids.length === 0 ? [] : await store.teamsById(ids);
  return new Map(teams.map(({ id, name }) => [id, name]));
}
