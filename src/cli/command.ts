/** Describes a command in one place; help, completion, the command table and the reference follow from it. */
import type { Command } from 'commander';
import { READ_ACTIONS, READ_TEAMS, WRITE_ACTIONS } from '../pagerduty/auth/scopes.ts';
import type { Context } from './context.ts';

/** Adds arguments, options and the action of one command. `context` is ready when the action runs. */
export type Define = (command: Command, context: () => Context) => void;

/** The headings of the help, in its order. */
export const GROUPS = {
  see: 'View an account:',
  change: 'Change actions by hand:',
  code: 'Actions as code:',
  press: 'When a button is pressed:',
  other: 'Other:',
} as const;

/** The concerns of a command; its help shows the global options for these. */
export type Use = 'config' | 'pagerduty' | 'result' | 'confirmation';

/** The OAuth scopes that a command needs (fact 19). */
export interface Scopes {
  /** Without one of these the command does not start. */
  readonly required: readonly string[];
  /** Also requested: by scope, the part of the command that needs it and reports if it is missing. */
  readonly partly?: Readonly<Record<string, string>>;
}

const TEAM_SELECTORS = { [READ_TEAMS]: 'selectors such as `team:Payments`' };

/** To read the services. */
export const READING_SERVICES: Scopes = { required: ['services.read'], partly: TEAM_SELECTORS };

/** To read the actions of services. */
export const READING: Scopes = {
  required: READ_ACTIONS,
  partly: TEAM_SELECTORS,
};

/** To read and change the actions of services. */
export const WRITING: Scopes = { ...READING, required: [...READING.required, WRITE_ACTIONS] };

/** To press an action, and read the notes that follow. */
export const PRESSING: Scopes = {
  ...READING,
  required: [...READING.required, 'incidents.read', 'incidents.write'],
};

/** The `spec` that each command exports. `npm run generate` copies it into the command table and the reference. */
export interface CommandSpec {
  readonly name: string;
  /** One line in the imperative, for the help and the reference. */
  readonly summary: string;
  readonly group: keyof typeof GROUPS;
  /** The position inside its group, from 1. */
  readonly rank: number;
  /** `none`: it never calls PagerDuty, or only with a token of its own; `every`: requests those of all commands and requires none. */
  readonly scopes: Scopes | 'none' | 'every';
  /** The kind of its arguments, for completion. */
  readonly takes?: 'actions' | 'keys';
  /** The section of docs/output.md that describes its JSON document; absent for a command that prints none. */
  readonly document?: string;
  readonly uses: readonly Use[];
  /** Command lines after `pdactions`, for the help and the reference; a test parses each. */
  readonly examples: readonly string[];
  readonly define: Define;
}
