import { byName, remember, type State } from '../account/state.ts';
import { resource, type Slip } from '../resource.ts';
import * as z from '../shapes.ts';
import { queryMatcher } from '../wire/matching.ts';
import { badArguments } from '../wire/problem.ts';
import { API, type Reference, web } from '../wire/shown.ts';
import { escalationPolicyReference } from './escalation-policies.ts';
import { teamReference, teams, teamView } from './teams.ts';

export interface Service {
  readonly id: string;
  /** Empty: reads show null (fact 58). */
  readonly name: string;
  readonly teamIds: readonly string[];
  /** Reads show a null beside the teams (fact 58). */
  readonly hasNullTeam?: boolean | undefined;
}

const seed = z.strictObject({
  id: z.id,
  name: z.nullable(z.text),
  teams: z._default(z.array(z.nullable(z.id)), []),
  odd: z.odd,
});

export const services = resource({
  type: 'service',
  plural: 'services',
  seed,
  row,
  kept: z.object({
    id: z.string(),
    name: z.string(),
    teamIds: z.array(z.string()),
    hasNullTeam: z.optional(z.boolean()),
  }),
  links: { teams: { to: 'team', of: teamsOf } },
  slips,
  view: serviceView,
  find,
});

type SeedEntry = z.output<typeof seed>;

function teamsOf(entry: SeedEntry): readonly string[] {
  return entry.teams.filter((team) => team !== null);
}

function slips(entry: SeedEntry): readonly Slip[] {
  const teamless = !entry.odd && entry.teams.includes(null);
  return [...z.nullName(entry), ...(teamless ? [{ at: 'teams', message: z.ONLY_ODD }] : [])];
}

function row(entry: SeedEntry): Service {
  const { id, name } = entry;
  const hasNullTeam = entry.teams.includes(null);
  return { id, name: name ?? '', teamIds: teamsOf(entry), ...(hasNullTeam && { hasNullTeam }) };
}

function find(state: State, query: URLSearchParams): readonly Service[] {
  const all = inOrder(state, query.get('sort_by') ?? 'name');
  const matches = matcher(state, query);
  return matches ? all.filter(matches) : all;
}

function inOrder(state: State, sortBy: string): readonly Service[] {
  const ascending = remember(state, 'service:name', () => [...services.in(state).values()].sort(byName));
  if (sortBy === 'name' || sortBy === 'name:asc') return ascending;
  if (sortBy === 'name:desc') return [...ascending].reverse();
  throw badArguments('sort_by must be name, name:asc or name:desc');
}

/** `name` is the whole name, `query` a part of it; null without a filter. */
function matcher(state: State, query: URLSearchParams): ((service: Service) => boolean) | null {
  const name = query.get('name');
  const matchesQuery = queryMatcher(state, query);
  const teamIds = new Set(query.getAll('team_ids[]'));
  if (name === null && matchesQuery === null && teamIds.size === 0) return null;
  return (service) =>
    (name === null || service.name === name) &&
    (matchesQuery?.(service.name) ?? true) &&
    (teamIds.size === 0 || service.teamIds.some((id) => teamIds.has(id)));
}

export function serviceReference(state: State, id: string): Reference {
  const summary = services.in(state).get(id)?.name || id;
  const html_url = web(state, `service-directory/${id}`);
  return { id, type: 'service_reference', summary, self: `${API}/services/${id}`, html_url };
}

export function serviceView(
  state: State,
  service: Service,
  include: ReadonlySet<string>,
): Record<string, unknown> {
  const shown = service.teamIds.map((id) => {
    const team = teams.in(state).get(id);
    return include.has('teams') && team ? teamView(state, team) : teamReference(state, id);
  });
  return {
    ...serviceReference(state, service.id),
    type: 'service',
    name: service.name || null,
    description: '',
    status: 'active',
    escalation_policy: escalationPolicyReference(state),
    teams: service.hasNullTeam ? [...shown, null] : shown,
    integrations: [],
    addons: [],
    scheduled_actions: [],
    alert_creation: 'create_alerts_and_incidents',
  };
}
