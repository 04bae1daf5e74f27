/** Assembles a page with a maximum size: omitted blocks are counted, never cut in the middle (T32). */

/** A part of a page, made of blocks that are kept or dropped as a whole. */
export interface Section {
  /** Precedes the blocks, if any of them is kept. */
  readonly open?: string | undefined;
  /** Made on demand: of ten thousand, a page has room for some hundred. */
  readonly blocks: Iterable<string>;
  /** The number of blocks. */
  readonly count: number;
  readonly close?: string | undefined;
  /** The line that replaces the last `left` blocks if they do not fit. */
  readonly omission: (left: number) => string;
}

/** Room reserved in each section for the line about omissions. */
const RESERVE = 200;

/**
 * The page, at most `limit` bytes of UTF-8; earlier sections take precedence.
 * @param head always included, like `foot`: both are small
 */
export function fitPage(head: string, sections: readonly Section[], foot: string, limit: number): string {
  let room = limit - sizeOf(head) - sizeOf(foot) - RESERVE * sections.length;
  let page = head;
  for (const { open = '', blocks, count, close = '', omission } of sections) {
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
    if (shown < count) page += `${omission(count - shown)}\n\n`;
  }
  return page + foot;
}

function sizeOf(text: string): number {
  return Buffer.byteLength(text);
}
