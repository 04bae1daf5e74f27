/** The rows and columns of `list`. */
import type { LiveAction, Service } from '../../../core/action.ts';
import type { LiveService } from '../../../core/live.ts';
import { countSlots } from '../../../core/slots.ts';
import { UsageError } from '../../../errors.ts';
import { slotDots, slotSpan } from '../../../ui/render/plan/slots.ts';
import type { Cell, RowColumn } from '../../../ui/render/rows.ts';
import { plural } from '../../../ui/text/plural.ts';
import { line, styled } from '../../../ui/text/text.ts';
import type { ShowUrl } from '../../live-urls.ts';

/** A service with its displayed actions. */
export interface ServiceRow {
  readonly service: Service;
  readonly live: LiveService;
  /** The selected ones. */
  readonly shown: readonly LiveAction[];
}

/** A long name must not push everything else off the screen. */
const MOST_OF_WIDTH = 0.4;

type Key = 'service' | 'slots' | 'label' | 'url' | 'state' | 'id';

/** All columns, in the order of the table. */
export const COLUMNS: readonly RowColumn<Key>[] = [
  { key: 'service', title: 'SERVICE', grouped: true, flexible: true },
  { key: 'slots', title: 'SLOTS', grouped: true },
  { key: 'label', title: 'ACTION', flexible: true },
  { key: 'url', title: 'URL', flexible: 'first', cut: 'middle' },
  { key: 'state', title: 'STATE' },
  { key: 'id', title: 'ID' },
];

/** On a terminal a service without actions has its own row; elsewhere each row is an action. */
export function cellsOf(
  { service, live, shown }: ServiceRow,
  perAction: boolean,
  showUrl: ShowUrl,
): Record<Key, Cell>[] {
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

/** The row of an action whose service PagerDuty does not name. */
export function unplacedCells(action: LiveAction, perAction: boolean, showUrl: ShowUrl): Record<Key, Cell> {
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

/** The state of an action in a word or two. */
export function stateText({ disabled, services, foreign, unreadable }: LiveAction): string {
  if (unreadable !== undefined) return 'unreadable';
  if (services.length === 0) return 'no service';
  if (disabled) return 'disabled';
  if (services.length > 1) return 'shared';
  if (foreign) return 'unknown type';
  return disabled === null ? 'unknown' : 'active';
}

/** The last line: counts what the table shows and omits. */
export function summary(rows: readonly ServiceRow[], hidden: number): string {
  const actions = rows.reduce((sum, { shown }) => sum + shown.length, 0);
  const full = rows.filter(({ live }) => countSlots(live).free === 0).length;
  const without = hidden === 0 ? '' : ` (${hidden} without actions; \`--all\` lists them)`;
  return `${plural(rows.length, 'service')}${without}, ${plural(actions, 'action')}, ${full} without a free slot.`;
}

/** The columns in the requested order. @throws UsageError for an unknown one */
export function columnsFor(width: number, text: string | undefined): readonly RowColumn<Key>[] {
  const columns = COLUMNS.map((column) =>
    column.key === 'service' ? { ...column, maxWidth: Math.floor(width * MOST_OF_WIDTH) } : column,
  );
  if (text === undefined) return columns;
  return text.split(',').map((name) => {
    const column = columns.find(({ key }) => key === name.trim());
    if (column) return column;
    throw new UsageError(`--columns: unknown column \`${name.trim()}\``, {
      hint: `The columns are ${columns.map(({ key }) => key).join(', ')}.`,
    });
  });
}
