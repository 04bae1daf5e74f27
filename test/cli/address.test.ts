import { describe, expect, it } from 'vitest';
import { type AddressSource, resolveAddress } from '../../src/cli/connection/address.ts';

interface Source extends Omit<AddressSource, 'configRegion'> {
  readonly configRegion?: 'us' | 'eu';
}

const resolve = ({ configRegion, ...source }: Source) =>
  resolveAddress({ ...source, configRegion: async () => configRegion });

describe('the address', () => {
  it.each([
    [{ env: {} }, 'https://api.pagerduty.com'],
    [{ env: {}, configRegion: 'eu' }, 'https://api.eu.pagerduty.com'],
    [{ env: { PAGERDUTY_SERVICE_REGION: 'us' }, configRegion: 'eu' }, 'https://api.pagerduty.com'],
    [{ env: { PAGERDUTY_SERVICE_REGION: 'eu' }, region: 'us' }, 'https://api.pagerduty.com'],
    [{ env: { PAGERDUTY_API_URL: 'http://127.0.0.1:4040/' } }, 'http://127.0.0.1:4040'],
    [{ env: { PAGERDUTY_API_URL: 'https://a.example' }, region: 'eu' }, 'https://api.eu.pagerduty.com'],
    [
      { env: { PAGERDUTY_API_URL: 'https://a.example' }, apiUrl: 'https://b.example/x/' },
      'https://b.example/x',
    ],
    [{ env: {}, apiUrl: 'http://localhost:1' }, 'http://localhost:1'],
    [{ env: {}, apiUrl: 'http://[::1]:1' }, 'http://[::1]:1'],
  ] as const)('%j is %s', async (source, expected) => {
    expect((await resolve(source)).url).toBe(expected);
  });

  it.each([
    [{ env: {} }, 'the default'],
    [{ env: {}, configRegion: 'eu' }, 'the `region` of the config'],
    [{ env: { PAGERDUTY_SERVICE_REGION: 'us' } }, 'PAGERDUTY_SERVICE_REGION'],
    [{ env: {}, region: 'us' }, '`--region`'],
    [{ env: { PAGERDUTY_API_URL: 'http://127.0.0.1:4040/' } }, 'PAGERDUTY_API_URL'],
    [{ env: {}, apiUrl: 'http://localhost:1' }, '`--api-url`'],
  ] as const)('F10: of %j comes from %s', async (source, expected) => {
    expect((await resolve(source)).from).toBe(expected);
  });

  it.each([
    [{ env: {}, apiUrl: 'http://api.example.com' }, 'unencrypted'],
    [{ env: {}, apiUrl: 'http://127.0.0.1.evil.example' }, 'unencrypted'],
    [{ env: {}, apiUrl: 'ftp://x' }, 'https://'],
    [{ env: {}, apiUrl: 'nonsense' }, 'not a URL'],
    [{ env: {}, apiUrl: 'https://user:secret@x.example' }, 'login'],
    [{ env: {}, apiUrl: 'https://x.example', region: 'eu' }, 'cannot be combined'],
    [{ env: { PAGERDUTY_SERVICE_REGION: 'mars' } }, '`us` or `eu`'],
  ] as const)('%j is refused', async (source, why) => {
    const error = await resolve(source).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ kind: 'usage', message: expect.stringContaining(why) });
    expect(JSON.stringify(error)).not.toContain('secret@');
  });
});
