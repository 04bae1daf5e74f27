import { expect, it } from 'vitest';
import { pointedAt, runCli, testSandbox } from '../helpers/in-process.ts';
import { endpoint } from './endpoints.ts';

/** The path of every value in a document. */
function placesIn(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [`${path} list`, ...value.flatMap((item) => placesIn(item, `${path}[]`))];
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, item]) => placesIn(item, `${path}.${key}`));
}

/** Links and facts of one account, and members that only one of the two can know. */
const OWN =
  /\.(html_url|referer|config\..*|incident\.body\..*|incident\.service\..*|log_entries\[\]\.incident\.self)$/;

it('the message of `test` has the members of the one that the sandbox sends for a press by `run`', async () => {
  const pressed = await endpoint();
  const tested = await endpoint();
  const sandbox = await testSandbox({
    deliver: undefined,
    seed: {
      account: 'acme',
      services: [{ id: 'PCHKOUT', name: 'Checkout API' }],
      extensions: [
        {
          id: 'PRESTA1',
          service: 'PCHKOUT',
          name: 'Restart',
          url: pressed.url,
          headers: { 'X-Key': 'canary-1' },
        },
      ],
      incidents: [{ id: 'PINC001', service: 'PCHKOUT', title: 'Slow' }],
    },
  });
  const env = pointedAt(sandbox);
  await runCli(['run', 'Restart', '--incident', 'PINC001', '--yes'], { env });
  await sandbox.settled();
  await runCli(['test', '--url', tested.url, '-H', 'X-Key: canary-1', '--only', 'press', '--yes']);
  const [real, ours] = [pressed, tested].map(({ received }) => {
    const places = placesIn(JSON.parse(received[0]?.body ?? 'null')).filter((place) => !OWN.test(place));
    return [...new Set(places)].sort();
  });
  expect(ours).toEqual(real);
  const names = [pressed, tested].map(({ received }) => Object.keys(received[0]?.headers ?? {}).sort());
  expect(names[1]).toEqual(names[0]);
});
