/** The Chromium of this machine, driven by playwright-core. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, expect } from 'vitest';
// Hooks run in reverse order of their registration, so the sandboxes end after the tabs that show them.
import '../sandbox/client.ts';

/** First the one without windows of its own, which shows pages as the others do and needs half the time. */
const PLACES = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Chromium's own traffic is off: only requests of the page leave it. Its process sandbox is off too, because CI runs as root. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  // No subpixel colours: pictures are the same on every machine, and smaller.
  '--disable-lcd-text',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let browser: Promise<Browser> | undefined;
let closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  const tabs = closing;
  closing = [];
  for (const close of tabs) await close();
});
afterAll(async () => {
  await (await browser)?.close();
  browser = undefined;
});

/** The path in `PDACTIONS_CHROMIUM`, or the usual path of the system. @throws if Chromium is not installed */
export function chromiumPath(): string {
  const path = [process.env.PDACTIONS_CHROMIUM ?? '', ...PLACES].find((one) => one !== '' && existsSync(one));
  if (path === undefined) {
    throw new Error('there is no Chromium: `apt-get install chromium`, or name one in PDACTIONS_CHROMIUM');
  }
  return path;
}

export interface Tab {
  readonly page: Page;
  /** The requested URLs, in order. */
  readonly requests: readonly string[];
  /** Console messages, uncaught errors and policy violations. Reading the list empties it. */
  complaints(): string[];
}

/**
 * Opens a page in a context of its own, in English and UTC. The end of the test closes it, and fails if the page sent requests to
 * another origin or logged errors that the test has not read.
 */
export async function openTab(url: string, options: BrowserContextOptions = {}): Promise<Tab> {
  browser ??= chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
  const context = await (await browser).newContext({ locale: 'en-GB', timezoneId: 'UTC', ...options });
  const page = await context.newPage();
  const requests: string[] = [];
  let complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  const tab: Tab = {
    page,
    requests,
    complaints: () => {
      const said = complaints;
      complaints = [];
      return said;
    },
  };
  closing.push(async () => {
    await context.close();
    expect(new Set(requests.map((one) => new URL(one).origin))).toEqual(new Set([new URL(url).origin]));
    expect(tab.complaints()).toEqual([]);
  });
  page.setDefaultTimeout(20_000);
  await page.goto(url);
  return tab;
}
