import { describe, expect, it } from 'vitest';
import { listenLog } from '../../src/cli/commands/listen/log.ts';
import type { ReceiverEvent } from '../../src/receiver/tell/events.ts';
import { recordingIo } from '../ui/io-world.ts';

const EVENTS: readonly ReceiverEvent[] = [
  { event: 'accepted', level: 'info', action: 'restart', incident: 'P1', id: 'm-1', user: 'Jo', status: 202 },
  {
    event: 'succeeded',
    level: 'info',
    action: 'restart',
    id: 'm-1',
    ms: 7,
    detail: 'succeeded',
    output: 'a\nb',
  },
  { event: 'failed', level: 'error', action: 'restart', id: 'm-2', ms: 7, detail: 'failed with exit code 3' },
];

function logged(isJson: boolean): string {
  const { io, stdout } = recordingIo();
  for (const event of EVENTS) listenLog(io, isJson, () => '2026-11-24T04:05:06.000Z')(event);
  return stdout.text;
}

describe('the log of listen', () => {
  it('is one line for an event, for people, and says nothing twice', () => {
    expect(logged(false)).toBe(
      [
        '04:05:06 accepted   restart P1 by Jo (m-1) → 202',
        '04:05:06 succeeded  restart (m-1) 7 ms',
        '         | a',
        '         | b',
        '04:05:06 failed     restart (m-2) 7 ms – failed with exit code 3',
        '',
      ].join('\n'),
    );
  });

  it('is one JSON object for an event, for programs, and has everything', () => {
    const lines = logged(true).trimEnd().split('\n');
    const at = '2026-11-24T04:05:06.000Z';
    expect(lines.map((text) => JSON.parse(text))).toEqual(EVENTS.map((event) => ({ at, ...event })));
  });
});
