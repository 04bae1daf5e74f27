/** Puts a page together that has a largest size: what does not fit is counted, never cut in the middle (T32). */

/** A part of a page, made of blocks that stand or go as a whole. */
export interface Section {
  /** Stands before the blocks, and only if one of them does. */
  readonly open?: string | undefined;
  /** Made when they are asked for: of ten thousand, a page has room for some hundred. */
  readonly blocks: Iterable<string>;
  /** The number of blocks. */
  readonly count: number;
  readonly close?: string | undefined;
  /** The line that replaces the last `left` blocks when they do not fit. */
  readonly more: (left: number) => string;
}

/** Room that is kept for saying that something was left out, for each section. */
const RESERVE = 200;

/**
 * The page, no larger than `limit` bytes of UTF-8; sections in order of importance, for the first come, first served.
 * @param head always there, as is `foot`: both are small
 */
export function fitPage(head: string, sections: readonly Section[], foot: string, limit: number): string {
  let room = limit - sizeOf(head) - sizeOf(foot) - RESERVE * sections.length;
  let page = head;
  for (const { open = '', blocks, count, close = '', more } of sections) {
    let shown = 0;
    let text = open;
    let size = sizeOf(open) + sizeOf(close);
    for (const block of count === 0 ? [] : blocks) {
      if (size + sizeOf(block) > room) break;
      size += sizeOf(block);
      text += block;
      shown += 1;
    }
    if (shown > 0) {
      page += text + close;
      room -= size;
    }
    if (shown < count) page += `${more(count - shown)}\n\n`;
  }
  return page + foot;
}

function sizeOf(text: string): number {
  return Buffer.byteLength(text);
}
