/** What a configuration file means, after parsing, expansion and all rules: the config room's only product. */
import type { ActionSpec } from '../core/action.ts';
import type { Selector } from '../core/selector.ts';
import type { Problem } from '../errors.ts';

/** Where something stands in a file; both count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One entry of `services`. */
export interface Selection {
  readonly selector: Selector;
  readonly actionKeys: readonly string[];
  /** Absent: the file's own `prune` counts. */
  readonly prune?: boolean | undefined;
  readonly place: Place;
}

export interface Config {
  readonly file: string;
  readonly account?: string | undefined;
  readonly region?: 'us' | 'eu' | undefined;
  readonly prune: boolean;
  readonly actions: ReadonlyMap<string, ActionSpec & { readonly place: Place }>;
  readonly selections: readonly Selection[];
  /**
   * Values that must never be shown: what came from the environment (but for the scheme, host and port of a URL), the userinfo of
   * URLs, and literal values of headers that look like credentials.
   */
  readonly secrets: readonly string[];
}

/** A problem list or a config, never both; warnings come with either. */
export type ConfigResult =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] };
