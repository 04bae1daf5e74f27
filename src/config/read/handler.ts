/** Reads `handler`: what runs on this side when a button was pressed. Nothing in it is expanded, so it can carry no secret. */
import {
  CONTEXT_PARTS,
  HANDLER_DEFAULTS,
  type Handler,
  NEVER_FOR_HANDLERS,
  type NotePolicy,
} from '../../core/handler.ts';
import { entryOf, type Located, type Step, textOf } from '../parse/located.ts';
import type { Reading } from './reading.ts';

/** The handler of an action; undefined when it has none. Where its shape is wrong, which has been said already, what can be read. */
export function readHandler(action: Located, path: readonly Step[], reading: Reading): Handler | undefined {
  const node = entryOf(action, 'handler')?.value;
  if (node?.kind !== 'map') return undefined;
  const env = textsOf(node, 'env');
  for (const name of env.filter((one) => NEVER_FOR_HANDLERS.has(one.toUpperCase()))) {
    reading.faults.push({
      at: entryOf(node, 'env')?.at ?? node.at,
      path: [...path, 'handler', 'env'],
      message: `a handler cannot see ${name}: the program would have all rights of pdactions`,
      fix: 'Give it a credential of its own, in a variable with another name.',
    });
  }
  const command = textsOf(node, 'command');
  if (command[0] === '') {
    reading.faults.push({
      at: entryOf(node, 'command')?.value.at ?? node.at,
      path: [...path, 'handler', 'command'],
      message: 'the name of the program is empty',
      fix: 'Write the program first, then its arguments.',
    });
  }
  return {
    command,
    timeout: numberOf(node, 'timeout') ?? HANDLER_DEFAULTS.timeout,
    concurrency: numberOf(node, 'concurrency') ?? HANDLER_DEFAULTS.concurrency,
    env,
    context: CONTEXT_PARTS.filter((part) => textsOf(node, 'context').includes(part)),
    allow: textsOf(node, 'allow'),
    note: (textOf(node, 'note') as NotePolicy | undefined) ?? HANDLER_DEFAULTS.note,
  };
}

function textsOf(node: Located, key: string): string[] {
  const value = entryOf(node, key)?.value;
  if (value?.kind !== 'list') return [];
  return value.items.flatMap((item) =>
    item.kind === 'scalar' && typeof item.value === 'string' ? [item.value] : [],
  );
}

function numberOf(node: Located, key: string): number | undefined {
  const value = entryOf(node, key)?.value;
  return value?.kind === 'scalar' && typeof value.value === 'number' ? value.value : undefined;
}
