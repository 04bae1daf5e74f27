import { UsageError } from '../errors.ts';
import { toJson } from '../ui/json.ts';
import type { Context } from './context.ts';

/** True when the result is to be a document instead of text for people. @throws UsageError for formats that only rows have */
export function wantsDocument({ format }: Context): boolean {
  if (format === 'csv' || format === 'markdown') {
    throw new UsageError(`this command has no ${format} output`, {
      hint: 'Use --format table, json or yaml.',
    });
  }
  return format !== 'table';
}

/** Writes the document as JSON or YAML. */
export async function showDocument({ io, format }: Context, document: unknown): Promise<void> {
  if (format !== 'yaml') return io.data(toJson(document));
  const { toYaml } = await import('../ui/render/yaml.ts');
  io.data(toYaml(document));
}
