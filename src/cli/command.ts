/** Describes a command in one place; help, completion, the command table and the reference follow from it. */
import type { Command } from 'commander';
import type { Context } from './context.ts';

/** Adds arguments, options and the action of one command. `context` is ready when the action runs. */
export type Define = (command: Command, context: () => Context) => void;

/** The headings of the help, in its order. */
export const GROUPS = {
  see: 'See what is there:',
  change: 'Change actions by hand:',
  code: 'Actions as code:',
  press: 'When a button is pressed:',
  other: 'Other:',
} as const;

/** The things a command works with; its help shows the global options of these. */
export type Use = 'config' | 'pagerduty' | 'result' | 'confirmation';

/** The `spec` that each command exports. `npm run generate` carries it into the command table and the reference. */
export interface CommandSpec {
  readonly name: string;
  /** One line in the imperative, for the help and the reference. */
  readonly summary: string;
  readonly group: keyof typeof GROUPS;
  /** The place inside its group, from 1. */
  readonly rank: number;
  /** It never asks PagerDuty for anything; every other command has its scopes in `pagerduty/auth/scopes.ts`. */
  readonly offline?: true;
  /** The kind of its arguments, for completion. */
  readonly takes?: 'actions' | 'keys';
  /** The section of docs/output.md that describes its JSON document; absent for a command that prints none. */
  readonly document?: string;
  readonly uses: readonly Use[];
  /** Command lines after `pdactions`, for the help and the reference; a test parses each. */
  readonly examples: readonly string[];
  readonly define: Define;
}
