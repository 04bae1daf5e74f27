import type { LiveAction, Service } from '../../core/action.ts';
import { compareText, type LiveService, liveByService, NOTHING } from '../../core/live.ts';
import { countSlots } from '../../core/slots.ts';
import { withState } from '../../engine/with-state.ts';
import type { ActionStore } from '../../pagerduty/store.ts';
import { actionDocument, DOCUMENT_VERSION } from '../../ui/render/action-document.ts';
import { type Cell, type RowColumn, writeRows } from '../../ui/render/rows.ts';
import { slotDots, slotSpan } from '../../ui/render/slots.ts';
import { plural } from '../../ui/text/plural.ts';
import { line, styled } from '../../ui/text/text.ts';
import { addServiceOption, servicesFor } from '../ask/selectors.ts';
import type { CommandSpec } from '../command.ts';
import type { Context } from '../context.ts';
import type { ShowUrl } from '../live-urls.ts';
import { addExamples } from '../options.ts';
import { warnOfOdd } from '../warn-of-odd.ts';

export interface ListOptions {
  readonly service?: readonly string[] | undefined;
  readonly disabled?: boolean | undefined;
}

export const spec: CommandSpec = {
  name: 'list',
  summary: 'show what each service carries',
  group: 'see',
  rank: 1,
  document: 'list',
  define(command, context) {
    addExamples(command, 'list', 'list --service "web-*" --service team:Payments', 'list --disabled --json');
    addServiceOption(command)
      .option('--disabled', 'only actions that PagerDuty has disabled for a while')
      .action((options: ListOptions) => runList(context(), options));
  },
};

interface Row {
  readonly service: Service;
  readonly live: LiveService;
  /** Those that are asked for. */
  readonly shown: readonly LiveAction[];
}

/** Shows what each service carries. Services without actions are there, too: a free slot is information. */
export async function runList(context: Context, options: ListOptions): Promise<void> {
  const { io, format } = context;
  const store = await context.store();
  context.activity.reading('reading');
  const { services, actions } = await read(store, options);
  const [account, showUrl] = await Promise.all([store.account(), context.liveUrls()]);
  context.activity.end();
  const rows = arrange(services, actions, options);
  const unplaced = actions.filter(
    (action) => action.services.length === 0 && (!options.disabled || action.disabled),
  );
  if (rows.length + unplaced.length === 0)
    io.say(line(options.disabled ? 'No action is disabled.' : 'There are no services.'));
  const perAction = format === 'csv' || (format === 'table' && !io.terminal.stdout);
  await writeRows(io, format, {
    columns: COLUMNS,
    rows: [
      ...rows.flatMap((row) => cellsOf(row, perAction, showUrl)),
      ...unplaced.map((action) => unplacedCells(action, perAction, showUrl)),
    ],
    json: {
      version: DOCUMENT_VERSION,
      command: 'list',
      account,
      services: rows.map(({ service, live, shown }) => ({
        id: service.id,
        name: service.name,
        slots: countSlots(live),
        actions: shown.map((action) => actionDocument(action, showUrl)),
      })),
      unplaced: unplaced.map((action) => actionDocument(action, showUrl)),
    },
  });
  if (format === 'table' && io.terminal.stdout && rows.length > 0)
    io.say(line(styled('muted', summary(rows))));
  warnOfOdd(io, actions);
  if (actions.some(({ disabled, unreadable }) => disabled === null && unreadable === undefined))
    io.say(line(styled('muted', STATES_UNKNOWN)));
}

async function read(store: ActionStore, options: ListOptions) {
  if (options.service === undefined) {
    // The actions wait for the schema's id, so their chain of requests begins first.
    const [actions, { services }] = await Promise.all([store.actions('all'), store.catalogue('all')]);
    return { services, actions: options.disabled ? await withState(store, actions) : actions };
  }
  store.prefetch([]);
  const services = await servicesFor(store, options.service);
  const actions = await store.actions(services);
  return { services, actions: options.disabled ? await withState(store, actions) : actions };
}

function arrange(services: readonly Service[], actions: readonly LiveAction[], options: ListOptions): Row[] {
  const live = liveByService(actions);
  const known = new Map(services.map((service) => [service.id, service]));
  // An action may stand on a service that this token does not see, or that is gone (U13): it is shown all the same.
  if (options.service === undefined) {
    for (const { services: places } of actions) {
      for (const { id, name } of places) {
        if (!known.has(id))
          known.set(id, { id, name: name ?? `(unknown service ${id})`, teamIds: [], htmlUrl: null });
      }
    }
  }
  return [...known.values()]
    .sort((a, b) => compareText(a.name, b.name) || compareText(a.id, b.id))
    .map((service) => toRow(service, live.get(service.id) ?? NOTHING, options))
    .filter(({ shown }) => !options.disabled || shown.length > 0);
}

function toRow(service: Service, live: LiveService, options: ListOptions): Row {
  const all = [...live.own, ...live.shared];
  return { service, live, shown: options.disabled ? all.filter(({ disabled }) => disabled) : all };
}

const STATES_UNKNOWN =
  "PagerDuty's list does not tell which actions are disabled; `pdactions list --disabled` asks for each.";

type Key = 'service' | 'slots' | 'label' | 'url' | 'state' | 'id';

const COLUMNS: readonly RowColumn<Key>[] = [
  { key: 'service', title: 'SERVICE', grouped: true, flexible: true },
  { key: 'slots', title: 'SLOTS', grouped: true },
  { key: 'label', title: 'ACTION', flexible: true },
  { key: 'url', title: 'URL', flexible: 'first' },
  { key: 'state', title: 'STATE' },
  { key: 'id', title: 'ID' },
];

/** On a terminal a service without actions has a row of its own; for machines a row is an action. */
function cellsOf({ service, live, shown }: Row, perAction: boolean, showUrl: ShowUrl): Record<Key, Cell>[] {
  const { used } = countSlots(live);
  const slots = perAction ? slotDots(used) : line(slotSpan(used));
  if (shown.length === 0) {
    return perAction ? [] : [{ service: service.name, slots, label: null, url: null, state: null, id: null }];
  }
  return shown.map((action) => ({
    service: service.name,
    slots: perAction ? used : slots,
    label: action.label,
    url: action.url === null ? null : showUrl(action.url),
    state: stateOf(action, perAction),
    id: action.id,
  }));
}

/** An action on no service that PagerDuty names. */
function unplacedCells(action: LiveAction, perAction: boolean, showUrl: ShowUrl): Record<Key, Cell> {
  return {
    service: '(no service)',
    slots: null,
    label: action.label,
    url: action.url === null ? null : showUrl(action.url),
    state: stateOf(action, perAction),
    id: action.id,
  };
}

function stateOf(action: LiveAction, perAction: boolean) {
  const text = stateText(action);
  return perAction || text === 'active' ? text : line(styled('warn', text));
}

function stateText({ disabled, services, foreign, unreadable }: LiveAction): string {
  if (unreadable !== undefined) return 'unreadable';
  if (services.length === 0) return 'no service';
  if (disabled) return 'disabled';
  if (services.length > 1) return 'shared';
  if (foreign) return 'unknown type';
  return disabled === null ? 'unknown' : 'active';
}

function summary(rows: readonly Row[]): string {
  const actions = rows.reduce((sum, { shown }) => sum + shown.length, 0);
  const full = rows.filter(({ live }) => countSlots(live).free === 0).length;
  return `${plural(rows.length, 'service')}, ${plural(actions, 'action')}, ${full} without a free slot.`;
}
