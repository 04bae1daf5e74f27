/** The page of `slots --html`, opened from a file in a real browser, as a team would. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { project } from '../cli/project.ts';
import { barriersOn } from './axe.ts';
import { openTab } from './chromium.ts';

const HOSTILE = '</script><!--<script><img src=x onerror="document.title=1">\u202e"\'&amp;</noscript>';
/** The text as the page shows it: the direction override is escaped. */
const SHOWN = HOSTILE.replace('\u202e', '\\u{202e}');
const URL_OF = 'https://automation.example.com/pagerduty/x';

type Seed = Record<string, unknown>;

async function pageOf(seed: Seed, config: unknown = null, options: BrowserContextOptions = {}) {
  const own = await project(config, { seed: { account: 'acme', ...seed } as never });
  const file = join(own.folder, 'slots.html');
  const { code, stderr } = await own.run(['slots', '--html', 'slots.html']);
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('Saved to slots.html') });
  const tab = await openTab(pathToFileURL(file).href, options);
  return { ...tab, tab, html: readFileSync(file, 'utf8') };
}

const extension = (id: string, service: string, name: string, more: object = {}) => ({
  id,
  service,
  name,
  url: URL_OF,
  ...more,
});

/** Two teams, a service in both and one in neither; every kind of slot. */
const SEED: Seed = {
  teams: [
    { id: 'PTPAY', name: 'Payments' },
    { id: 'PTWEB', name: 'Web' },
  ],
  services: [
    { id: 'PCHECK', name: 'Checkout API', teams: ['PTPAY', 'PTWEB'] },
    { id: 'PLEDGER', name: 'Ledger', teams: ['PTPAY'] },
    { id: 'PFRONT', name: 'Web Frontend', teams: ['PTWEB'] },
    { id: 'PBATCH', name: 'Nightly Batch' },
  ],
  extensions: [
    extension('PX1', 'PCHECK', 'Restart Server'),
    extension('PX2', 'PCHECK', 'Add Diagnostics', { disabled: true }),
    extension('PX3', 'PCHECK', 'Page the CFO'),
    extension('PX4', 'PLEDGER', 'Restart Server'),
    extension('PX5', 'PFRONT', 'Add Diagnostics'),
  ],
};
const CONFIG = {
  actions: {
    restart: { label: 'Restart Server', url: URL_OF },
    diagnose: { label: 'Add Diagnostics', url: URL_OF },
  },
  services: {
    'team:Payments': ['restart'],
    'Checkout API': ['diagnose'],
    'Web Frontend': ['diagnose', 'restart'],
  },
};

const services = (page: Page) => page.locator('.service');
const overflow = (page: Page): Promise<unknown> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

describe('slots --html', () => {
  it('shows services by team, their slots by definition, and problems of a service', async () => {
    const { page } = await pageOf(SEED, CONFIG);
    expect(await page.title()).toBe('Slots of acme · pdactions');
    await page.getByText('4 services, 5 slots used, 7 slots free.').waitFor();
    expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual([
      'Payments 2 services, 2 free slots',
      'Web 2 services, 2 free slots',
      'No team 1 service, 3 free slots',
    ]);
    const checkout = page.getByRole('list', { name: 'Slots of Checkout API' }).first();
    const slots = checkout.getByRole('listitem');
    expect(await slots.count()).toBe(3);
    const hueOf = (text: string) => slots.filter({ hasText: text }).locator('.swatch').getAttribute('class');
    expect(await hueOf('Restart Server')).toBe('swatch hue1 pattern0');
    expect(await hueOf('Add Diagnostics')).toBe('swatch hue0 pattern0');
    expect(await hueOf('Page the CFO')).toBe('swatch none');
    await slots.filter({ hasText: 'Page the CFO' }).getByText('unmanaged', { exact: true }).waitFor();
    const disabled = slots.filter({ hasText: 'Add Diagnostics' });
    await disabled.getByText('disabled', { exact: true }).waitFor();
    await disabled.getByText('to re-enable it: pdactions enable PX2').waitFor();
    expect(
      await page
        .getByRole('list', { name: 'Slots of Ledger' })
        .getByRole('listitem')
        .filter({ hasText: 'free' })
        .count(),
    ).toBe(2);
    await page.getByText('Declared, not live: Restart Server').waitFor();
  });

  it('shows what the config says of an action, as text, and finds services by it', async () => {
    const restart = { ...CONFIG.actions.restart, description: 'Reboots the <b>host</b>' };
    const { page } = await pageOf(SEED, { ...CONFIG, actions: { ...CONFIG.actions, restart } });
    expect(await page.locator('.slot .description').allInnerTexts()).toEqual(
      Array(3).fill('Reboots the <b>host</b>'),
    );
    await page.getByRole('searchbox').fill('reboots');
    await page.getByText('2 services of 4.').waitFor();
    expect(await barriersOn(page)).toEqual([]);
  });

  it('is searched and filtered by keyboard', async () => {
    const { page } = await pageOf(SEED, CONFIG);
    const names = () => page.locator('.service h3 bdi').allInnerTexts();
    await page.keyboard.press('/');
    await page.keyboard.type('cfo CHECKOUT');
    await page.getByText('1 service of 4.').waitFor();
    expect(await names()).toEqual(['Checkout API', 'Checkout API']);
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.press('Delete');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Payments');
    await expect.poll(names).toEqual(['Checkout API', 'Ledger']);
    await page.getByRole('button', { name: 'with a free slot' }).focus();
    await page.keyboard.press('Space');
    expect(await names()).toEqual(['Ledger']);
    await page.getByRole('button', { name: 'with disabled actions' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('No services match.').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'diagnose' }).press('Enter');
    await page.getByText('No services match.').waitFor();
    await page.getByRole('button', { name: 'restart' }).press('Enter');
    expect(await names()).toEqual(['Ledger']);
    expect(await page.getByRole('button', { name: 'diagnose' }).getAttribute('aria-pressed')).toBe('false');
  });

  it('T49: shows names of strangers as text, with and without JavaScript', async () => {
    const seed = {
      teams: [{ id: 'PTEAM', name: HOSTILE }],
      services: [{ id: 'PONE', name: HOSTILE, teams: ['PTEAM'] }],
      extensions: [extension('PEXT', 'PONE', HOSTILE)],
    };
    for (const javaScriptEnabled of [true, false]) {
      const { page } = await pageOf(seed, null, { javaScriptEnabled });
      const shown = page.locator('bdi:visible', { hasText: SHOWN });
      expect(await shown.count(), String(javaScriptEnabled)).toBeGreaterThanOrEqual(3);
      expect(await page.locator('body img, body iframe, main script').count()).toBe(0);
      expect(await page.title()).toBe('Slots of acme · pdactions');
      expect(await page.locator('body').innerText()).not.toContain('\u202e');
    }
  });

  it('contains no URL, and its policy blocks everything foreign', async () => {
    const { page, tab, html } = await pageOf(SEED, CONFIG);
    expect(html).not.toMatch(/https?:|url\(|@import|\bhref="(?!data:,")|\bsrc=/);
    await page.evaluate(`
      const script = document.createElement('script');
      script.textContent = 'document.title = "run"';
      document.body.append(script);
      document.body.append(Object.assign(document.createElement('img'), { src: 'elsewhere.png' }));
      const style = document.createElement('style');
      style.textContent = 'h1 { display: none }';
      document.body.append(style);
      fetch('elsewhere.json').catch(() => {});
    `);
    expect(await page.title()).toBe('Slots of acme · pdactions');
    expect(await page.getByRole('heading', { level: 1 }).isVisible()).toBe(true);
    const complaints = tab.complaints().filter((one) => one.includes('Content Security Policy'));
    expect(complaints.length).toBeGreaterThanOrEqual(4);
  });

  const LONG = `${'verylongname'.repeat(20)} and ${'some more words '.repeat(20)}`;
  const CROWDED: Seed = {
    teams: [{ id: 'PTEAM', name: LONG }],
    services: [
      { id: 'PLONG', name: LONG, teams: ['PTEAM'] },
      { id: 'PFOUR', name: 'Four' },
    ],
    extensions: [
      extension('PEXT', 'PLONG', LONG, { disabled: true }),
      ...Array.from({ length: 4 }, (_, at) => extension(`PF${at}`, 'PFOUR', `Action ${at}`)),
      ...Array.from({ length: 40 }, (_, at) => extension(`PM${at}`, 'PLONG', `Many ${at}`)),
    ],
  };

  it.each([
    ['light', 1280, true],
    ['dark', 800, true],
    ['light', 400, true],
    ['dark', 400, true],
    ['light', 400, false],
    ['dark', 1280, false],
  ] as const)(
    '%s, %i pixels wide, JavaScript %s: no text is cut off, and nothing overlaps',
    async (scheme, width, js) => {
      const { page } = await pageOf(CROWDED, null, {
        colorScheme: scheme,
        viewport: { width, height: 800 },
        javaScriptEnabled: js,
      });
      expect(await page.locator('main:visible').innerText()).toContain('over the limit');
      expect(await overflow(page)).toBe(0);
      // axe needs JavaScript.
      if (js) expect(await barriersOn(page)).toEqual([]);
    },
  );

  it('draws a hundred of 5,000 services at a time, and all of them on paper', async () => {
    const seed = {
      services: Array.from({ length: 5_000 }, (_, at) => ({
        id: `PS${at}`,
        name: `service-${String(at).padStart(4, '0')}`,
      })),
      extensions: Array.from({ length: 5_000 }, (_, at) =>
        extension(`PX${at}`, `PS${at}`, `Action ${at % 40}`),
      ),
    };
    const { page } = await pageOf(seed);
    await page.getByText('5,000 services, page 1 of 50.').waitFor();
    expect(await services(page).count()).toBe(100);
    expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(3_000);
    await page.getByText('Labels', { exact: true }).click();
    await page.getByText('12 more in grey. Use search to find them.').waitFor();
    expect(await barriersOn(page)).toEqual([]);
    const nextPage = page.getByRole('button', { name: 'Next page' });
    await nextPage.press('Enter');
    await page.getByText('5,000 services, page 2 of 50.').waitFor();
    expect(await nextPage.evaluate((one) => one.matches(':focus'))).toBe(true);
    await page.getByRole('searchbox').fill('service-4321');
    await page.getByText('1 service of 5,000.').waitFor();
    expect(await page.getByRole('navigation', { name: 'Pages' }).isVisible()).toBe(false);
    await page.getByRole('searchbox').fill('');
    await page.evaluate('dispatchEvent(new Event("beforeprint"))');
    expect(await services(page).count()).toBe(5_000);
    await page.evaluate('dispatchEvent(new Event("afterprint"))');
    expect(await services(page).count()).toBe(100);
  });

  it('is dark on a screen only, and screen controls are not printed', async () => {
    const { page } = await pageOf(SEED, CONFIG, { colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.getByRole('searchbox').isVisible()).toBe(false);
    expect(await page.evaluate('getComputedStyle(document.querySelector("h1")).color')).toBe(
      'rgb(26, 31, 36)',
    );
    expect((await page.pdf()).length).toBeGreaterThan(1_000);
  });
});
