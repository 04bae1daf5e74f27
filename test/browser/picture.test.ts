/** What docs/assets/sandbox-page.png shows, made by the page itself: `npm run screenshot` writes it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import type { Deliver } from '../../src/sandbox/deliveries/http.ts';
import { call, create, sandboxFor } from '../sandbox/client.ts';
import { manualClock } from '../sandbox/manual-clock.ts';
import { openTab } from './chromium.ts';
import { smallPng } from './small-png.ts';

const PICTURE = resolve(import.meta.dirname, '../../docs/assets/sandbox-page.png');
const SIZE = { width: 1280, height: 900 };
const MOST_BYTES = 150_000;
const START = Date.UTC(2026, 2, 3, 14, 2, 11);
const ENDPOINT = 'http://127.0.0.1:8080/pagerduty/';

/** What the endpoint of the picture answers, by the last part of its address. */
const ANSWERS: Readonly<Record<string, readonly [number, string]>> = {
  'restart-server': [202, ''],
  diagnostics: [503, 'two gatherers are running already'],
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
  const content = 'Restart Server: done in 2.3 s\ncheckout-7 was restarted and answers again: 200 in 41 ms';
  await call(sandbox, 'POST', '/incidents/PINC001/notes', { body: { note: { content } } });
  await press('Update Status Page');

  const timeline = page.getByRole('list', { name: 'Timeline' });
  for (const text of [
    '401 Unauthorized',
    'checkout-7 was restarted',
    '202 Accepted',
    'will be tried again',
    'in 4 min',
    'Incident created',
  ]) {
    await timeline.getByText(text).waitFor();
  }
  await page.getByText('1 dropped in a row. 2 more drops and it goes dark for 24 h.').waitFor();
  await page.getByRole('list', { name: 'Incidents' }).getByText('Images load slowly').waitFor();
  await page.getByRole('list', { name: '3 of 3 slots used' }).waitFor();

  // Nothing has the focus and nothing is pointed at.
  await page.mouse.move(0, 0);
  await page.evaluate('document.activeElement.blur()');
  if (process.env.PDACTIONS_SCREENSHOT) writeFileSync(PICTURE, smallPng(await page.screenshot()));
  const picture = readFileSync(PICTURE);
  expect(picture.length).toBeLessThan(MOST_BYTES);
  expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([SIZE.width, SIZE.height]);
});
