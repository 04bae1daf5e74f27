import { DOCUMENT_VERSION } from '../../ui/render/documents.ts';
import { plural } from '../../ui/render/plan.ts';
import { writeRows } from '../../ui/render/rows.ts';
import type { Context } from '../context.ts';
import type { Define } from '../program.ts';

export const define: Define = (command, context) => {
  command.action(() => runValidate(context()));
};

/** Checks the config alone. Problems leave as a ConfigError with all of them. */
export async function runValidate(context: Context): Promise<void> {
  const config = await context.config();
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
