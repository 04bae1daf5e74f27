import { describe, expect, it } from 'vitest';
import { listenLog } from '../../src/cli/receiving/log.ts';
import type { ReceiverEvent } from '../../src/receiver/tell/events.ts';
import { recordingIo } from '../ui/io-world.ts';

const ID = '5f0c0a3e-e8d5-11e8-9f32-f91c9ea4f5ac';
const PRESS = {
  action: 'restart',
  label: 'Restart Server',
  incident: 'P1',
  number: '7',
  title: 'Checkout is down',
  id: ID,
  user: 'Jo',
};

const EVENTS: readonly ReceiverEvent[] = [
  { event: 'accepted', level: 'info', ...PRESS, peer: '10.0.0.7', status: 202 },
  { event: 'succeeded', level: 'info', ...PRESS, ms: 1840, detail: 'succeeded', output: 'a\nb' },
  {
    event: 'failed',
    level: 'error',
    ...PRESS,
    id: `${ID}/1`,
    title: 'x'.repeat(70),
    ms: 7,
    detail: 'failed with exit code 3',
  },
  // A press taken by an earlier version, which recorded less.
  {
    event: 'unknown-outcome',
    level: 'warn',
    action: 'restart',
    incident: 'P1',
    id: 'm-1',
    detail: 'it ended',
  },
  { event: 'refused', level: 'warn', action: 'restart', status: 401, peer: '10.0.0.7', detail: 'no secret' },
  { event: 'listening', level: 'info', detail: 'http://127.0.0.1:8080' },
];

function logged(isJson: boolean): string {
  const { io, stdout } = recordingIo();
  for (const event of EVENTS) listenLog(io, isJson, () => '2026-11-24T04:05:06.000Z')(event);
  return stdout.text;
}

describe('the log of listen', () => {
  it('is one line for an event, for people, without repetition', () => {
    expect(logged(false)).toBe(
      [
        '04:05:06 accepted   5f0c0a3e Restart Server on #7 Checkout is down, by Jo, from 10.0.0.7',
        '04:05:06 succeeded  5f0c0a3e Restart Server on #7 Checkout is down, by Jo, 1.8 s',
        '         | a',
        '         | b',
        `04:05:06 failed     5f0c0a3e/1 Restart Server on #7 ${'x'.repeat(60)}…, by Jo, 0.0 s – failed with exit code 3`,
        '04:05:06 unknown-outcome m-1 restart on P1 – it ended',
        '04:05:06 refused    restart, from 10.0.0.7, HTTP 401 – no secret',
        '04:05:06 listening  http://127.0.0.1:8080',
        '',
      ].join('\n'),
    );
  });

  it('is one JSON object for an event, for programs, with every member', () => {
    const lines = logged(true).trimEnd().split('\n');
    const at = '2026-11-24T04:05:06.000Z';
    expect(lines.map((text) => JSON.parse(text))).toEqual(EVENTS.map((event) => ({ at, ...event })));
  });
});
