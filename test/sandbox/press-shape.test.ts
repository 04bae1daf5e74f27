import { describe, expect, it } from 'vitest';
import { understand } from '../../src/receiver/press/message.ts';
import { sandboxBody, sandboxMessage, testerMessage } from '../helpers/press-messages.ts';
import { PRESS_PLACES, placesOf } from '../helpers/press-shape.ts';

describe('the message of a press (fact 33)', () => {
  it.each([
    ['the sandbox', sandboxMessage],
    ['pdactions test', testerMessage],
  ])('of %s has exactly the members of a real one', async (_, messageOf) => {
    const message = await messageOf();
    expect(placesOf(message)).toEqual(PRESS_PLACES);
    expect(JSON.stringify(message)).not.toMatch(/T\d\d:\d\d:\d\d\.\d/);
  });

  it('has the documented EventBridge envelope (fact 63)', async () => {
    const event = await sandboxBody({ payload: 'eventbridge' });
    expect(event).toMatchObject({
      'detail-type': 'PagerDuty Webhook',
      resources: ['pagerduty'],
      source: 'aws.partner/pagerduty.com/acme',
    });
    expect(placesOf(event.detail)).toEqual(PRESS_PLACES);
    expect(understand(event, undefined)).toMatchObject({
      kind: 'other',
      why: expect.stringContaining('EventBridge'),
    });
  });
});
