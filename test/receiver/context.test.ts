import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recallPress } from '../../src/receiver/press/message.ts';
import { contextOf, contextVariables } from '../../src/receiver/run/context.ts';
import type { AccountReader } from '../../src/receiver/run/reader.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';
import { message, receive, SECRET } from './world.ts';

/** Writes its input into its folder. */
const KEEP = `require('fs').writeFileSync('env.json', JSON.stringify(process.env)); process.stdin.pipe(require('fs').createWriteStream('in.json'))`;
const ALERT = {
  alert_key: 'checkout/latency',
  body: { cef_details: { source_component: 'checkout', details: { host: 'checkout-1' } } },
};
const reader = (more: Partial<AccountReader> = {}): AccountReader => ({
  alerts: async () => [ALERT],
  teams: async () => ['PTEAM1', 'SRE'],
  trigger: async () => ({ id: 'R1', channel: { details: { host: 'checkout-1', login: SECRET } } }),
  ...more,
});

describe('handler.context', () => {
  const ran = async (context: readonly ('alerts' | 'trigger')[], by: AccountReader | undefined) => {
    const world = await receive({ script: KEEP, handler: { context }, receiver: { reader: by } });
    await world.press();
    await world.told('succeeded');
    const read = (name: string) => JSON.parse(readFileSync(join(world.folder, name), 'utf8'));
    return { world, env: read('env.json'), input: read('in.json') };
  };

  it('is on stdin beside the message, without secrets, and in variables', async () => {
    const { env, input } = await ran(['alerts', 'trigger'], reader());
    expect(input.incident.id).toBe('PINC1');
    expect(input.context).toEqual({
      alerts: [ALERT],
      trigger: { id: 'R1', channel: { details: { host: 'checkout-1', login: '[redacted]' } } },
    });
    expect(env).toMatchObject({
      PD_ALERT_KEY: 'checkout/latency',
      PD_SOURCE_COMPONENT: 'checkout',
      PD_SOURCE_HOST: 'checkout-1',
      PD_SOURCE_REGION: '',
    });
    expect(env.PAGERDUTY_TOKEN).toBeUndefined();
  });

  it('is absent unless requested', async () => {
    const { input } = await ran([], reader({ alerts: () => Promise.reject(new Error('asked')) }));
    expect(input).not.toHaveProperty('context');
  });

  it.each([
    ['PagerDuty refuses', reader({ alerts: () => Promise.reject(new Error('HTTP 403')) }), /HTTP 403/],
    ['there is no token', undefined, /no API token/],
  ])('that cannot be read is reported, and the handler runs without it: %s', async (_, by, why) => {
    const { world, input } = await ran(['alerts'], by);
    expect(input.context).toEqual({ alerts: null });
    expect(await world.told('context-failed')).toMatchObject([
      { level: 'warn', incident: 'PINC1', id: 'm-1', detail: expect.stringMatching(why) },
    ]);
  });

  it('never delays the handler for longer than the limit, and cancels its requests', async () => {
    const clock = createVirtualClock();
    const press = recallPress(JSON.parse(message()).messages[0], 'm-1');
    if (!press) throw new Error('it is not a press');
    const failures: string[] = [];
    let off: AbortSignal | undefined;
    const found = await contextOf(['alerts', 'trigger'], press, {
      reader: reader({
        alerts: (_, signal) => {
          off = signal;
          return new Promise(() => undefined);
        },
      }),
      clock,
      limitMs: 10_000,
      stop: new AbortController().signal,
      redact: (text) => text,
      onFailure: (detail) => failures.push(detail),
    });
    expect(found).toMatchObject({ alerts: null, trigger: { id: 'R1' } });
    expect(failures).toEqual([expect.stringMatching(/without the alerts .*longer than 10 s/)]);
    expect(off?.aborted).toBe(true);
    expect(clock.now()).toBe(10_000);
  });

  it('accepts details of any depth', async () => {
    const deep = JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`);
    const { input } = await ran(['trigger'], reader({ trigger: async () => deep }));
    expect(JSON.stringify(input.context)).toContain('nested too deeply');
  });
});

describe('the variables of a context', () => {
  it.each([
    [
      { alerts: [ALERT, { ...ALERT, alert_key: 'other' }] },
      { PD_ALERT_KEY: '', PD_SOURCE_HOST: 'checkout-1' },
    ],
    [{ alerts: [ALERT], trigger: { channel: { details: { host: 'web-1' } } } }, { PD_SOURCE_HOST: '' }],
    [{ alerts: null, trigger: null }, { PD_ALERT_KEY: '' }],
    [{ alerts: [{ body: 'x' }, null, 7], trigger: { channel: [] } }, { PD_ALERT_KEY: '' }],
    [{ trigger: { channel: { cef_details: { source_location: 'eu' } } } }, { PD_SOURCE_REGION: 'eu' }],
  ])('are set only if all values agree: %j', (context, expected) => {
    expect(contextVariables(context)).toMatchObject(expected);
  });
});

describe('the variables of a message', () => {
  it('contain key, priority, assignees, escalation policy and URL of the incident', async () => {
    const body = JSON.parse(message());
    Object.assign(body.messages[0].incident, {
      incident_key: 'k-1',
      self: 'https://api.pagerduty.com/incidents/PINC1',
      priority: { id: 'PP1', summary: 'P1' },
      escalation_policy: { id: 'PEP1', summary: 'Web' },
      assignments: [{ assignee: { id: 'PU1', summary: 'Sam' } }, { assignee: { id: 'PU2', summary: 'Kim' } }],
    });
    const world = await receive({ script: KEEP });
    await world.press({ body: JSON.stringify(body) });
    await world.told('succeeded');
    expect(JSON.parse(readFileSync(join(world.folder, 'env.json'), 'utf8'))).toMatchObject({
      PD_INCIDENT_KEY: 'k-1',
      PD_INCIDENT_SELF: 'https://api.pagerduty.com/incidents/PINC1',
      PD_INCIDENT_PRIORITY: 'P1',
      PD_INCIDENT_ASSIGNEES: 'Sam, Kim',
      PD_INCIDENT_ASSIGNEE_IDS: 'PU1,PU2',
      PD_ESCALATION_POLICY_ID: 'PEP1',
      PD_ESCALATION_POLICY_NAME: 'Web',
    });
  });
});
