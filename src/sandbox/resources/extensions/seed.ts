/** Extensions in a seed and in a data file. */
import type { State } from '../../account/state.ts';
import { defined } from '../../narrow.ts';
import type { Making, Slip } from '../../resource.ts';
import * as z from '../../shapes.ts';
import { schemas } from '../extension-schemas.ts';
import type { Extension } from './record.ts';

const headerList = z.array(z.strictObject({ name: z.string(), value: z.string() }));
/** `{ "Authorization": "…" }`, or a list if the order or a repeated name matters. */
const headers = z.pipe(
  z.union([z.record(z.string(), z.string()), headerList]),
  z.transform((value) => {
    return Array.isArray(value)
      ? value
      : Object.entries(value).map(([name, text]) => ({ name, value: text }));
  }),
);

export const seed = z.strictObject({
  id: z.id,
  /** One service; `services` takes several, which PagerDuty's description allows and its API refuses (U1). */
  service: z.optional(z.id),
  services: z.optional(z.array(z.id)),
  name: z.nullable(z.string()),
  odd: z.odd,
  url: z.nullable(z.string()),
  headers: z.optional(headers),
  schema: z._default(z.enum(['custom_webhook', 'generic_v2_webhook']), 'custom_webhook'),
  config: z.optional(z.record(z.string(), z.unknown())),
  /** The web UI leaves a `referer` in `config` (fact 14). */
  madeIn: z._default(z.enum(['api', 'web']), 'api'),
  description: z.optional(z.string()),
  disabled: z._default(z.boolean(), false),
});

type SeedEntry = z.output<typeof seed>;

/** The services that an entry names. */
export function serviceIdsOf(entry: SeedEntry): readonly string[] {
  return [...new Set([...(entry.service === undefined ? [] : [entry.service]), ...(entry.services ?? [])])];
}

/** Oddities allowed only in a record marked as odd: on no service, without a name, with headers of any shape (fact 58). */
export function slips(entry: SeedEntry): readonly Slip[] {
  if (entry.odd) return [];
  return [
    ...(serviceIdsOf(entry).length === 0 ? [{ at: 'service', message: 'must have a service' }] : []),
    ...z.nullName(entry),
    ...(entry.config?.headers === undefined ? [] : [{ at: 'config.headers', message: MISPLACED }]),
  ];
}

const MISPLACED = 'must be in `headers`; only a record with `"odd": true` can have it here, in any shape';

/** The extension that an entry describes. */
export function row(entry: SeedEntry, { state }: Making): Extension {
  const schema = [...schemas.in(state).values()].find(({ key }) => key === entry.schema);
  return {
    id: entry.id,
    name: entry.name ?? '',
    ...(entry.odd && { odd: true }),
    url: entry.url,
    schemaId: schema?.id ?? entry.schema,
    serviceIds: serviceIdsOf(entry),
    ...configOf(state, entry),
    description: entry.description ?? null,
    disabled: entry.disabled,
    disabledUntil: null,
    drops: 0,
    visibleFrom: 0,
  };
}

/** The creating client decides on the keys of `config`: the web UI adds `referer`, and `headers` even without any (fact 14). */
function configOf(
  { account }: State,
  { headers: seeded, config = {}, madeIn }: SeedEntry,
): Pick<Extension, 'headers' | 'config'> {
  if (madeIn === 'api') return { ...defined({ headers: seeded }), config };
  const referer = `https://${account}.pagerduty.com/extensions`;
  return { headers: seeded ?? null, config: { ...config, referer } };
}

/** In a data file an extension names its schema by key: the id depends on a switch (U14). */
export const kept = z.object({
  id: z.string(),
  name: z.string(),
  odd: z.optional(z.boolean()),
  url: z.nullable(z.string()),
  serviceIds: z.array(z.string()),
  headers: z.nullish(z.array(z.object({ name: z.string(), value: z.string() }))),
  config: z.record(z.string(), z.unknown()),
  description: z.nullable(z.string()),
  disabled: z.boolean(),
  disabledUntil: z.nullable(z.number()),
  drops: z.number(),
  schema: z.string(),
});

type KeptExtension = z.output<typeof kept>;

/** An extension for a data file. Its visibility to reads is not kept. */
export function keep(
  { schemaId, visibleFrom: _passing, serviceIds, headers: current, ...rest }: Extension,
  state: State,
): KeptExtension {
  const schema = schemas.in(state).get(schemaId)?.key ?? schemaId;
  return { ...rest, ...defined({ headers: current && [...current] }), serviceIds: [...serviceIds], schema };
}

/** The extension in a data file; its schema must be in the state already. */
export function restore({ schema, ...rest }: KeptExtension, state: State): Extension {
  const known = [...schemas.in(state).values()].findLast(({ key, id }) => (key ?? id) === schema);
  return { ...rest, schemaId: known?.id ?? schema, visibleFrom: 0 };
}
