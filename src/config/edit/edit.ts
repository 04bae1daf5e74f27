/**
 * Edits the text of a configuration: adds and removes definitions and services, and keeps comments, order and layout. The result is parsed
 * again, and returned only if it means exactly the intended change.
 */

import { type LayoutNode, type LayoutPart, type Located, toPlain } from '../parse/located.ts';
import { layoutOf, parseYaml } from '../parse/parse.ts';
import { parseJson } from '../parse/parse-json.ts';
import { indentStep, lineBreak, type WritePart, withoutPart, withPart } from './splice.ts';
import { type Value, writeEntry, writeText } from './write-value.ts';

/** The file format of a text; in a `package.json`, the configuration is one property. */
export type ConfigFormat = 'json' | 'yaml' | 'package';

export type ConfigChange =
  | { readonly kind: 'define'; readonly key: string; readonly definition: Readonly<Record<string, Value>> }
  | { readonly kind: 'undefine'; readonly key: string }
  | { readonly kind: 'add'; readonly key: string; readonly selector: string }
  /** `keepsEntry`: keeps an entry whose list becomes empty, so that the service stays in scope. */
  | {
      readonly kind: 'remove';
      readonly key: string;
      readonly selector: string;
      readonly keepsEntry: boolean;
    };

/** Parsed data: maps, lists and scalars. */
type Plain = Record<string, unknown>;

/**
 * Applies the changes one after the other.
 * @returns the new text; undefined if a change would also change something else, for example behind an alias
 */
export function editConfig(
  text: string,
  format: ConfigFormat,
  changes: readonly ConfigChange[],
): string | undefined {
  return changes.reduce<string | undefined>(
    (now, change) => (now === undefined ? undefined : editOnce(now, format, change)),
    text,
  );
}

function editOnce(text: string, format: ConfigFormat, change: ConfigChange): string | undefined {
  const root = layoutOf(text);
  const config = root && (format === 'package' ? partOf(root, 'pdactions')?.value : root);
  if (config?.kind !== 'map') return undefined;
  const edited = splice(text, format, config, change);
  const [before, after] = [plainOf(text, format), edited === undefined ? undefined : plainOf(edited, format)];
  if (edited === undefined || before === undefined || after === undefined) return undefined;
  return JSON.stringify(after) === JSON.stringify(expected(before, format, change)) ? edited : undefined;
}

function splice(
  text: string,
  format: ConfigFormat,
  config: LayoutNode,
  change: ConfigChange,
): string | undefined {
  switch (change.kind) {
    case 'define':
      return withEntry(text, format, config, 'actions', change.key, change.definition);
    case 'undefine': {
      const [actions, definition] = pathTo(config, 'actions', change.key);
      return actions && definition && withoutPart(text, actions.value, definition, actions);
    }
    case 'add': {
      const list = listOf(config, change.selector);
      if (!list) return withEntry(text, format, config, 'services', change.selector, [change.key]);
      if (list.value.kind !== 'list') return undefined;
      return withPart(text, list.value, ({ isFlow }) =>
        isFlow || format !== 'yaml'
          ? writeText(change.key, { isJson: format !== 'yaml', isFlow })
          : `- ${writeText(change.key, { isJson: false, isFlow })}`,
      );
    }
    case 'remove': {
      const [services, entry] = pathTo(config, 'services', change.selector);
      const list = listOf(config, change.selector);
      const item = list?.value.parts.find(({ key }) => key === change.key);
      if (!services || !entry || !list || !item) return undefined;
      const isLast = list.value.parts.length === 1 && !change.keepsEntry;
      return isLast
        ? withoutPart(text, services.value, entry, services)
        : withoutPart(text, list.value, item, list);
    }
  }
}

/** Adds an entry to `actions` or `services`, creating the section if it is missing. */
function withEntry(
  text: string,
  format: ConfigFormat,
  config: LayoutNode,
  group: 'actions' | 'services',
  key: string,
  value: Value,
): string | undefined {
  const part = partOf(config, group);
  if (part && part.value.kind !== 'map') return undefined;
  const node = part?.value ?? config;
  const sibling = node.parts.at(-1)?.value;
  const list = sibling && (sibling.kind === 'list' ? sibling : partOf(sibling, 'actions')?.value);
  const isInline =
    group === 'services'
      ? !list || (list.isFlow && isOneLine(text, list))
      : isOneLine(text, node) && node.isFlow;
  const write: WritePart = ({ isFlow, indent }) =>
    writeEntry(part ? key : group, part ? value : { [key]: value }, {
      isJson: format !== 'yaml',
      isFlow,
      isInline: part ? isInline : group === 'services',
      indent,
      step: indentStep(text),
      lineBreak: lineBreak(text),
    });
  return withPart(text, node, write);
}

function isOneLine(text: string, { start, end }: LayoutNode): boolean {
  return !text.slice(start, end).includes('\n');
}

function partOf(node: LayoutNode, key: string): LayoutPart | undefined {
  return node.kind === 'map' ? node.parts.find((part) => part.key === key) : undefined;
}

function pathTo(config: LayoutNode, group: string, key: string): [LayoutPart?, LayoutPart?] {
  const outer = partOf(config, group);
  const inner = outer && partOf(outer.value, key);
  return outer && inner ? [outer, inner] : [];
}

/** The list of a selector, in either of its two forms. */
function listOf(config: LayoutNode, selector: string): LayoutPart | undefined {
  const [, entry] = pathTo(config, 'services', selector);
  return entry?.value.kind === 'map' ? partOf(entry.value, 'actions') : entry;
}

function plainOf(text: string, format: ConfigFormat): Plain | undefined {
  const { root, findings } = format === 'yaml' ? parseYaml(text) : parseJson(text);
  return root === undefined || findings.length > 0 ? undefined : (toPlain(root as Located) as Plain);
}

/** The data after a change. */
function expected(before: Plain, format: ConfigFormat, change: ConfigChange): Plain {
  const whole = structuredClone(before);
  const config = (format === 'package' ? whole.pdactions : whole) as Plain;
  const group = change.kind === 'define' || change.kind === 'undefine' ? 'actions' : 'services';
  const entries = (config[group] ?? {}) as Plain;
  config[group] = entries;
  if (change.kind === 'define') entries[change.key] = change.definition;
  if (change.kind === 'undefine') delete entries[change.key];
  if (change.kind === 'add') {
    const list = keysIn(entries[change.selector]);
    if (list) list.push(change.key);
    else entries[change.selector] = [change.key];
  }
  if (change.kind === 'remove') {
    const list = keysIn(entries[change.selector]) ?? [];
    list.splice(list.indexOf(change.key), 1);
    if (list.length === 0 && !change.keepsEntry) delete entries[change.selector];
  }
  return whole;
}

function keysIn(entry: unknown): unknown[] | undefined {
  const list = Array.isArray(entry) ? entry : (entry as Plain | undefined)?.actions;
  return Array.isArray(list) ? list : undefined;
}
