/** The service picker: the whole account, found by words of names, teams and labels, with the slots of each. */
import type { Service, Team } from '../../core/action.ts';
import { type LiveService, liveByService, NOTHING } from '../../core/live.ts';
import { countSlots } from '../../core/slots.ts';
import { AuthError, RefusedError } from '../../errors.ts';
import type { ActionStore } from '../../pagerduty/store.ts';
import { type Choice, type FindList, type GrowingList, growingList } from '../../ui/prompt/prompter.ts';
import { slotSpan } from '../../ui/render/plan/slots.ts';
import { displayWidth } from '../../ui/render/width.ts';
import { signed } from '../../ui/text/signs.ts';
import { type Line, line, styled } from '../../ui/text/text.ts';
import type { CanRead, Context } from '../context.ts';

const PAGE = 100;
/** PagerDuty lists at most this many (fact 20). */
const WALL = 10_000;
/** Slots are in one column, except after names longer than this. */
const WIDEST = 40;

/** The part of the account that is known so far. */
interface Account {
  readonly services: readonly Service[];
  /** Null until the actions were read. */
  readonly live: ReadonlyMap<string, LiveService> | null;
  readonly teams: ReadonlyMap<string, string>;
  /** True if full services can be chosen, too. */
  readonly full: boolean;
}

/**
 * Asks for the services that get a new action.
 * @param full true: full services can be chosen, too
 * @throws RefusedError if the account has none
 */
export async function pickServices(
  context: CanRead & Pick<Context, 'prompter'>,
  { back = false, full = false }: { readonly back?: boolean; readonly full?: boolean } = {},
): Promise<readonly Service[]> {
  const list = await openList(context, full);
  const prompter = await context.prompter();
  return prompter.findMany<Service>({ message: 'On which services?', list, back });
}

/** The list with its first page; the other pages are added while it is displayed. */
async function openList(context: CanRead, full: boolean): Promise<FindList<Service>> {
  const store = await context.store();
  const list = growingList<Service>();
  await context.activity.while('reading services', async () => {
    const { services, hasMore } = await store.searchServices('', { limit: PAGE, offset: 0 });
    if (services.length === 0) throw noServices();
    const account: Account = { services, live: null, teams: await teamNames(store), full };
    if (hasMore) {
      list.show(toChoices(account), 'reading …');
      void readRest(store, account, list).catch((error: unknown) => list.fail(error));
    } else list.show(toChoices({ ...account, live: liveByService(await store.actions(services)) }));
  });
  return list;
}

/** Reads the other pages and the actions, and shows them as they arrive. */
async function readRest(store: ActionStore, first: Account, list: GrowingList<Service>): Promise<void> {
  let account = first;
  const reading = store.actions('all').then((actions) => {
    account = { ...account, live: liveByService(actions) };
  });
  reading.catch(() => undefined);
  for (let offset = PAGE; offset + PAGE <= WALL; offset += PAGE) {
    const { services, hasMore } = await store.searchServices('', { limit: PAGE, offset });
    account = { ...account, services: [...account.services, ...services] };
    if (!hasMore) break;
    list.show(toChoices(account), `${account.services.length} services so far, reading more …`);
  }
  list.show(toChoices(account), account.live ? undefined : 'reading their actions …');
  await reading;
  list.show(toChoices(account));
}

/** Names of teams by id; none if the token may not see teams. */
async function teamNames(store: ActionStore): Promise<ReadonlyMap<string, string>> {
  const teams = await store.searchTeams('').catch((error: unknown): readonly Team[] => {
    if (error instanceof AuthError) return [];
    throw error;
  });
  return new Map(teams.map(({ id, name }) => [id, name]));
}

function toChoices({ services, live, teams, full }: Account): Choice<Service>[] {
  const counts = new Map<string, number>();
  for (const { name } of services) counts.set(name, (counts.get(name) ?? 0) + 1);
  const width = Math.max(
    ...services.map(({ name }) => displayWidth(name)).filter((columns) => columns <= WIDEST),
    0,
  );
  return services.map((service) => {
    const isTwin = (counts.get(service.name) ?? 0) > 1;
    const carried = live ? (live.get(service.id) ?? NOTHING) : null;
    return toChoice(service, carried, { teams, full, width, isTwin });
  });
}

interface ChoiceFacts {
  readonly teams: Account['teams'];
  readonly full: boolean;
  readonly width: number;
  /** True if another service has the same name. */
  readonly isTwin: boolean;
}

function toChoice(
  service: Service,
  live: LiveService | null,
  { teams, full, width, isTwin }: ChoiceFacts,
): Choice<Service> {
  const { name, id, teamIds } = service;
  const labels = live ? [...live.writable, ...live.shared].map(({ label }) => label) : [];
  const teamsOf = teamIds.map((team) => teams.get(team) ?? '').filter(Boolean);
  const used = live ? countSlots(live) : null;
  const facts = [
    ...(teamsOf.length > 0 ? [`team ${teamsOf.join(', ')}`] : []),
    ...(labels.length > 0 ? [`has ${labels.join(', ')}`] : []),
  ];
  return {
    value: service,
    name: nameLine(name, width, used?.used ?? null, isTwin ? id : ''),
    short: isTwin ? `${name} (${id})` : name,
    description:
      facts.length > 0 ? facts.flatMap((fact, at) => (at === 0 ? [fact] : [DOT, fact])) : undefined,
    keywords: [id, ...teamsOf, ...labels].join(' '),
    disabled: used?.free === 0 && !full ? 'all three slots are taken' : undefined,
  };
}

const DOT = signed(undefined, ' · ');

function nameLine(name: string, width: number, used: number | null, id: string): Line {
  const padding = ' '.repeat(Math.max(0, width - displayWidth(name)) + 2);
  const dots = used === null ? signed('muted', '···') : slotSpan(used);
  return line(name, padding, dots, styled('muted', id === '' ? '' : `  ${id}`));
}

function noServices(): RefusedError {
  return new RefusedError('this token cannot see any services', {
    reason: 'gone',
    hint: 'Create a service in PagerDuty, or use a token that can see one.',
  });
}
