/**
 * The parts of a Markdown page that can have an effect: everything except our own comments, fenced blocks, code spans and `<code>`
 * elements. Follows CommonMark: a run of backticks is closed by the next run of the same length, a fence by a line of at least as many.
 * Shares no code with the renderer.
 */
export function aliveIn(page: string): string {
  let fence: number | undefined;
  const rows: string[] = [];
  for (const row of page.split('\n')) {
    const run = /^ {0,3}(`{3,})([^`]*)$/.exec(row);
    if (fence === undefined && run) fence = run[1]?.length;
    else if (fence !== undefined && run && (run[1]?.length ?? 0) >= fence && run[2]?.trim() === '')
      fence = undefined;
    else if (fence === undefined) rows.push(withoutCode(row));
  }
  if (fence !== undefined) throw new Error('a fence is not closed');
  return rows.join('\n').replace(/^<!-- pdactions:[\w:]+ -->$/gm, '');
}

function withoutCode(row: string): string {
  // Inside an HTML block, Markdown has no effect.
  if (row.startsWith('<details')) return row.replace(/<code>[^<>"']*<\/code>/g, '');
  let alive = '';
  let at = 0;
  while (at < row.length) {
    const run = /`+/.exec(row.slice(at));
    if (run === null) return alive + row.slice(at);
    const start = at + run.index;
    // GitHub's renderer gives up on longer ones.
    if (run[0].length > 80) return alive + row.slice(at);
    const inside = row.slice(start + run[0].length);
    const close = [...inside.matchAll(/`+/g)].find(([other]) => other.length === run[0].length);
    if (close === undefined) return alive + row.slice(at);
    alive += row.slice(at, start);
    at = start + run[0].length + close.index + close[0].length;
  }
  return alive;
}
