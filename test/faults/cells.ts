/** Types of the fault matrix: its cells, and the description of a fault. */
import type { Reason } from '../../src/errors.ts';
import type { Switches } from '../../src/sandbox/account/switches.ts';
import type { InjectedFault } from '../../src/sandbox/faults/fault.ts';
import type { FaultMatch } from './lab.ts';
import { signalsAround } from './storing.ts';
import type { CallClass } from './worlds.ts';

/** The expected behaviour in one cell of the table. */
export type Cell =
  /** RS(n), then the result of the last attempt. */
  | { readonly does: 'resends'; readonly most: number }
  /** VF: look for it; send once more if it is missing. */
  | { readonly does: 'verifies' }
  /** GET id and compare: applied if it matches, otherwise sent once more if `again`. */
  | { readonly does: 'looks'; readonly again: boolean }
  /** AB, SK and ST: sent once. */
  | { readonly does: 'gives up'; readonly on: 'everything' | 'the service' }
  /** The answer is sufficient, or confirms the wanted state. */
  | { readonly does: 'takes it' }
  /** The answer confirms the write, but a read shows something else. */
  | { readonly does: 'shows'; readonly status: 'not kept' }
  | { readonly does: 'not apply'; readonly why: string };

export const RS = (most: number): Cell => ({ does: 'resends', most });
export const VF: Cell = { does: 'verifies' };
export const GET: Cell = { does: 'looks', again: true };
export const GET_ONLY: Cell = { does: 'looks', again: false };
export const AB: Cell = { does: 'gives up', on: 'everything' };
export const ST: Cell = { does: 'gives up', on: 'everything' };
export const SK: Cell = { does: 'gives up', on: 'the service' };
export const APPLIED: Cell = { does: 'takes it' };
export const NOT_KEPT: Cell = { does: 'shows', status: 'not kept' };
export const none = (why: string): Cell => ({ does: 'not apply', why });

/** One form of the fault. */
export interface Variant {
  readonly name: string;
  /** The faults that the sandbox injects into the request. */
  readonly faults?: (match: FaultMatch, times: number | 'always') => readonly InjectedFault[];
  /** The code of an error thrown by fetch, with nothing sent. */
  readonly throws?: string;
  /** Switches that make the sandbox store the write differently; `faults` are the signals around it. */
  readonly switches?: Partial<Switches>;
  /** The request is carried out nevertheless. */
  readonly commits: boolean;
  /** The status line arrives, and confirms the write. */
  readonly says?: boolean;
  readonly classes: readonly CallClass[];
  /** The first variant of a row runs on every page of every list, the others on one. */
  readonly everyPage: boolean;
}

export interface Row {
  readonly id: `F${number}`;
  readonly title: string;
  /** Null if no call fails. */
  readonly reason: Reason | null;
  readonly cells: Readonly<Record<CallClass, Cell>>;
  /** For the list of extensions, if it differs from the other reads. */
  readonly listOfActions?: Cell;
  readonly variants: readonly Variant[];
  /** Exit codes if it always happens: to a read, and to a write. */
  readonly exit: { readonly read: number; readonly write: number };
  /** Shortest and longest time between two attempts, on the clock, in milliseconds. */
  readonly gap?: readonly [least: number, most: number];
}

export const ALL: readonly CallClass[] = ['read', 'create', 'update', 'delete', 'enable'];
export const WRITES: readonly CallClass[] = ['create', 'update', 'delete', 'enable'];

type Act = Extract<InjectedFault, { readonly action: 'status' }>;
type Answer = Omit<Act, 'action' | 'match' | 'phase' | 'times'>;

/** Replaces the answer. `also committed`: PagerDuty may have carried out the request before. */
export function answers(
  name: string,
  answer: Answer,
  { committed = false, classes = ALL, everyPage = true } = {},
): Variant[] {
  const variant = (phase: 'before-commit' | 'after-commit', fits: readonly CallClass[]): Variant => ({
    name: `${name}${phase === 'after-commit' ? ', carried out' : ''}`,
    faults: (match, times) => [{ action: 'status', ...answer, match, times, phase }],
    commits: phase === 'after-commit',
    classes: fits,
    everyPage,
  });
  const writes = classes.filter((one) => one !== 'read');
  return [variant('before-commit', classes), ...(committed ? [variant('after-commit', writes)] : [])];
}

export function happens(
  name: string,
  commits: boolean,
  faults: NonNullable<Variant['faults']>,
  classes = commits ? WRITES : ALL,
  everyPage = true,
): Variant {
  return { name: `${name}${commits ? ', carried out' : ''}`, faults, commits, classes, everyPage };
}

/** The answer matches the request, but the stored action does not. */
export const stores = (name: string, switches: Partial<Switches>): Variant => ({
  name,
  switches,
  faults: signalsAround,
  commits: true,
  classes: WRITES,
  everyPage: false,
});

export const throws = (code: string, everyPage = true): Variant => ({
  name: code,
  throws: code,
  commits: false,
  classes: ALL,
  everyPage,
});
