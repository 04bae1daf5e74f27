import { type LiveAction, NO_SERVICE, type Service } from '../../../core/action.ts';
import { compareText, liveByService, NOTHING } from '../../../core/live.ts';
import { countSlots } from '../../../core/slots.ts';
import { withState } from '../../../engine/with-state.ts';
import type { ActionStore } from '../../../pagerduty/store.ts';
import { sanitize } from '../../../ui/gate/sanitize.ts';
import { actionDocument, DOCUMENT_VERSION } from '../../../ui/render/action-document.ts';
import { renderDisabled } from '../../../ui/render/disabled.ts';
import { writeRows } from '../../../ui/render/rows.ts';
import { maskUrl } from '../../../ui/text/mask-url.ts';
import { line, styled } from '../../../ui/text/text.ts';
import { addServiceOption, servicesFor } from '../../ask/selectors.ts';
import { type CommandSpec, READING } from '../../command.ts';
import type { CanRead, CanShow, Context } from '../../context.ts';
import type { ShowUrl } from '../../live-urls.ts';
import { collect } from '../../options.ts';
import { warnOfOdd } from '../../show/warn-of-odd.ts';
import { FILTER_HELP, type Filter, matchesAll, readFilters, type TeamNames, teamsOf } from './filter.ts';
import { COLUMNS, cellsOf, columnsFor, type ServiceRow, stateText, summary, unplacedCells } from './rows.ts';

export interface ListFlags {
  readonly service?: readonly string[] | undefined;
  readonly disabled?: boolean | undefined;
  readonly all?: boolean | undefined;
  readonly filter?: readonly string[] | undefined;
  readonly columns?: string | undefined;
  /** False for `--no-pager`. */
  readonly pager?: boolean | undefined;
}

export const spec: CommandSpec = {
  name: 'list',
  summary: 'show the actions of each service',
  group: 'see',
  rank: 1,
  scopes: READING,
  document: 'list',
  uses: ['pagerduty', 'result'],
  examples: [
    'list',
    'list --service "web-*" --service team:Payments',
    'list --disabled --json',
    'list --filter "url=https://old.example.com/*" --columns service,label',
  ],
  define(command, context) {
    addServiceOption(command)
      .option('--disabled', 'only actions that PagerDuty has disabled, and why')
      .option('--filter <filter>', FILTER_HELP, collect)
      .option('--all', 'also services without actions')
      .option('--columns <names>', `only these columns: ${COLUMNS.map(({ key }) => key).join(',')}`)
      .option('--no-pager', 'do not use a pager for long tables')
      .action((options: ListFlags) => runList(context(), options));
  },
};

/** Shows the actions of each service. On a terminal services without actions are only counted, unless `--all` or `--service` is given. */
export async function runList(
  context: CanShow & CanRead & Pick<Context, 'liveUrls' | 'env' | 'cwd' | 'stderr'>,
  options: ListFlags,
): Promise<void> {
  const { io, format } = context;
  const onTerminal = format === 'table' && io.terminal.stdout;
  const columns = columnsFor(io.width, options.columns);
  const filters = readFilters(options.filter);
  const store = await context.store();
  const listing = await context.activity.while('reading', async () => {
    const reading = readWanted(store, options, filters);
    const [read, liveUrl] = await Promise.all([reading, context.liveUrls()]);
    return { ...read, account: await store.account(), liveUrl };
  });
  const { services, actions, teams } = listing;
  const rows = arrange(services, actions, options, filters, teams);
  const unplaced = actions.filter(
    (action) => action.services.length === 0 && isWanted(action, NO_SERVICE, options, filters, teams),
  );
  const seen = onTerminal ? seenOf(rows, options) : rows;
  if (rows.length + unplaced.length === 0) io.say(line(emptyText(options)));
  const pager = onTerminal && options.pager !== false ? await openPager(context) : undefined;
  await writeRows(
    io,
    format,
    tableOf(context, { ...listing, columns, rows, seen, unplaced, onTerminal }),
    pager,
  );
  if (onTerminal && rows.length > 0) io.say(line(styled('muted', summary(rows, rows.length - seen.length))));
  if (options.disabled) for (const parts of renderDisabled(shownOf(rows))) io.say(parts);
  warnOfOdd(io, actions);
  if (actions.some(({ disabled, unreadable }) => disabled === null && unreadable === undefined))
    io.say(line(styled('muted', STATES_UNKNOWN)));
}

/** The rows to draw. Omits services without actions, unless they were requested or nothing else would be left. */
function seenOf(rows: readonly ServiceRow[], { all, service }: ListFlags): readonly ServiceRow[] {
  const carrying = rows.filter(({ shown }) => shown.length > 0);
  return all || service !== undefined || carrying.length === 0 ? rows : carrying;
}

interface Listing {
  readonly account: string | null;
  readonly liveUrl: ShowUrl;
  readonly columns: ReturnType<typeof columnsFor>;
  readonly rows: readonly ServiceRow[];
  /** The rows of the table. */
  readonly seen: readonly ServiceRow[];
  readonly unplaced: readonly LiveAction[];
  readonly onTerminal: boolean;
}

function tableOf({ io, format }: Pick<Context, 'io' | 'format'>, listing: Listing) {
  const { account, liveUrl, columns, rows, seen, unplaced, onTerminal } = listing;
  const perAction = format === 'csv' || (format === 'table' && !onTerminal);
  // A text must be redacted before it is cut in the middle.
  const showUrl: ShowUrl = onTerminal ? (url) => io.redact(sanitize(io.redact(liveUrl(url)))) : liveUrl;
  return {
    columns,
    // Each format needs one of the two.
    get rows() {
      return [
        ...seen.flatMap((row) => cellsOf(row, perAction, showUrl)),
        ...unplaced.map((action) => unplacedCells(action, perAction, showUrl)),
      ];
    },
    get json() {
      return {
        version: DOCUMENT_VERSION,
        command: 'list',
        account,
        services: rows.map(({ service, live, shown }) => ({
          id: service.id,
          name: service.name,
          slots: countSlots(live),
          actions: shown.map((action) => actionDocument(action, liveUrl)),
        })),
        unplaced: unplaced.map((action) => actionDocument(action, liveUrl)),
      };
    },
  };
}

/** The actions in the table, each once. */
function shownOf(rows: readonly ServiceRow[]): readonly LiveAction[] {
  return [...new Set(rows.flatMap(({ shown }) => shown))];
}

/** Loaded on a terminal only, because nothing else starts a program. */
async function openPager(context: Pick<Context, 'io' | 'env' | 'cwd' | 'stderr'>) {
  const { pagerFor } = await import('./pager.ts');
  return pagerFor(context);
}

function emptyText({ disabled, filter }: ListFlags): string {
  if (filter !== undefined) return 'No action matches the filter.';
  return disabled ? 'No action is disabled.' : 'There are no services.';
}

async function readWanted(store: ActionStore, options: ListFlags, filters: readonly Filter[]) {
  const needsState = options.disabled || filters.some(({ field }) => field === 'state');
  const complete = async (services: readonly Service[], actions: readonly LiveAction[]) => ({
    services,
    actions: needsState ? await withState(store, actions) : actions,
    teams: await teamsOf(store, services, filters),
  });
  if (options.service === undefined) {
    // The actions wait for the schema's id, so their chain of requests starts first.
    const [actions, { services }] = await Promise.all([store.actions('all'), store.catalogue('all')]);
    return complete(services, actions);
  }
  store.prefetch([]);
  const services = await servicesFor(store, options.service);
  return complete(services, await store.actions(services));
}

function arrange(
  services: readonly Service[],
  actions: readonly LiveAction[],
  options: ListFlags,
  filters: readonly Filter[],
  teams: TeamNames,
): ServiceRow[] {
  const live = liveByService(actions);
  const known = new Map(services.map((service) => [service.id, service]));
  // An action may be on a service that is deleted or hidden from this token (U13); it is still shown.
  if (options.service === undefined) {
    for (const { services: places } of actions) {
      for (const { id, name } of places) {
        if (!known.has(id))
          known.set(id, { id, name: name ?? `(unknown service ${id})`, teamIds: [], htmlUrl: null });
      }
    }
  }
  const isNarrowed = options.disabled || filters.length > 0;
  return [...known.values()]
    .sort((a, b) => compareText(a.name, b.name) || compareText(a.id, b.id))
    .map((service): ServiceRow => {
      const onService = live.get(service.id) ?? NOTHING;
      const shown = [...onService.writable, ...onService.shared].filter((action) =>
        isWanted(action, service, options, filters, teams),
      );
      return { service, live: onService, shown };
    })
    .filter(({ shown }) => !isNarrowed || shown.length > 0);
}

function isWanted(
  action: LiveAction,
  service: Service,
  { disabled }: ListFlags,
  filters: readonly Filter[],
  teams: TeamNames,
): boolean {
  if (disabled && !action.disabled) return false;
  const values = {
    label: [action.label],
    url: action.url === null ? [] : [maskUrl(action.url)],
    state: [stateText(action)],
    team: service.teamIds.flatMap((id) => teams.get(id) ?? []),
  };
  return matchesAll(filters, values);
}

const STATES_UNKNOWN =
  "PagerDuty's list does not show which actions are disabled; run `pdactions list --disabled` to check each one.";
