import type { ActionSpec, HeaderSpec, LiveAction, Service } from '../../src/core/action.ts';
import type { DesiredService } from '../../src/core/normalize.ts';

/** A service with this name, and an id derived from it. */
export function service(name: string, id = name.toUpperCase().replace(/[^A-Z0-9]/g, '')): Service {
  return { id, name, teamIds: [], htmlUrl: `https://acme.pagerduty.com/service-directory/${id}` };
}

/** A definition as a config would give it. */
export function spec(label: string, fields: Partial<ActionSpec> = {}): ActionSpec {
  return { key: slug(label), label, url: endpoint(label), headers: null, renamedFrom: [], ...fields };
}

/** A header with a value from the environment. */
export function header(name: string, value = 'Bearer s3cret-value'): HeaderSpec {
  return { name, value, source: '${SECRET}' };
}

/** A live action with the endpoint of `spec` for the same label. */
export function live(label: string, on: Service, fields: Partial<LiveAction> = {}): LiveAction {
  return {
    id: `P${slug(label).replaceAll('-', '').toUpperCase().slice(0, 12)}`,
    label,
    url: endpoint(label),
    services: [{ id: on.id, name: on.name }],
    headerNames: [],
    disabled: false,
    htmlUrl: null,
    ...fields,
  };
}

/** The actions that one service should carry. */
export function desired(
  on: Service,
  actions: readonly ActionSpec[],
  fields: Partial<DesiredService> = {},
): DesiredService {
  const askedBy = new Map(actions.map((action) => [action.key, [on.name]]));
  return { service: on, actions, prune: false, askedBy, ...fields };
}

function endpoint(label: string): string {
  return `https://automation.example.com/${slug(label)}`;
}

function slug(label: string): string {
  return label.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}
