import { UsageError } from '../../errors.ts';
import { toJson } from '../../ui/text/json.ts';
import type { CanShow, Context } from '../context.ts';

/**
 * True if the result should be a document instead of text for users.
 * @param also a format that the command supports besides JSON and YAML
 * @throws UsageError for formats that only rows have
 */
export function wantsDocument({ format }: Pick<Context, 'format'>, also?: 'markdown'): boolean {
  if (format === 'csv' || (format === 'markdown' && also !== format)) {
    throw new UsageError(`this command does not support ${format} output`, {
      hint: `Use --format table, json${also === undefined ? '' : `, ${also}`} or yaml.`,
    });
  }
  return format !== 'table';
}

/** Writes the document as JSON or YAML, or the result of `markdown` in its place. */
export async function showDocument(
  { io, format }: CanShow,
  document: unknown,
  markdown?: () => Promise<string>,
): Promise<void> {
  if (format === 'markdown' && markdown) return io.data(await markdown());
  if (format !== 'yaml') return io.data(toJson(document));
  const { toYaml } = await import('../../ui/render/yaml.ts');
  io.data(toYaml(document));
}

/** Refuses a format that only rows have, before anything is read or written. @throws UsageError */
export function checkFormat(context: Pick<Context, 'format'>): void {
  wantsDocument(context);
}
