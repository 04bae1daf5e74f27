import type { ActionSpec } from '../../src/core/action.ts';
import type { GuardPolicy } from '../../src/core/guard.ts';
import type { Declaration } from '../../src/core/normalize.ts';
import type { PlanPolicy } from '../../src/core/plan.ts';
import type { SeedInput } from '../../src/sandbox/seed/seed.ts';
import { declare } from '../engine/world.ts';
import { header, spec } from '../helpers/actions.ts';

/** One declaration in the life of an account. */
export interface State {
  readonly name: string;
  readonly declaration: Declaration;
  readonly policy?: Partial<PlanPolicy>;
  readonly guard?: GuardPolicy;
}

/** Every kind of obstacle: foreign, unmanaged, shared, disabled; a full service and an empty one. */
export const SEED: SeedInput = {
  account: 'acme',
  teams: [{ id: 'PTEAM1', name: 'Payments' }],
  services: [
    { id: 'PCHECK', name: 'Checkout API' },
    { id: 'PSEARC', name: 'Search' },
    { id: 'PLEDGE', name: 'Ledger', teams: ['PTEAM1'] },
    { id: 'PWEBAD', name: 'web-admin' },
    { id: 'PWEBFR', name: 'web-front' },
    { id: 'POTHER', name: 'Not in any config' },
  ],
  extensions: [
    action('PFULL1', 'PLEDGE', 'One'),
    action('PFULL2', 'PLEDGE', 'Two'),
    action('PFULL3', 'PLEDGE', 'Three'),
    action('PVENDO', 'PSEARC', 'Page the vendor'),
    { ...action('PDISAB', 'PWEBAD', 'Diagnose'), disabled: true },
    { ...action('PSHARE', undefined, 'Shared'), services: ['PSEARC', 'POTHER'] },
    { ...action('PHOOK1', 'PCHECK', 'Restart'), schema: 'generic_v2_webhook' },
    { ...action('POUTER', 'POTHER', 'Restart'), headers: { 'X-Theirs': 'theirs' } },
  ],
};

function action(id: string, service: string | undefined, name: string) {
  return { id, ...(service === undefined ? {} : { service }), name, url: spec(name).url };
}

const restart = spec('Restart');
const diagnose = spec('Diagnose');
const moved: ActionSpec = { ...restart, url: 'https://automation.example.com/v2/restart?mode=soft' };
const guarded: ActionSpec = { ...moved, headers: [header('Authorization', 'Bearer first-value')] };
const rekeyed: ActionSpec = { ...moved, headers: [header('X-Api-Key', 'second-value')] };
const bare: ActionSpec = { ...moved, headers: [] };
const again: ActionSpec = { ...moved, headers: [header('Authorization', 'Bearer third-value')] };
const silent: ActionSpec = { ...again, headers: null };
const renamed: ActionSpec = { ...silent, label: 'Restart it', renamedFrom: ['Restart'] };
const both: ActionSpec = {
  ...renamed,
  label: 'Bounce',
  url: restart.url,
  renamedFrom: ['Restart it', 'Restart'],
};
const revert = spec('Revert Last Commit');
const status = spec('Update Status Page');
const ALL = { maxDeletes: 100, allowEmpty: true };

const everywhere = (...actions: readonly ActionSpec[]) => ({
  'Checkout API': actions,
  Search: actions,
  'web-*': actions,
});

/** In this order: each begins where the previous one ended. */
export const STATES: readonly State[] = [
  { name: 'one action on one service', declaration: declare({ 'Checkout API': [restart] }) },
  { name: 'the same on several services', declaration: declare(everywhere(restart)) },
  { name: 'nothing new', declaration: declare(everywhere(restart)) },
  { name: 'another URL', declaration: declare(everywhere(moved)) },
  { name: 'a header more', declaration: declare(everywhere(guarded)) },
  { name: 'another header', declaration: declare(everywhere(rekeyed)) },
  { name: 'no header', declaration: declare(everywhere(bare)) },
  { name: 'a header again', declaration: declare(everywhere(again)) },
  {
    name: 'the same header with its value sent again',
    declaration: declare(everywhere(again)),
    policy: { rotate: 'all' },
  },
  { name: 'headers not mentioned', declaration: declare(everywhere(silent)) },
  { name: 'another label', declaration: declare(everywhere(renamed)) },
  { name: 'another label and another URL', declaration: declare(everywhere(both)) },
  {
    name: 'three actions on one service',
    declaration: declare({ ...everywhere(both), 'id:PCHECK': [both, diagnose, revert] }),
  },
  {
    name: 'one of three exchanged',
    declaration: declare({ ...everywhere(both), 'id:PCHECK': [both, status, revert] }, { prune: true }),
    guard: ALL,
  },
  {
    name: 'three exchanged on a full service of a team',
    declaration: declare({ 'team:Payments': [restart, diagnose, revert] }, { prune: true }),
    guard: ALL,
  },
  {
    name: 'a disabled action enabled',
    declaration: declare({ 'web-admin': [{ ...diagnose, key: 'diag' }] }),
    policy: { enable: true },
  },
  { name: 'fewer services: the rest is left alone', declaration: declare({ Search: [both] }) },
  {
    name: 'nothing on some services',
    declaration: declare({ 'Checkout API': [], 'web-*': [], 'id:PLEDGE': [restart] }, { prune: true }),
    guard: ALL,
  },
];
