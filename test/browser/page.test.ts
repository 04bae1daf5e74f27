/** The sandbox's page in a real browser, used like a responder would, mostly by keyboard. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { call, create, sandboxFor } from '../sandbox/client.ts';
import { endpoint } from '../sandbox/endpoint.ts';
import { barriersOn } from './axe.ts';
import { openTab } from './chromium.ts';

const HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>\u202e"\'&amp;';
/** The text as the page shows it: the direction override is escaped. */
const SHOWN = HOSTILE.replace('\u202e', '\\u202e');

const panel = (page: Page, name: string) => page.getByRole('region', { name });
const entry = (page: Page, name: string) => page.getByRole('article', { name });

async function open(options: SandboxOptions = {}) {
  const sandbox = await sandboxFor({ page: true, ...options });
  const tab = await openTab(sandbox.page ?? '');
  await tab.page.getByRole('status', { name: 'Connection' }).getByText('Live').waitFor();
  return { sandbox, tab, page: tab.page };
}

/** Presses Tab until an element with this name has the focus, as a keyboard user does. */
async function tabTo(page: Page, role: Parameters<Page['getByRole']>[0], name: string): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: true });
  for (let count = 0; count < 60; count += 1) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluateAll((found) => found.some((one) => one.matches(':focus')))) return;
  }
  throw new Error(`60 times Tab do not lead to the ${role} ${name}`);
}

/** True if the text of the page is wider than its window. */
const overflow = (page: Page): Promise<unknown> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

function note(sandbox: Sandbox, incidentId: string, content: string) {
  return call(sandbox, 'POST', `/incidents/${incidentId}/notes`, { body: { note: { content } } });
}

describe('by keyboard alone', () => {
  it('an incident is created, a button pressed; its delivery, the answer and a note arrive', async () => {
    const target = await endpoint();
    const { sandbox, page } = await open();
    await create(sandbox, 'PCHKOUT', 'Restart Server', { endpoint_url: `${target.url}restart` });
    await panel(page, 'Services').getByText('Restart Server').waitFor();

    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('textbox', { name: 'Title' }).evaluate((one) => one.matches(':focus'))).toBe(
      true,
    );
    await page.keyboard.type('Payments are failing');
    await tabTo(page, 'combobox', 'Service');
    await page.keyboard.type('Checkout');
    await tabTo(page, 'radio', 'High');
    await page.keyboard.press('ArrowRight');
    await tabTo(page, 'button', 'Create incident');
    await page.keyboard.press('Enter');

    const incident = panel(page, 'Payments are failing');
    await incident.getByText('low urgency').waitFor();
    await incident.getByText('on Checkout API').waitFor();
    // The focus is on the title; the first action button follows Acknowledge, Resolve and More.
    for (let stop = 0; stop < 4; stop += 1) await page.keyboard.press('Tab');
    const button = incident.getByRole('button', { name: 'Restart Server' });
    expect(await button.evaluate((one) => one.matches(':focus-visible'))).toBe(true);
    await page.keyboard.press('Enter');

    const pressed = entry(page, 'Press of Restart Server');
    await pressed.getByText('delivered').waitFor();
    await pressed.getByText('Sam Sandbox pressed Restart Server').waitFor();
    await pressed.getByText('202 Accepted').waitFor();
    await pressed.getByText('answer 202').waitFor();
    const { messages } = JSON.parse(target.received[0]?.body ?? '');
    expect(messages).toMatchObject([
      { event: 'incident.custom', incident: { title: 'Payments are failing' } },
    ]);
    expect(await button.evaluate((one) => one.matches(':focus'))).toBe(true);

    await note(sandbox, messages[0].incident.id, 'Restarted in 2 s\nexit code 0');
    await entry(page, 'Note by Sam Sandbox').getByText('Restarted in 2 s').waitFor();
    // The note is announced, and the focus stays where it was.
    await page.getByRole('status', { name: 'News' }).getByText('Restarted in 2 s').waitFor();
    expect(await button.evaluate((one) => one.matches(':focus'))).toBe(true);
    expect(target.received).toHaveLength(1);
  });

  it('an incident is acknowledged and resolved by keyboard, and a free slot shows the command that fills it', async () => {
    const { sandbox, page } = await open({
      seed: {
        account: 'acme',
        services: [
          { id: 'PONE', name: 'One' },
          { id: 'PTWO', name: "Two's; x" },
        ],
        incidents: [{ id: 'PFIRST', service: 'PONE', title: 'The first' }],
      },
    });
    const incident = panel(page, 'The first');
    const resolve = incident.getByRole('button', { name: 'Resolve' });
    await tabTo(page, 'button', 'Acknowledge');
    await page.keyboard.press('Enter');
    await incident.getByText('acknowledged').waitFor();
    expect(await incident.getByRole('button', { name: 'Acknowledge' }).count()).toBe(0);
    expect(await resolve.evaluate((one) => one.matches(':focus'))).toBe(true);
    await page.keyboard.press('Enter');
    await incident.getByText('resolved').waitFor();
    expect(await resolve.count()).toBe(0);
    expect(
      await incident.getByRole('heading', { name: 'The first' }).evaluate((one) => one.matches(':focus')),
    ).toBe(true);
    expect(sandbox.log().commits).toHaveLength(2);

    for (const [at, command] of [
      [0, "pdactions create --sandbox --service 'One'"],
      [3, 'pdactions create --sandbox --service id:PTWO'],
    ] as const) {
      await page.locator('.slot.free summary').nth(at).click();
      await page.locator('.slot.free').nth(at).getByText(command, { exact: true }).waitFor();
    }
  });

  it('a note is written, and an incident chosen from the list', async () => {
    const { sandbox, page } = await open({
      seed: {
        account: 'acme',
        services: [{ id: 'PONE', name: 'One' }],
        incidents: [
          { id: 'PFIRST', service: 'PONE', title: 'The first' },
          { id: 'PSECOND', service: 'PONE', title: 'The second', status: 'resolved' },
        ],
      },
    });
    await panel(page, 'The first').getByText('One has no actions').waitFor();
    await tabTo(page, 'textbox', 'Note');
    await page.keyboard.type('I am ');
    // A later incident does not move the focus.
    await sandbox.edit({ insert: { incidents: [{ id: 'PTHIRD', service: 'PONE', title: 'The third' }] } });
    await page.getByRole('link', { name: 'The third' }).waitFor();
    await page.keyboard.type('on it');
    await tabTo(page, 'button', 'Add note');
    await page.keyboard.press('Enter');
    await entry(page, 'Note by Sam Sandbox').getByText('I am on it').waitFor();
    const second = page.getByRole('list', { name: 'Incidents' }).getByRole('link', { name: 'The second' });
    await second.focus();
    await page.keyboard.press('Enter');
    const heading = page.getByRole('heading', { name: 'The second' });
    await heading.waitFor();
    expect(await heading.evaluate((one) => one.matches(':focus'))).toBe(true);
    expect(await second.getAttribute('aria-current')).toBe('true');
    await page.goBack();
    await page.getByRole('heading', { name: 'The third' }).waitFor();
  });
});

describe('a press', () => {
  it('unfolds to what was sent and answered: names of headers, no value, and the body', async () => {
    const target = await endpoint();
    const { sandbox, page } = await open({ flag: '--sandbox=/tmp/box.json' });
    await create(sandbox, 'PCHKOUT', 'Restart Server', {
      endpoint_url: `${target.url}restart`,
      config: { headers: [{ name: 'Authorization', value: 'Bearer of-no-concern' }] },
    });
    const more = page.getByRole('group').filter({ hasText: 'Restart Server' });
    await more.getByText('More', { exact: true }).click();
    expect(await page.getByRole('button', { name: 'Restart Server', exact: true }).isVisible()).toBe(false);
    await more.getByText('More', { exact: true }).press('Enter');
    await page.getByRole('button', { name: 'Restart Server', exact: true }).click();
    const pressed = entry(page, 'Press of Restart Server');
    await pressed.getByText('delivered').waitFor();
    await pressed.getByText('Request', { exact: true }).click();
    const sent = pressed.getByLabel('Request', { exact: true });
    await sent.getByText('"event": "incident.custom"').waitFor();
    const text = await sent.innerText();
    expect(text).toMatch(/^POST http:\/\/127\.0\.0\.1:\d+\/restart$/m);
    expect(text).toMatch(/^authorization: …$/im);
    expect(text).toMatch(/^x-webhook-id: …$/m);
    await pressed.getByText('Response', { exact: true }).click();
    const answer = pressed.getByLabel('Response', { exact: true });
    await answer.getByText('answer 202').waitFor();
    const answered = await answer.innerText();
    expect(answered).toMatch(/^202 Accepted$/m);
    expect(answered).toContain('answer 202');
    expect(await page.locator('body').innerText()).not.toContain('of-no-concern');
    expect(await overflow(page)).toBe(0);
    expect(await barriersOn(page)).toEqual([]);
    await page.locator('.slot.free summary').first().click();
    await page.getByText('pdactions create --sandbox=/tmp/box.json --service').first().waitFor();
  });
});

describe('failures', () => {
  it('are reported: a retry and the presses behind it, three drops, an endpoint elsewhere; and can be fixed', async () => {
    const refusing = await endpoint(() => 404);
    const busy = await endpoint((count) => (count === 1 ? 503 : 202));
    const { sandbox, page } = await open();
    await create(sandbox, 'PCHKOUT', 'Refused', { endpoint_url: refusing.url });
    await create(sandbox, 'PCHKOUT', 'Busy', { endpoint_url: busy.url });
    await create(sandbox, 'PCHKOUT', 'Far away', { endpoint_url: 'https://automation.example.com/run' });
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click();

    await press('Far away');
    await entry(page, 'Press of Far away').getByText('the endpoint is not on this machine').waitFor();
    await press('Busy');
    const first = entry(page, 'Press of Busy').last();
    await first.getByText('503 Service Unavailable').waitFor();
    await first.getByText(/Next attempt at \d\d:\d\d:\d\d, in \d+ s\./).waitFor();
    await press('Busy');
    await entry(page, 'Press of Busy').first().getByText('Waiting for an earlier press').waitFor();
    await first.getByRole('button', { name: 'Advance the clock to the next attempt of Busy' }).press('Enter');
    await first.getByText('202 Accepted').waitFor();
    await entry(page, 'Press of Busy').first().getByText('delivered').waitFor();
    // The button is gone, so the focus moves to the entry that held it.
    expect(await first.evaluate((one) => one.matches(':focus'))).toBe(true);

    for (const warning of ['1 of 3 drops', '2 of 3 drops', 'Disabled after three drops in a row']) {
      await press('Refused');
      await page.getByText(warning).waitFor();
    }
    await press('Refused');
    await entry(page, 'Press of Refused').first().getByText('temporarily disabled').waitFor();
    await press('Enable Refused');
    await page.getByText('Disabled after three drops in a row').waitFor({ state: 'detached' });
    // The button that works again takes the place of `Enable`, and its focus.
    const again = page.getByRole('button', { name: 'Refused', exact: true });
    expect(await again.evaluate((one) => one.matches(':focus'))).toBe(true);
  });

  it('are reported if the form is incomplete, or if PagerDuty would refuse', async () => {
    const { sandbox, tab, page } = await open();
    const id = await create(sandbox, 'PCHKOUT', 'Gated', { endpoint_url: 'https://far.example.com/' });
    await page.getByRole('button', { name: 'Create incident' }).click();
    await page.getByRole('alert').getByText('Enter a title.').waitFor();
    sandbox.setSwitches({ pressPlan: 'gated' });
    await page.getByRole('button', { name: 'Gated', exact: true }).click();
    await page.getByRole('alert').getByText('custom_incident_actions').waitFor();
    expect(tab.complaints()).toEqual([expect.stringContaining('402')]);
    expect(sandbox.deliveries()).toEqual([]);
    expect(id).not.toBe('');
  });

  it('are reported while the sandbox is down, and the page recovers when it is back', async () => {
    const { sandbox, tab, page } = await open();
    await page.getByRole('textbox', { name: 'Title' }).fill('Half written');
    await sandbox.close();
    await page.getByText('The sandbox is not responding').waitFor();
    expect(await barriersOn(page)).toEqual([]);
    expect(tab.complaints().join()).toContain('ERR_');
    const back = await sandboxFor({ page: true, port: sandbox.port, seed: { account: 'umbrella' } });
    await page.getByRole('heading', { name: 'Sandbox umbrella' }).waitFor();
    await page.getByRole('heading', { name: 'No incident' }).waitFor();
    await page.getByText('The sandbox is not responding').waitFor({ state: 'hidden' });
    expect(await page.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('Half written');
    expect(back.port).toBe(sandbox.port);
    tab.complaints();
  });
});

describe('names chosen by strangers', () => {
  it('T49: are text wherever they appear', async () => {
    const target = await endpoint();
    const { sandbox, page } = await open({
      seed: {
        account: 'acme',
        teams: [{ id: 'PTEAM', name: HOSTILE }],
        services: [{ id: 'PONE', name: HOSTILE, teams: ['PTEAM'] }],
        extensions: [{ id: 'PEXT', service: 'PONE', name: HOSTILE, url: target.url }],
        incidents: [{ id: 'PINC', service: 'PONE', title: HOSTILE }],
      },
    });
    const incident = panel(page, SHOWN);
    await incident.getByRole('button', { name: SHOWN, exact: true }).click();
    await entry(page, `Press of ${SHOWN}`).getByText('delivered').waitFor();
    await note(sandbox, 'PINC', `${HOSTILE}\u0000\u200b`);
    await entry(page, 'Note by Sam Sandbox').getByText(`${SHOWN}\\u0000\\u200b`).waitFor();
    await panel(page, 'Services')
      .getByRole('button', { name: `New incident on ${SHOWN}` })
      .click();
    expect(await page.locator('main img, main script, main iframe').count()).toBe(0);
    expect(await page.title()).toBe('acme · pdactions sandbox');
    expect(await page.locator('body').innerText()).not.toMatch(/[\u202e\u200b]/);
  });
});

describe('everywhere', () => {
  const LONG = `${'verylongname'.repeat(20)} and ${'some more words '.repeat(20)}`;
  const seed = {
    account: 'acme',
    services: [
      { id: 'PLONG', name: LONG },
      ...Array.from({ length: 1_000 }, (_, at) => ({ id: `PS${at}`, name: `service-${at}` })),
    ],
    extensions: [
      { id: 'PEXT', service: 'PLONG', name: LONG, url: `https://example.com/${'path'.repeat(99)}` },
      { id: 'PDARK', service: 'PLONG', name: 'Dark', url: 'https://example.com/', disabled: true },
    ],
    incidents: [{ id: 'PINC', service: 'PLONG', title: LONG }],
  };

  // axe needs seconds for two hundred services.
  it.each([
    ['light', 1280, 6],
    ['dark', 800, 6],
    ['light', 390, 6],
    ['dark', 320, 1_001],
  ] as const)(
    '%s, %i pixels wide, %i services: no text is cut off, and nothing overlaps',
    async (scheme, width, count) => {
      const { sandbox, page } = await open({ seed: { ...seed, services: seed.services.slice(0, count) } });
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 800 });
      await page.getByRole('button', { name: 'Dark', exact: true }).click();
      await entry(page, 'Press of Dark').getByText('dropped', { exact: true }).waitFor();
      await note(sandbox, 'PINC', LONG);
      await entry(page, 'Note by').waitFor();
      expect(await overflow(page)).toBe(0);
      expect(await barriersOn(page)).toEqual([]);
    },
  );

  it('finds one of a thousand services', async () => {
    const { page } = await open({ seed });
    const services = panel(page, 'Services');
    await services.getByText('Showing 200 of 1001.').waitFor();
    await page.getByRole('searchbox', { name: 'Filter services' }).fill('SERVICE-777');
    await services.getByText('1 of 1001 services match.').waitFor();
    await services.getByRole('button', { name: 'New incident on service-777' }).click();
    expect(await page.getByRole('combobox', { name: 'Service' }).inputValue()).toBe('PS777');
    await page.keyboard.type('Found');
    await page.keyboard.press('Enter');
    await panel(page, 'Found').getByText('on service-777').waitFor();
  });

  it('pages through 800 services by keyboard, and begins again with each filter', async () => {
    const eight = Array.from({ length: 800 }, (_, at) => ({ id: `PS${at}`, name: `service-${at}` }));
    const { page } = await open({ seed: { account: 'acme', services: eight } });
    const services = panel(page, 'Services');
    const shown = () =>
      services
        .getByRole('listitem')
        .filter({ has: page.getByRole('heading') })
        .count();
    const next = services.getByRole('button', { name: 'Show 200 more services' });
    expect(await shown()).toBe(200);
    await next.press('Enter');
    expect(await shown()).toBe(400);
    expect(await next.evaluate((one) => one.matches(':focus'))).toBe(true);
    await next.press('Enter');
    await next.press('Enter');
    expect(await shown()).toBe(800);
    expect(await next.isVisible()).toBe(false);
    expect(await page.evaluate('document.activeElement.textContent')).toContain('New incident on service-');
    await page.getByRole('searchbox', { name: 'Filter services' }).fill('service-7');
    await services.getByText('111 of 800 services match.').waitFor();
    await page.getByRole('searchbox', { name: 'Filter services' }).fill('');
    expect(await shown()).toBe(200);
    expect(await barriersOn(page)).toEqual([]);
  });

  it('has the form for a new incident above the timeline on a phone', async () => {
    const { page } = await open({ seed });
    await page.setViewportSize({ width: 400, height: 800 });
    const form = await page.getByRole('form', { name: 'New incident' }).boundingBox();
    const timeline = await page.getByRole('list', { name: 'Timeline' }).boundingBox();
    expect((form?.y ?? 0) + (form?.height ?? 0)).toBeLessThanOrEqual(timeline?.y ?? 0);
  });

  it('sends one request while nothing happens, and none while hidden', async () => {
    const { tab, page } = await open();
    const asked = () => tab.requests.filter((url) => url.includes('/changes')).length;
    // One request for the whole state, and one that waits for news.
    await expect.poll(asked).toBe(2);
    const cancelled = page.waitForEvent('requestfailed');
    await page.evaluate(`
      Object.defineProperty(document, 'hidden', { value: true, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    `);
    await cancelled;
    expect(asked()).toBe(2);
    const again = page.waitForRequest(/changes/);
    await page.evaluate(`
      delete document.hidden;
      document.dispatchEvent(new Event('visibilitychange'));
    `);
    await again;
    expect(asked()).toBe(3);
  });
});
