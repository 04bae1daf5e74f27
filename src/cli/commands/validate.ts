import { ConfigError } from '../../errors.ts';
import { DOCUMENT_VERSION } from '../../ui/render/documents.ts';
import { plural } from '../../ui/render/plan.ts';
import { writeRows } from '../../ui/render/rows.ts';
import type { Context } from '../context.ts';
import type { Define } from '../program.ts';
import { showDocument } from '../show-document.ts';

export const define: Define = (command, context) => {
  command.action(() => runValidate(context()));
};

/** Checks the config alone. Problems leave as a ConfigError with all of them; as a document they are data as well. */
export async function runValidate(context: Context): Promise<void> {
  const config = await context.config().catch(async (error: unknown) => {
    if (error instanceof ConfigError && (context.format === 'json' || context.format === 'yaml')) {
      const { problems } = error;
      await showDocument(context, { version: DOCUMENT_VERSION, command: 'validate', valid: false, problems });
    }
    throw error;
  });
  const { file, actions, selections } = config;
  const counts = `${plural(actions.size, 'action')}, ${plural(selections.length, 'service selector')}`;
  await writeRows(context.io, context.format, {
    columns: [
      { key: 'file', title: 'FILE', flexible: true },
      { key: 'result', title: 'RESULT' },
      { key: 'content', title: 'CONTENT' },
    ],
    rows: [{ file, result: 'valid', content: counts }],
    json: {
      version: DOCUMENT_VERSION,
      command: 'validate',
      valid: true,
      file,
      actions: actions.size,
      selectors: selections.length,
    },
  });
}
