import { type LiveAction, type Service, SLOTS_PER_SERVICE } from '../../../core/action.ts';
import { liveByService } from '../../../core/live.ts';
import { type DesiredService, desiredServices } from '../../../core/normalize.ts';
import { type SlotRow, slotRows } from '../../../core/slot-map.ts';
import type { Slot } from '../../../core/slots.ts';
import { resolveSelectors } from '../../../engine/resolve.ts';
import { RefusedError } from '../../../errors.ts';
import { DOCUMENT_VERSION } from '../../../ui/render/action-document.ts';
import { slotDots, slotSpan } from '../../../ui/render/plan/slots.ts';
import { type Cell, type RowColumn, writeRows } from '../../../ui/render/rows.ts';
import { plural } from '../../../ui/text/plural.ts';
import { type Line, line, styled } from '../../../ui/text/text.ts';
import { addServiceOption } from '../../ask/selectors.ts';
import { type CommandSpec, READING } from '../../command.ts';
import type { CanRead, CanShow, Context } from '../../context.ts';
import { openPendingFile } from '../../files/write-file.ts';
import { readAccount } from '../../read-account.ts';
import { warnOfOdd } from '../../show/warn-of-odd.ts';

export interface SlotsOptions {
  readonly service?: readonly string[] | undefined;
  /** The file for a browser's page. */
  readonly html?: string | undefined;
}

export const spec: CommandSpec = {
  name: 'slots',
  summary: 'show what uses the slots of each service',
  group: 'see',
  rank: 3,
  scopes: {
    ...READING,
    partly: { 'teams.read': 'the teams of `--html`, and selectors such as `team:Payments`' },
  },
  document: 'slots',
  uses: ['config', 'pagerduty', 'result'],
  examples: ['slots', 'slots --html slots.html'],
  define(command, context) {
    addServiceOption(command, 'only these services (repeatable)')
      .option('--html <file>', 'write a web page to FILE instead: services by team, with search and filters')
      .action((options: SlotsOptions) => runSlots(context(), options));
  },
};

/** Shows the holders of the slots of each service, the fullest first, or writes them as a page. */
export async function runSlots(
  context: CanShow & CanReadSlots & Pick<Context, 'cwd' | 'globals'>,
  options: SlotsOptions,
): Promise<void> {
  const { html } = options;
  // Fails on an unwritable target before the account is read.
  const file = html === undefined ? null : await openPendingFile(html, context.cwd);
  try {
    const read = await readSlots(context, options);
    if (file) {
      const { pageOf } = await import('./page.ts');
      await file.commit(await pageOf(context, read));
      context.io.say(line(styled('muted', `Saved to ${html}; open it in a browser.`)));
    }
    if (!file || context.globals.format !== undefined) await showRows(context, read);
  } catch (error) {
    await file?.discard();
    throw error;
  }
}

type CanReadSlots = CanRead & Pick<Context, 'io' | 'labels'>;

/** The data of both forms. */
interface SlotsData {
  readonly account: string | null;
  readonly services: readonly Service[];
  readonly actions: readonly LiveAction[];
  readonly desired: readonly DesiredService[] | null;
  readonly rows: readonly SlotRow[];
}

/** Reads the account and the config, and warns about actions that no slot can show. */
async function readSlots(context: CanReadSlots, options: SlotsOptions): Promise<SlotsData> {
  const { account, services, actions } = await readAccount(context, options.service);
  const desired = await declared(context);
  const rows = slotRows(services, liveByService(actions), desired);
  warnOfOdd(context.io, actions);
  for (const { label, id, services: on } of unplacedIn(actions, services)) {
    if (on.length === 0) continue;
    const where = on.map((service) => service.id).join(', ');
    const text = `${label} (${id}) uses a slot of ${where}, which was deleted or is not visible to this token`;
    context.io.warn(text);
  }
  return { account, services, actions, desired, rows };
}

async function showRows(
  context: CanShow,
  { account, services, actions, desired, rows }: SlotsData,
): Promise<void> {
  const { io, format } = context;
  const unplaced = unplacedIn(actions, services);
  await writeRows(io, format, {
    columns: COLUMNS,
    rows: rows.map((row) => cellsOf(row, desired !== null, format === 'table' && io.terminal.stdout)),
    json: {
      version: DOCUMENT_VERSION,
      command: 'slots',
      account,
      config: desired !== null,
      services: rows.map(({ service, held, waiting, used, free }) => ({
        ...service,
        used,
        free,
        slots: held.map((slot) => ({ ...slot, holder: desired === null ? null : slot.holder })),
        waiting,
      })),
      unplaced: unplaced.map(({ id, label, services: on }) => ({
        id,
        label,
        services: on.map((service) => service.id),
      })),
    },
  });
  if (!io.terminal.stdout) return;
  for (const parts of describedActions(rows, desired)) io.say(parts);
  const full = rows.filter(({ free }) => free === 0).length;
  const short = rows.filter(({ free, waiting }) => waiting.length > free).length;
  io.say(
    line(
      styled('muted', `${plural(rows.length, 'service')}, ${full} without a free slot`),
      short > 0 ? styled('warn', `, ${short} with fewer free slots than the config needs`) : '',
      styled('muted', '.'),
    ),
  );
}

/** Actions on none of these services. */
function unplacedIn(actions: readonly LiveAction[], services: readonly Service[]): LiveAction[] {
  const known = new Set(services.map(({ id }) => id));
  return actions.filter((action) => !action.services.some(({ id }) => known.has(id)));
}

/** The declared services; null without a config. Leaves selectors without a match to `plan`, which refuses them. */
async function declared(context: Pick<Context, 'labels' | 'store' | 'io'>): Promise<DesiredService[] | null> {
  const config = await context.labels();
  if (!config) return null;
  try {
    const asked = config.selections.map(({ selector }) => ({ selector }));
    return desiredServices(config, await resolveSelectors(await context.store(), asked));
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    context.io.warn(`${error.message}; declared actions are not shown`);
    return null;
  }
}

/** The declared actions of these services that the config describes, each once: the table has no room for it. */
function describedActions(rows: readonly SlotRow[], desired: readonly DesiredService[] | null): Line[] {
  const shown = new Set(rows.map(({ service }) => service.id));
  const actions = (desired ?? [])
    .filter(({ service }) => shown.has(service.id))
    .flatMap((entry) => entry.actions);
  const described = new Map(
    actions.filter(({ description }) => description).map((action) => [action.key, action]),
  );
  return [...described.values()].map(({ key, label, written, description = '' }) =>
    // A label with `${service.…}` differs on each service.
    line(`  ${(written?.label ?? label) === label ? label : key}  `, styled('muted', description)),
  );
}

type Key = 'service' | 'slots' | 'slot1' | 'slot2' | 'slot3' | 'waiting' | 'id';

const COLUMNS: readonly RowColumn<Key>[] = [
  { key: 'service', title: 'SERVICE', flexible: true },
  { key: 'slots', title: 'SLOTS' },
  { key: 'slot1', title: 'SLOT 1', flexible: 'first' },
  { key: 'slot2', title: 'SLOT 2', flexible: 'first' },
  { key: 'slot3', title: 'SLOT 3', flexible: 'first' },
  { key: 'waiting', title: 'WAITING', flexible: 'first', optional: true },
  { key: 'id', title: 'ID' },
];

function cellsOf(
  { service, held, waiting, used }: SlotRow,
  known: boolean,
  styledCells: boolean,
): Record<Key, Cell> {
  const [slot1 = null, slot2 = null, slot3 = null] = held
    .slice(0, SLOTS_PER_SERVICE)
    .map((slot) => holderCell(slot, known, styledCells));
  // A fourth slot has no column; it must not look like a waiting action.
  const beyond = held
    .slice(SLOTS_PER_SERVICE)
    .map(({ label }, index) => `${label} (slot ${SLOTS_PER_SERVICE + 1 + index})`);
  return {
    service: service.name,
    slots: styledCells ? line(slotSpan(used)) : slotDots(used),
    slot1,
    slot2,
    slot3,
    waiting: [...beyond, ...waiting].join(', ') || null,
    id: service.id,
  };
}

function holderCell({ label, holder, disabled }: Slot, known: boolean, styledCell: boolean): Cell {
  const marks = [known && holder !== 'declared' ? holder : '', disabled ? 'disabled' : ''].filter(Boolean);
  if (marks.length === 0) return label;
  const text = ` (${marks.join(', ')})`;
  return styledCell ? line(label, styled(disabled ? 'warn' : 'muted', text)) : `${label}${text}`;
}
