/** The page of `slots --html`: one file that loads nothing, and runs only its own code (T49). */
import { createHash } from 'node:crypto';
import { escapeHtml } from './escape.ts';
import type { Picture } from './picture.ts';
import { plainTable } from './plain-table.ts';

/** The static parts of the page, from files. */
export interface PageParts {
  readonly css: string;
  readonly js: string;
}

/** Makes the page. Without JavaScript it shows a plain table, which a browser with JavaScript does not even build. */
export function slotsPage(picture: Picture, { css, js }: PageParts): string {
  const { account, madeAt, version } = picture;
  const title = account === null ? 'Slots' : `Slots of ${account}`;
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(js)}`,
    `style-src ${hashOf(css)}`,
    // The empty icon below, without which browsers request one from the page's server.
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="pdactions ${escapeHtml(version)}">
<title>${escapeHtml(title)} · pdactions</title>
<link rel="icon" href="data:,">
<style>${css}</style>
</head>
<body>
<header>
<h1>${account === null ? 'Slots' : `Slots of <bdi>${escapeHtml(account)}</bdi>`}</h1>
<p class="muted">${summaryOf(picture)} Read by pdactions at <time datetime="${escapeHtml(madeAt)}">${shownTime(madeAt)}</time>.</p>
</header>
<main id="app" hidden></main>
<noscript>${plainTable(picture)}</noscript>
<script type="application/json" id="picture">${jsonInHtml(picture)}</script>
<script type="module">${js}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** Contains no `<`, so that no text can end its element. */
function jsonInHtml(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function summaryOf({ services, held, free }: Picture): string {
  return `${counted(services.length, 'service')}, ${counted(held, 'slot')} used, ${counted(free, 'slot')} free.`;
}

function counted(count: number, noun: string): string {
  return `<strong>${count.toLocaleString('en')}</strong> ${noun}${count === 1 ? '' : 's'}`;
}

function shownTime(iso: string): string {
  return escapeHtml(iso.replace('T', ' ').replace(/(:\d\d)(:\d\d(\.\d+)?)?Z$/, '$1 UTC'));
}
