/** Written by `npm run generate` from the `spec` of each command; the help needs these lines without loading the commands. */
import type { CommandSpec } from './command.ts';

/** A command that is loaded when it is called. */
export interface Offer extends Pick<CommandSpec, 'name' | 'summary' | 'group'> {
  readonly load: () => Promise<{ readonly spec: CommandSpec }>;
}

export const COMMANDS: readonly Offer[] = [
  {
    name: 'list',
    summary: 'show the actions of each service',
    group: 'see',
    load: () => import('./commands/list/list.ts'),
  },
  {
    name: 'show',
    summary: 'show one action in full',
    group: 'see',
    load: () => import('./commands/show.ts'),
  },
  {
    name: 'slots',
    summary: 'show what uses the slots of each service',
    group: 'see',
    load: () => import('./commands/slots/slots.ts'),
  },
  {
    name: 'open',
    summary: 'open a PagerDuty page: a service, the extensions, the API keys',
    group: 'see',
    load: () => import('./commands/open.ts'),
  },
  {
    name: 'create',
    summary: 'add an action to services',
    group: 'change',
    load: () => import('./commands/create/create.ts'),
  },
  {
    name: 'update',
    summary: 'change an action',
    group: 'change',
    load: () => import('./commands/update/update.ts'),
  },
  {
    name: 'delete',
    summary: 'delete actions',
    group: 'change',
    load: () => import('./commands/delete.ts'),
  },
  {
    name: 'enable',
    summary: 're-enable actions that PagerDuty has disabled',
    group: 'change',
    load: () => import('./commands/enable.ts'),
  },
  {
    name: 'init',
    summary: 'write a starter config and CI files',
    group: 'code',
    load: () => import('./commands/init/init.ts'),
  },
  {
    name: 'export',
    summary: 'write the live account as a config',
    group: 'code',
    load: () => import('./commands/export.ts'),
  },
  {
    name: 'validate',
    summary: 'check the config offline',
    group: 'code',
    load: () => import('./commands/validate.ts'),
  },
  {
    name: 'plan',
    summary: 'show what sync would change',
    group: 'code',
    load: () => import('./commands/plan.ts'),
  },
  {
    name: 'sync',
    summary: 'make PagerDuty match the config',
    group: 'code',
    load: () => import('./commands/sync.ts'),
  },
  {
    name: 'import',
    summary: 'write a config from the state of another tool',
    group: 'code',
    load: () => import('./commands/import/import.ts'),
  },
  {
    name: 'watch',
    summary: 'report drift and disabled actions continuously',
    group: 'code',
    load: () => import('./commands/watch/watch.ts'),
  },
  {
    name: 'add',
    summary: 'add an action to services in the config',
    group: 'code',
    load: () => import('./commands/add.ts'),
  },
  {
    name: 'remove',
    summary: 'remove an action from services in the config',
    group: 'code',
    load: () => import('./commands/remove.ts'),
  },
  {
    name: 'run',
    summary: 'press a button on incidents',
    group: 'press',
    load: () => import('./commands/run/run.ts'),
  },
  {
    name: 'test',
    summary: 'check endpoints the way PagerDuty calls them',
    group: 'press',
    load: () => import('./commands/test/test.ts'),
  },
  {
    name: 'listen',
    summary: 'receive presses and run their handlers',
    group: 'press',
    load: () => import('./commands/listen/listen.ts'),
  },
  {
    name: 'replay',
    summary: 'send recorded presses again',
    group: 'press',
    load: () => import('./commands/replay/replay.ts'),
  },
  {
    name: 'prove',
    summary: 'press a button on a drill incident and prove that it works',
    group: 'press',
    load: () => import('./commands/prove/prove.ts'),
  },
  {
    name: 'sandbox',
    summary: 'run a simulated PagerDuty on this machine',
    group: 'other',
    load: () => import('./commands/sandbox.ts'),
  },
  {
    name: 'completion',
    summary: 'print a completion script for your shell',
    group: 'other',
    load: () => import('./commands/completion/completion.ts'),
  },
  {
    name: 'doctor',
    summary: 'check everything a run depends on',
    group: 'other',
    load: () => import('./commands/doctor/doctor.ts'),
  },
  {
    name: 'auth',
    summary: 'sign in to accounts and switch between them',
    group: 'other',
    load: () => import('./commands/auth/auth.ts'),
  },
];
