/** The result of loading a configuration file, after parsing, expansion and all rules. The only product of this room. */
import type { ActionSpec } from '../core/action.ts';
import type { Handler } from '../core/handler.ts';
import type { Place } from '../core/normalize.ts';
import type { Selector } from '../core/selector.ts';
import type { Problem } from '../errors.ts';

/** A place in a file; both numbers count from 1. */
export type { Place };

/** One entry of `services`. */
export interface Selection {
  readonly selector: Selector;
  readonly actionKeys: readonly string[];
  /** Absent: the file's own `prune` applies. */
  readonly prune?: boolean | undefined;
  /** The `prune` of its file; absent if the file has none. */
  readonly filePrune?: boolean | undefined;
  readonly place: Place;
}

/** One of the files that a configuration is made of. */
export interface ConfigFile {
  /** As named in messages. */
  readonly file: string;
  /** `config`: found or named with `--config`; `base`: only extended by others. */
  readonly role: 'config' | 'base';
  /** The number of actions it defines, and of entries in `services`. */
  readonly actions: number;
  readonly selections: number;
}

export interface Config {
  /** The first file: the one that was found, or the first that was named. */
  readonly file: string;
  /** All of them, in the order in which they were named; the bases of each after it. */
  readonly files: readonly ConfigFile[];
  readonly account?: string | undefined;
  readonly region?: 'us' | 'eu' | undefined;
  /** True if every file that selects services sets it; each file's own value is with its selections. */
  readonly prune: boolean;
  readonly actions: ReadonlyMap<
    string,
    ActionSpec & { readonly place: Place; readonly handler?: Handler | undefined }
  >;
  readonly selections: readonly Selection[];
  /**
   * Values that must never be shown: values from the environment, the userinfo of URLs, and literal values of headers that look like
   * credentials.
   */
  readonly secrets: readonly string[];
}

/** A problem list or a config, never both; warnings come with either. */
export type ConfigResult = (
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] }
) & {
  /** The variables that it refers to, except those that are never expanded; absent if no file could be read. */
  readonly variables?: readonly string[];
  /** Those of them in URLs: a plan compares these. */
  readonly urlVariables?: readonly string[];
};
