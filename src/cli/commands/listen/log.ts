/** How the events of the receiver look: one JSON line each for programs, one short line each for people. */
import type { ReceiverEvent } from '../../../receiver/tell/events.ts';
import type { Io } from '../../../ui/io.ts';
import { toJson } from '../../../ui/text/json.ts';
import { type Line, line, type Style, styled } from '../../../ui/text/text.ts';

const STYLES: Readonly<Record<ReceiverEvent['level'], Style>> = { info: 'ok', warn: 'warn', error: 'error' };

/** Writes to stdout: the log is what this command produces. */
export function listenLog(io: Io, isJson: boolean, now: () => string): (event: ReceiverEvent) => void {
  return isJson
    ? (event) => io.data(oneLine({ at: now(), ...event }))
    : (event) => {
        io.out(lineOf(event, now()));
        for (const text of event.output?.split('\n') ?? [])
          io.out(line(styled('muted', `         | ${text}`)));
      };
}

/** Escaped as all JSON here is; line breaks are only between its parts, where they mean nothing. */
function oneLine(value: unknown): string {
  return toJson(value).replace(/\n */g, ' ');
}

function lineOf(event: ReceiverEvent, at: string): Line {
  const { action, incident, id, user, peer, status, ms, detail } = event;
  const words = [
    action,
    incident,
    user === undefined || user === '' ? undefined : `by ${user}`,
    id === undefined ? undefined : `(${id})`,
    peer === undefined ? undefined : `from ${event.forwarded ?? peer}`,
    status === undefined ? undefined : `→ ${status}`,
    ms === undefined ? undefined : `${ms} ms`,
    // A success is told by the name of the event.
    detail === undefined || detail === event.event ? undefined : `– ${detail}`,
  ].filter((word) => word !== undefined);
  return line(
    styled('muted', at.slice(11, 19)),
    ' ',
    styled(STYLES[event.level], event.event.padEnd(10)),
    ' ',
    words.join(' '),
  );
}
