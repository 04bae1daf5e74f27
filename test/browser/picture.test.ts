/** The pages in the states that the pictures of docs/assets show; `npm run screenshot` writes the pictures. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { Deliver } from '../../src/sandbox/deliveries/http.ts';
import { project } from '../cli/project.ts';
import { call, create, sandboxFor } from '../sandbox/client.ts';
import { manualClock } from '../sandbox/manual-clock.ts';
import { openTab } from './chromium.ts';
import { smallPng } from './small-png.ts';

const PICTURE = resolve(import.meta.dirname, '../../docs/assets/sandbox-page.png');
const SIZE = { width: 1280, height: 900 };
const MOST_BYTES = 150_000;
const START = Date.UTC(2026, 2, 3, 14, 2, 11);
const ENDPOINT = 'http://127.0.0.1:8080/pagerduty/';

/** Responses of the endpoint in the picture, by the last part of its path. */
const ANSWERS: Readonly<Record<string, readonly [number, string]>> = {
  'restart-server': [202, ''],
  diagnostics: [503, 'two diagnostics runs are already in progress'],
  status: [401, 'the header Authorization is missing'],
};

const deliver: Deliver = async ({ url }) => {
  const [status, body] = ANSWERS[url.slice(ENDPOINT.length)] ?? [404, ''];
  return { status, headers: {}, body };
};

it('the picture in the documentation shows the page', async () => {
  const clock = manualClock();
  const sandbox = await sandboxFor({ page: true, clock, now: () => START + clock.now(), deliver });
  const button = (serviceId: string, label: string, path: string, headers: readonly string[] = []) =>
    create(sandbox, serviceId, label, {
      endpoint_url: ENDPOINT + path,
      config: { headers: headers.map((name) => ({ name, value: 'of no interest' })) },
    });
  await button('PCHKOUT', 'Restart Server', 'restart-server', ['Authorization']);
  await button('PCHKOUT', 'Add Diagnostics', 'diagnostics', ['Authorization']);
  await button('PCHKOUT', 'Update Status Page', 'status');
  await button('PPAYAPI', 'Restart Server', 'restart-server', ['Authorization']);
  await button('PWEBFRO', 'Add Diagnostics', 'diagnostics');
  await sandbox.edit({
    insert: {
      incidents: [{ id: 'PINC002', service: 'PWEBFRO', title: 'Images load slowly', urgency: 'low' }],
    },
  });

  const { page } = await openTab(`${sandbox.page}#/PINC001`, { viewport: SIZE, colorScheme: 'light' });
  const press = async (label: string) => {
    clock.move(9_000);
    await page.getByRole('button', { name: label, exact: true }).click();
    await page
      .getByRole('article', { name: `Press of ${label}` })
      .first()
      .waitFor();
    await sandbox.settled();
  };
  await press('Add Diagnostics');
  await sandbox.advance(60_000);
  await sandbox.advance(120_000);
  await press('Restart Server');
  clock.move(3_000);
  const content = 'Restart Server: done in 2.3 s\ncheckout-7 was restarted and responds again: 200 in 41 ms';
  await call(sandbox, 'POST', '/incidents/PINC001/notes', { body: { note: { content } } });
  await press('Update Status Page');

  const timeline = page.getByRole('list', { name: 'Timeline' });
  for (const text of [
    '401 Unauthorized',
    'checkout-7 was restarted',
    '202 Accepted',
    'will be retried',
    'in 4 min',
    'Incident created',
  ]) {
    await timeline.getByText(text).waitFor();
  }
  await page.getByText('1 of 3 drops in a row. The third disables this action for 24 h.').waitFor();
  await page.getByRole('list', { name: 'Incidents' }).getByText('Images load slowly').waitFor();
  await page.getByRole('list', { name: '3 of 3 slots used' }).waitFor();

  // Removes focus and hover.
  await page.mouse.move(0, 0);
  await page.evaluate('document.activeElement.blur()');
  await expectPicture(page, PICTURE, SIZE);
});

const SLOTS_PICTURE = resolve(import.meta.dirname, '../../docs/assets/slots-page.png');
const SLOTS_SIZE = { width: 1280, height: 1000 };

it('the picture in the documentation shows the page of slots', async () => {
  const url = `${ENDPOINT}x`;
  const names = ['Restart Server', 'Add Diagnostics', 'Update Status Page', 'Page the CFO'];
  const on = (service: string, ...places: readonly number[]) =>
    places.map((place) => ({
      id: `P${service.slice(1, 4)}${place}`,
      service,
      name: names[place],
      url,
      disabled: service === 'PCART' && place === 1,
    }));
  const team = (id: string, name: string) => ({ id, name });
  const service = (id: string, name: string, of: string) => ({ id, name, teams: [of] });
  const seed = {
    account: 'acme',
    teams: [team('PTPAY', 'Payments'), team('PTSHOP', 'Shop')],
    services: [
      service('PCHECK', 'Checkout API', 'PTPAY'),
      service('PLEDGER', 'Ledger', 'PTPAY'),
      service('PCART', 'Cart', 'PTSHOP'),
      service('PSEARCH', 'Search API', 'PTSHOP'),
      service('PFRONT', 'Web Frontend', 'PTSHOP'),
    ],
    extensions: [
      ...on('PCHECK', 0, 1, 3),
      ...on('PLEDGER', 0),
      ...on('PCART', 1, 2),
      ...on('PSEARCH', 0, 1, 2),
      ...on('PFRONT', 2),
    ],
  };
  const keys = ['restart-server', 'add-diagnostics', 'status-page'];
  const actions = Object.fromEntries(keys.map((key, place) => [key, { label: names[place], url }]));
  const services = {
    'team:Payments': keys.slice(0, 2),
    'team:Shop': ['status-page', 'add-diagnostics'],
    'Search API': keys,
  };
  const own = await project({ actions, services }, { seed: seed as never });
  expect(await own.run(['slots', '--html', 'slots.html'])).toMatchObject({ code: 0 });
  const address = pathToFileURL(join(own.folder, 'slots.html')).href;
  const { page } = await openTab(address, { viewport: SLOTS_SIZE, colorScheme: 'light' });
  await page.evaluate(`document.querySelector('time').textContent = '2026-03-03 14:02 UTC'`);
  await page.getByText('Declared, not live').first().waitFor();
  await expectPicture(page, SLOTS_PICTURE, SLOTS_SIZE);
});

/** Writes the picture when asked to, and checks the committed one. */
async function expectPicture(page: Page, path: string, size: typeof SIZE): Promise<void> {
  if (process.env.PDACTIONS_SCREENSHOT) writeFileSync(path, smallPng(await page.screenshot()));
  const picture = readFileSync(path);
  expect(picture.length).toBeLessThan(MOST_BYTES);
  expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([size.width, size.height]);
}
