/** What the cells of the fault matrix can say, and how a fault is written down. */
import type { Reason } from '../../src/errors.ts';
import type { Switches } from '../../src/sandbox/account/switches.ts';
import type { Fault } from '../../src/sandbox/faults/fault.ts';
import type { FaultMatch } from './lab.ts';
import { signalsAround } from './storing.ts';
import type { CallClass } from './worlds.ts';

/** What a cell of the table says. */
export type Cell =
  /** RS(n), and what comes when that was in vain: `look` asks whether it happened. */
  | { readonly does: 'resends'; readonly most: number }
  /** VF: look whether it is there; send once more when it is not. */
  | { readonly does: 'verifies' }
  /** GET id and compare; as wanted is applied, otherwise sent once more where `again`. */
  | { readonly does: 'looks'; readonly again: boolean }
  /** AB, SK and ST: sent once. */
  | { readonly does: 'gives up'; readonly on: 'everything' | 'the service' }
  /** The answer is good enough, or says that what is wanted is so. */
  | { readonly does: 'takes it' }
  /** It is answered as done, and a read shows something else. */
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

/** One way in which it can go wrong. */
export interface Variant {
  readonly name: string;
  /** What the sandbox does to the request. */
  readonly faults?: (match: FaultMatch, times: number | 'always') => readonly Fault[];
  /** What fetch throws on this side, with nothing sent. */
  readonly throws?: string;
  /** How the sandbox stores what the request writes; `faults` are the signals around it. */
  readonly switches?: Partial<Switches>;
  /** The request is carried out all the same. */
  readonly commits: boolean;
  /** The status line has come, and says that it was. */
  readonly says?: boolean;
  readonly classes: readonly CallClass[];
  /** The first of a row is tried on every page of every list, the others on one. */
  readonly everyPage: boolean;
}

export interface Row {
  readonly id: `F${number}`;
  readonly title: string;
  /** Null where no call fails. */
  readonly reason: Reason | null;
  readonly cells: Readonly<Record<CallClass, Cell>>;
  /** Where the list of extensions is another matter than the other reads. */
  readonly listOfActions?: Cell;
  readonly variants: readonly Variant[];
  /** Exit codes when it always happens: to a read, and to a write. */
  readonly exit: { readonly read: number; readonly write: number };
  /** Shortest and longest time between two attempts, on the clock, in milliseconds. */
  readonly gap?: readonly [least: number, most: number];
}

export const ALL: readonly CallClass[] = ['read', 'create', 'update', 'delete', 'enable'];
export const WRITES: readonly CallClass[] = ['create', 'update', 'delete', 'enable'];

type Act = Extract<Fault, { readonly action: 'status' }>;
type Answer = Omit<Act, 'action' | 'match' | 'phase' | 'times'>;

/** An answer in place of the right one. `also committed`: PagerDuty may have acted before it. */
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

/** The answer is as asked, and what is stored is not. */
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
