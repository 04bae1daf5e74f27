import { byName, remember, type State } from '../account/state.ts';
import { defined } from '../narrow.ts';
import { resource } from '../resource.ts';
import * as z from '../shapes.ts';
import { queryMatcher } from '../wire/matching.ts';
import { API, type Reference, web } from '../wire/shown.ts';

export interface Team {
  readonly id: string;
  /** Empty: reads show null (fact 58). */
  readonly name: string;
  /** Ids of users. */
  readonly members?: readonly string[] | undefined;
}

export const teams = resource({
  type: 'team',
  plural: 'teams',
  seed: z.strictObject({
    id: z.id,
    name: z.nullable(z.text),
    members: z.optional(z.array(z.id)),
    odd: z.odd,
  }),
  row: ({ id, name, members }): Team => ({ id, name: name ?? '', ...defined({ members }) }),
  kept: z.object({ id: z.string(), name: z.string(), members: z.optional(z.array(z.string())) }),
  links: { members: { to: 'user', of: ({ members = [] }) => members } },
  slips: (entry) => z.nullName(entry),
  shownBy: () => null,
  view: teamView,
  find,
});

function find(state: State, query: URLSearchParams): readonly Team[] {
  const matches = queryMatcher(state, query);
  const all = remember(state, 'team:name', () => [...teams.in(state).values()].sort(byName));
  return matches ? all.filter(({ name }) => matches(name)) : all;
}

export function teamReference(state: State, id: string): Reference {
  const summary = teams.in(state).get(id)?.name || id;
  return {
    id,
    type: 'team_reference',
    summary,
    self: `${API}/teams/${id}`,
    html_url: web(state, `teams/${id}`),
  };
}

export function teamView(state: State, team: Team): Record<string, unknown> {
  const { id, name } = team;
  return {
    ...teamReference(state, id),
    type: 'team',
    name: name || null,
    description: '',
    default_role: 'manager',
  };
}
