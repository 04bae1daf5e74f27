import type { Command } from 'commander';
import type { Context } from './context.ts';

/** Adds arguments, options and the action of one command. `context` is ready when the action runs. */
export type Define = (command: Command, context: () => Context) => void;
