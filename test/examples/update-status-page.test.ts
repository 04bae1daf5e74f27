import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesIn } from '../helpers/canary.ts';
import { message } from '../receiver/world.ts';
import { statuspage } from './statuspage.ts';
import { alone, copyOf, pressAlone, recipe } from './world.ts';

const LABEL = 'Update Status Page';
const CHECKOUT = 'kctbh9vrtdwd';
const TITLE = '<script>alert(1)</script> db-7 of customer X is gone';

/** The usual message of the tests, with the incident in another state. */
function pressOf(incident: object, press: object = {}): string {
  const body = JSON.parse(message(press));
  Object.assign(body.messages[0].incident, incident);
  return JSON.stringify(body);
}

describe('update-status-page, as a static page', () => {
  const SCRIPT = 'static-page.mjs';
  const read = (folder: string) => {
    const html = readFileSync(join(folder, 'site/index.html'), 'utf8');
    return { html, json: JSON.parse(readFileSync(join(folder, 'site/status.json'), 'utf8')) };
  };

  it('writes the page, once, with nothing of the incident on it', async () => {
    const folder = copyOf('update-status-page');
    const env = { STATUS_DIR: join(folder, 'site') };
    const { press, notes, listening, again } = await recipe(folder, LABEL, {
      env,
      title: TITLE,
      switches: { duplicates: 'yes' },
    });
    expect(await press()).toContain('Checkout is partial_outage on the status page in ');
    const { html, json } = read(folder);
    expect(html).toContain('<li>Checkout: <b>partial outage</b></li>');
    expect(html).toContain('<p>Paying may fail or take long. We are working on it.</p>');
    expect(html + JSON.stringify(json)).not.toMatch(/script|db-7|PINC001/);

    await listening.seen('"duplicate"');
    const before = filesIn(env.STATUS_DIR);
    const { code, text } = await again(SCRIPT);
    expect([code, text]).toEqual([0, 'This press was handled before. Checkout is partial_outage.\n']);
    expect(filesIn(env.STATUS_DIR)).toEqual(before);
    expect(await notes()).toHaveLength(1);
  });

  it('has one entry for an incident, and reports recovery when every incident is over', async () => {
    const folder = copyOf('update-status-page');
    const env = { STATUS_DIR: join(folder, 'site') };
    const presses = [
      [pressOf({}, { id: 'm-1' }), 'partial_outage', 1],
      [pressOf({ urgency: 'low' }, { id: 'm-2' }), 'degraded_performance', 1],
      [pressOf({}, { id: 'm-3', incident: 'PINC2' }), 'partial_outage', 2],
      [pressOf({ status: 'resolved' }, { id: 'm-4' }), 'partial_outage', 2],
      [pressOf({ status: 'resolved' }, { id: 'm-5', incident: 'PINC2' }), 'operational', 2],
      // The first press again, late.
      [pressOf({}, { id: 'm-1' }), 'operational', 2],
    ] as const;
    for (const [body, status, entries] of presses) {
      expect(await alone(folder, SCRIPT, body, env)).toMatchObject({ code: 0 });
      expect(read(folder).json).toMatchObject({ components: { Checkout: status } });
      expect(read(folder).json.entries).toHaveLength(entries);
    }
    expect(read(folder).html).not.toContain('<h2>');
    expect(readdirSync(join(folder, 'site')).sort()).toEqual(['index.html', 'status.json']);
  });

  it('completes a run that was cut off, and escapes the text of the list', async () => {
    const folder = copyOf('update-status-page');
    const env = { STATUS_DIR: join(folder, 'site') };
    const components = { PCHKOUT: { component: 'Pay & <Go>', message: '"Soon" & \'safe\'' } };
    writeFileSync(join(folder, 'components.json'), JSON.stringify(components));
    await pressAlone(folder, SCRIPT, {}, env);
    const { html } = read(folder);
    expect(html).toContain('<li>Pay &#38; &#60;Go&#62;: <b>partial outage</b></li>');
    expect(html).toContain('<p>&#34;Soon&#34; &#38; &#39;safe&#39;</p>');
    writeFileSync(join(folder, 'site/index.html'), 'the page of before');
    await pressAlone(folder, SCRIPT, {}, env);
    expect(read(folder).html).toBe(html);
  });

  it.each([
    [{ status: 'resolved' }, 3, 'the page has nothing about it'],
    [
      { service: { id: 'constructor', summary: 'x' } },
      3,
      'the list has no component for the service constructor (x). Known',
    ],
    [
      { service: { id: 'POTHER1', summary: 'Checkout API' } },
      3,
      'the list has no component for the service POTHER1 (Checkout API). Known',
    ],
  ])('refuses an unclear press: %j', async (incident, exit, what) => {
    const folder = copyOf('update-status-page');
    const { code, text } = await alone(folder, SCRIPT, pressOf(incident), {
      STATUS_DIR: join(folder, 'site'),
    });
    expect(text).toContain(what);
    expect(code).toBe(exit);
    expect(readdirSync(folder)).not.toContain('site');
  });

  it('leaves a damaged state file unchanged', async () => {
    const folder = copyOf('update-status-page');
    writeFileSync(join(folder, 'status.json'), '{"components": {');
    const { code, text } = await pressAlone(folder, SCRIPT, {}, { STATUS_DIR: folder });
    expect(text).toContain('status.json cannot be used, and is unchanged');
    expect(code).toBe(2);
    expect(readFileSync(join(folder, 'status.json'), 'utf8')).toBe('{"components": {');
  });
});

describe('update-status-page, over an API', () => {
  const SCRIPT = 'statuspage.mjs';

  it('changes the component and posts one incident, once', async () => {
    const page = await statuspage(CHECKOUT);
    const folder = copyOf('update-status-page');
    cpSync(join(folder, 'pdactions.statuspage.json'), join(folder, 'pdactions.config.json'));
    const { press, notes, listening, again } = await recipe(folder, LABEL, {
      env: page.env,
      title: TITLE,
      switches: { duplicates: 'yes' },
    });
    const note = await press();
    expect(note).toContain('Checkout changed from operational to partial_outage on the status page.');
    expect(page.components.get(CHECKOUT)).toMatchObject({ status: 'partial_outage' });
    expect(page.incidents).toMatchObject([
      {
        name: 'Checkout: we are looking into a problem',
        status: 'investigating',
        deliver_notifications: false,
      },
    ]);
    expect(JSON.stringify(page.incidents)).not.toMatch(/script|db-7|PINC001/);

    await listening.seen('"duplicate"');
    const { code, text } = await again(SCRIPT);
    expect([code, text]).toEqual([0, 'This press was handled before. Checkout is partial_outage.\n']);
    expect(page.writes).toEqual(['PATCH /components', 'POST /incidents']);
    expect(await notes()).toHaveLength(1);

    // Another responder: no second post.
    await press(2);
    expect(page.incidents).toHaveLength(1);
    expect(page.writes.slice(2)).toEqual(['PATCH /incidents']);
  });

  it('resolves its incident if no other one of the component is open; late duplicates change nothing', async () => {
    const page = await statuspage(CHECKOUT);
    const folder = copyOf('update-status-page');
    const over = { status: 'resolved' };
    const presses = [
      [pressOf({}, { id: 'm-1' }), 'partial_outage'],
      [pressOf({}, { id: 'm-2', incident: 'PINC2' }), 'partial_outage'],
      [pressOf(over, { id: 'm-3' }), 'partial_outage'],
      [pressOf(over, { id: 'm-4', incident: 'PINC2' }), 'operational'],
      [pressOf({}, { id: 'm-1' }), 'operational'],
    ] as const;
    for (const [body, status] of presses) {
      expect(await alone(folder, SCRIPT, body, page.env)).toMatchObject({ code: 0 });
      expect(page.components.get(CHECKOUT)).toMatchObject({ status });
    }
    expect(page.incidents).toMatchObject([{ status: 'resolved' }, { status: 'resolved' }]);
  });

  it('does not improve a status that was set by hand', async () => {
    const page = await statuspage(CHECKOUT);
    page.components.get(CHECKOUT)!.status = 'major_outage';
    const { code, text } = await pressAlone(copyOf('update-status-page'), SCRIPT, {}, page.env);
    expect([code, text]).toEqual([0, 'Checkout is already major_outage.\n']);
    expect(page.writes).toEqual(['POST /incidents']);
  });

  it('completes with the next delivery a change that the page refused halfway', async () => {
    const page = await statuspage(CHECKOUT);
    const folder = copyOf('update-status-page');
    page.failing = { on: /^POST/, status: 429 };
    const cut = await pressAlone(folder, SCRIPT, {}, page.env);
    expect(cut).toMatchObject({
      code: 1,
      text: expect.stringContaining('refused POST /incidents: HTTP 429'),
    });
    page.failing = undefined;
    expect(await pressAlone(folder, SCRIPT, {}, page.env)).toMatchObject({ code: 0 });
    expect(page.incidents).toHaveLength(1);
    expect(page.writes).toEqual(['PATCH /components', 'POST /incidents']);
  });

  it.each([
    [{ STATUSPAGE_API_KEY: 'wr0ng-Key-0815' }, 1, 'refused GET /incidents: HTTP 401'],
    [{ STATUSPAGE_URL: 'http://127.0.0.1:9' }, 1, 'cannot be reached (GET /incidents): '],
    [{ STATUSPAGE_PAGE: '../x' }, 2, 'Set STATUSPAGE_PAGE and STATUSPAGE_API_KEY'],
  ])('reports a failure without the key: %j', async (env, exit, what) => {
    const page = await statuspage(CHECKOUT);
    const { code, text } = await pressAlone(
      copyOf('update-status-page'),
      SCRIPT,
      {},
      { ...page.env, ...env },
    );
    expect(text).toContain(what);
    expect(text).not.toMatch(/0815/);
    expect(code).toBe(exit);
    expect(page.writes).toEqual([]);
  });
});
