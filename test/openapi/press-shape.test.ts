import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sandboxMessage, testerMessage } from '../helpers/press-messages.ts';
import { PRESS_PLACES, placesOf } from '../helpers/press-shape.ts';

/** Members specific to Amazon EventBridge, the source of the sample; its endpoint has no URL. */
const OF_EVENTBRIDGE = /^(webhook\.accounts_addon|log_entries\[\]\.channel\.(accounts_)?addon_id)/;

/** The members of PagerDuty's own sample; the file is not part of this repository. */
function described(): readonly string[] {
  const file = process.env.PAGERDUTY_PRESS_PATHS;
  if (!file) throw new Error('PAGERDUTY_PRESS_PATHS must name the list of members (path<TAB>type)');
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#') && !OF_EVENTBRIDGE.test(line))
    .map((line) => line.replace('\t', ' ').replace('endpoint_url null', 'endpoint_url string'))
    .sort();
}

describe("the message of a press, against the members of PagerDuty's own sample (fact 33)", () => {
  it.each([
    ['the sandbox sends', async () => placesOf(await sandboxMessage())],
    ['pdactions test sends', async () => placesOf(testerMessage())],
    ['the ordinary tests expect', async () => PRESS_PLACES],
  ])('%s exactly these', async (_, places) => {
    expect(await places()).toEqual(described());
  });
});
