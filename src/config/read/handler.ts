/** Reads `handler`: the command for a press on this side. Nothing in it is expanded, so it can contain no secret. */
import {
  CONTEXT_PARTS,
  HANDLER_DEFAULTS,
  type Handler,
  isOwnVariable,
  type NotePolicy,
} from '../../core/handler.ts';
import { entryOf, type Located, type LocatedProblem, type Step, textOf } from '../parse/located.ts';
import { accessTo } from '../secrets/never-expanded.ts';
import type { Reading } from './reading.ts';

/** The handler of an action; undefined without one. If its shape is wrong, which was reported already, its valid parts. */
export function readHandler(action: Located, path: readonly Step[], reading: Reading): Handler | undefined {
  const node = entryOf(action, 'handler')?.value;
  if (node?.kind !== 'map') return undefined;
  const command = textsOf(node, 'command');
  if (command[0] === '') {
    reading.problems.push({
      at: entryOf(node, 'command')?.value.at ?? node.at,
      path: [...path, 'handler', 'command'],
      message: 'the program name is empty',
      fix: 'Write the program first, then its arguments.',
    });
  }
  return {
    command,
    timeout: numberOf(node, 'timeout') ?? HANDLER_DEFAULTS.timeout,
    concurrency: numberOf(node, 'concurrency') ?? HANDLER_DEFAULTS.concurrency,
    env: readVariables(node, path, reading),
    context: CONTEXT_PARTS.filter((part) => textsOf(node, 'context').includes(part)),
    allow: textsOf(node, 'allow'),
    note: (textOf(node, 'note') as NotePolicy | undefined) ?? HANDLER_DEFAULTS.note,
  };
}

function readVariables(node: Located, path: readonly Step[], reading: Reading): string[] {
  const env = textsOf(node, 'env');
  const at = entryOf(node, 'env')?.at ?? node.at;
  for (const name of env) {
    const problem = refusalOf(name, reading);
    if (!isOwnVariable(name)) reading.names.add(name);
    if (problem) reading.problems.push({ ...problem, at, path: [...path, 'handler', 'env'] });
  }
  return env;
}

/** Why a handler may not see a variable; undefined if it may. The author of the config alone must not decide (T57). */
function refusalOf(
  name: string,
  { variables: { allowed }, labelsOnly }: Reading,
): Pick<LocatedProblem, 'message' | 'fix'> | undefined {
  if (isOwnVariable(name)) {
    return {
      message: `a handler cannot read ${name}: the program would have all permissions of pdactions`,
      fix: 'Give it a credential of its own, in a variable with another name.',
    };
  }
  if (labelsOnly || (allowed ? allowed.has(name) : accessTo(name) === 'free')) return undefined;
  return {
    message: allowed
      ? `a handler cannot read ${name}: it is not on the list of allowed variables`
      : `a handler cannot read ${name}, which looks like a credential, unless it is allowed by name`,
    fix: `Add it to \`--allow-env\` or PDACTIONS_ALLOW_ENV, with the other variables of the config; the file itself cannot allow it.`,
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
