/** Changes to a written collection that leave every other character of the text as it is. */
import type { LayoutNode, LayoutPart } from '../parse/located.ts';

/** A piece of text, and its replacement. */
interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Writes a part at a depth: each further line of it begins with `indent`. */
export type WritePart = (style: { readonly isFlow: boolean; readonly indent: string }) => string;

/** The text with an additional part at the end of a collection. */
export function withPart(text: string, node: LayoutNode, write: WritePart): string {
  const last = node.parts.at(-1);
  if (!node.isFlow) {
    const indent = indentAt(text, node.start);
    const at = endOfLine(text, last ? lastEnd(last.value) : node.end);
    return spliced(text, {
      from: at,
      to: at,
      text: `${lineBreak(text)}${indent}${write({ isFlow: false, indent })}`,
    });
  }
  if (!last) {
    const indent = indentAt(text, lineStart(text, node.start) + leading(text, node.start).length);
    const pad = text[node.start] === '{' ? ' ' : '';
    return spliced(text, {
      from: node.start + 1,
      to: node.end - 1,
      text: `${pad}${write({ isFlow: true, indent })}${pad}`,
    });
  }
  const end = last.value.end;
  if (!text.slice(node.start, last.start).includes('\n')) {
    return spliced(text, { from: end, to: end, text: `, ${write({ isFlow: true, indent: '' })}` });
  }
  const indent = leading(text, last.start);
  const at = endOfLine(text, end);
  const comma = text.slice(end, at).trimStart().startsWith(',') ? '' : ',';
  const added = `${lineBreak(text)}${indent}${write({ isFlow: true, indent })}`;
  // A comment after the last part stays with it.
  return spliced(text, { from: end, to: end, text: comma }, { from: at, to: at, text: added });
}

/**
 * The text without one part of a collection.
 * @param owner the entry whose value is the collection, in case no part is left
 */
export function withoutPart(text: string, node: LayoutNode, part: LayoutPart, owner: LayoutPart): string {
  const index = node.parts.indexOf(part);
  const [before, after] = [node.parts[index - 1], node.parts[index + 1]];
  if (node.isFlow) {
    if (before) return spliced(text, { from: before.value.end, to: part.value.end, text: '' });
    if (after) return spliced(text, { from: part.start, to: after.start, text: '' });
    return spliced(text, { from: node.start + 1, to: node.end - 1, text: '' });
  }
  if (!before && !after) {
    const empty = node.kind === 'map' ? ' {}' : ' []';
    return spliced(text, { from: owner.keyEnd + 1, to: trimmedEnd(text, lastEnd(part.value)), text: empty });
  }
  const from = lineStart(text, part.start);
  const to = endOfLine(text, lastEnd(part.value));
  return spliced(text, { from, to: text[to] === '\r' ? to + 2 : to + 1, text: '' });
}

/** The step of the indentation, if the text shows one. */
export function indentStep(text: string): string {
  return /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
}

/** The line break of the text. */
export function lineBreak(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function spliced(text: string, ...splices: readonly Splice[]): string {
  return splices
    .toReversed()
    .reduce((all, { from, to, text: piece }) => all.slice(0, from) + piece + all.slice(to), text);
}

/** The end of a node's text: a block collection ends with its last part. */
function lastEnd(node: LayoutNode): number {
  const last = node.parts.at(-1);
  return node.isFlow || !last ? node.end : lastEnd(last.value);
}

/** The end of the line on which a text before `at` ends, without its break. A block scalar ends with one. */
function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', trimmedEnd(text, at));
  if (end === -1) return text.length;
  return text[end - 1] === '\r' ? end - 1 : end;
}

function trimmedEnd(text: string, at: number): number {
  return text.slice(0, at).trimEnd().length;
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** The indentation of the line of a position. */
function leading(text: string, at: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, at)))?.[0] ?? '';
}

/** Indentation up to the column of a position. */
function indentAt(text: string, at: number): string {
  return text.slice(lineStart(text, at), at).replace(/[^\t]/g, ' ');
}
