/** Finds the file to edit, and checks an edit before it is written. */
import type { Problem } from '../../errors.ts';
import type { ConfigResult } from '../config.ts';
import { type FoundConfig, loadFound, loadNamed } from '../find/find.ts';
import { type LoadOptions, loadConfig } from '../load-config.ts';

/** Comments that mark a file as generated: the next generation would undo the edit. */
const GENERATED = /do not edit|auto-?generated|generated (?:by|from|automatically)/i;
const COMMENT = /^(?:#|"\$comment")/;
const TOP_LINES = 10;

export type EditTarget =
  | { readonly kind: 'file'; readonly source: FoundConfig; readonly isGenerated: boolean }
  /** Without a file, or with an unreadable one, nothing can be edited. */
  | { readonly kind: 'none'; readonly problems: readonly Problem[] }
  /** With several named files, the intended one is unknown. */
  | { readonly kind: 'several' };

/** Finds the file to edit: the one that is named, or the one that is found. */
export async function editTarget({
  cwd,
  home,
  explicit = [],
  uid = process.getuid?.(),
}: LoadOptions): Promise<EditTarget> {
  const where = { cwd, home, uid };
  const [named, ...others] = [explicit].flat();
  if (others.length > 0) return { kind: 'several' };
  const loaded = named === undefined ? await loadFound(where) : await loadNamed(named, where);
  if (!loaded?.ok) return { kind: 'none', problems: loaded?.problems ?? [] };
  const top = loaded.text.split('\n', TOP_LINES).map((row) => row.trim());
  return {
    kind: 'file',
    source: loaded,
    isGenerated: top.some((row) => COMMENT.test(row) && GENERATED.test(row)),
  };
}

/**
 * The configuration with another text in that file; its variables need not be set.
 * @returns null without a configuration
 */
export function loadWith(
  options: LoadOptions,
  { path }: FoundConfig,
  text: string,
): Promise<ConfigResult | null> {
  return loadConfig({ ...options, labelsOnly: true, instead: { path, text } });
}
