import {
  type Located,
  type LocatedMap,
  type LocatedProblem,
  PROTOTYPE_KEYS,
  type Step,
  showKey,
} from '../parse/located.ts';
import type { Source } from './source.ts';

/**
 * Problems of any document, whatever its subject: repeated keys (T18), keys with a special meaning in JavaScript (T14),
 * texts that are not Unicode (T02).
 */
export function inspect(root: Located, source: Source): LocatedProblem[] {
  const findings: LocatedProblem[] = [];
  const visit = (node: Located, path: readonly Step[]): void => {
    if (node.kind === 'scalar') {
      if (typeof node.value === 'string' && !node.value.isWellFormed()) findings.push(broken(node.at, path));
      return;
    }
    // Not spread into the call: a hostile file has more problems than the stack has room for (T13).
    if (node.kind === 'map') for (const finding of inspectKeys(node, path, source)) findings.push(finding);
    const children =
      node.kind === 'map'
        ? node.entries.map(({ key, value }): [Step, Located] => [key, value])
        : node.items.map((item, index): [Step, Located] => [index, item]);
    for (const [step, child] of children) visit(child, [...path, step]);
  };
  visit(root, []);
  return findings;
}

function inspectKeys(map: LocatedMap, path: readonly Step[], source: Source): LocatedProblem[] {
  const findings: LocatedProblem[] = [];
  const first = new Map<string, number>();
  for (const { key, at } of map.entries) {
    const earlier = first.get(key);
    const here = [...path, key];
    if (earlier !== undefined) {
      const { line, column } = source.placeAt(earlier);
      findings.push({
        at,
        path: here,
        message: `the key ${showKey(key)} is already defined at line ${line}, column ${column}`,
        fix: 'Remove one of the two.',
      });
    } else first.set(key, at);
    if (PROTOTYPE_KEYS.has(key)) findings.push(reserved(key, at, here));
    if (!key.isWellFormed()) findings.push(broken(at, path));
  }
  return findings;
}

function reserved(key: string, at: number, path: readonly Step[]): LocatedProblem {
  const isService = path.length === 2 && path[0] === 'services';
  return {
    at,
    path,
    message: `unknown key ${showKey(key)}: this name is reserved`,
    fix: isService ? 'Select the service by its id: "id:PIJ90N7".' : 'Remove it.',
  };
}

function broken(at: number, path: readonly Step[]): LocatedProblem {
  return {
    at,
    path,
    message: 'the string contains an unpaired surrogate, which is not a valid character',
    fix: 'Write the character itself, or both halves of its escape sequence.',
  };
}
