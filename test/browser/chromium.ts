/** A real Chromium, the machine's own, driven by playwright-core. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, expect } from 'vitest';
// Its sandboxes end after the tabs that look at them: hooks run in the reverse order of their registration.
import '../sandbox/client.ts';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** As quiet as it gets: nothing but what a page asks for goes out. No sandbox of its own, as CI runs as root. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  // Letters without coloured edges: pictures look the same everywhere, and are smaller.
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

/** `PDACTIONS_CHROMIUM`, or where systems put it. @throws when there is none */
export function chromiumPath(): string {
  const path = [process.env.PDACTIONS_CHROMIUM ?? '', ...PLACES].find((one) => one !== '' && existsSync(one));
  if (path === undefined) {
    throw new Error('there is no Chromium: `apt-get install chromium`, or name one in PDACTIONS_CHROMIUM');
  }
  return path;
}

export interface Tab {
  readonly page: Page;
  /** The addresses that were asked, in their order. */
  readonly requests: readonly string[];
  /** What the console said, uncaught errors and violations of the policy. Empties when looked at. */
  complaints(): string[];
}

/**
 * Opens a page in a context of its own, in English and UTC. At the end of the test it is closed, and has to have asked nobody but
 * its own origin, and to have complained of nothing that the test has not looked at.
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
