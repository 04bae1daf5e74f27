import { describe, expect, it } from 'vitest';
import { decodeExtension } from '../../src/pagerduty/wire.ts';

const RECORD = {
  id: 'PACT1',
  name: 'Restart Server',
  endpoint_url: 'https://automation.example.com/restart',
  extension_schema: { id: 'PCUSTOM' },
  extension_objects: [{ id: 'PSVC1', summary: 'Checkout API' }],
};

describe('the header names of an action (fact 14)', () => {
  it.each<[string, object, readonly string[] | null]>([
    ['unknown without a config', {}, null],
    ['none with a config of null', { config: null }, []],
    ['none with an empty config', { config: {} }, []],
    ['none with headers of null', { config: { headers: null } }, []],
    ['none for an action made in the web UI', { config: { referer: 'https://acme.pagerduty.com' } }, []],
    ['those it has', { config: { headers: [{ name: 'X-Key', value: '--redacted--' }] } }, ['X-Key']],
  ])('are %s', (_, more, names) => {
    expect(decodeExtension({ ...RECORD, ...more }).action.headerNames).toEqual(names);
  });
});
