/** Renders the receiver's events: one JSON line each for programs, one short line each for people. */
import { cutText } from '../../cut.ts';
import { shortId } from '../../receiver/press/claim.ts';
import type { ReceiverEvent } from '../../receiver/tell/events.ts';
import { seconds } from '../../receiver/tell/note.ts';
import type { Io } from '../../ui/io.ts';
import { toJson } from '../../ui/text/json.ts';
import { signed } from '../../ui/text/signs.ts';
import { type Line, line, type Style, styled } from '../../ui/text/text.ts';

const STYLES: Readonly<Record<ReceiverEvent['level'], Style>> = { info: 'ok', warn: 'warn', error: 'error' };

/** Writes to stdout: the log is the output of this command. */
export function listenLog(io: Io, isJson: boolean, now: () => string): (event: ReceiverEvent) => void {
  return isJson
    ? (event) => io.data(oneLine({ at: now(), ...event }))
    : (event) => {
        io.out(lineOf(event, now()), { prose: true });
        for (const text of event.output?.split('\n') ?? [])
          io.out(line(styled('muted', `         | ${text}`)));
      };
}

/** Escaped like all JSON here; line breaks occur only between its parts, where they are insignificant. */
function oneLine(value: unknown): string {
  return toJson(value).replace(/\n */g, ' ');
}

/** The line for people. @param at ISO 8601 */
export function lineOf(event: ReceiverEvent, at: string): Line {
  const words = [aboutPress(event), ...aboutAnswer(event)].filter((word) => word !== '').join(', ');
  // The name of the event implies success.
  const detail = event.detail === undefined || event.detail === event.event ? '' : event.detail;
  return line(
    styled('muted', at.slice(11, 19)),
    ' ',
    styled(STYLES[event.level], event.event.padEnd(10)),
    ' ',
    words,
    words === '' || detail === '' ? '' : signed(undefined, ' – '),
    detail,
  );
}

/** Longer titles would push the outcome of the press out of sight. */
const LONGEST_TITLE = 60;

/** `5f0c0a3e Restart Server on #7 Checkout is down`, with the parts that are known. */
function aboutPress({ action, label = action, incident, number, title = '', id }: ReceiverEvent): string {
  const which = number ? `#${number} ${cutText(title, LONGEST_TITLE)}`.trimEnd() : incident;
  return [id && shortId(id), label, which && `on ${which}`].filter(Boolean).join(' ');
}

function aboutAnswer({ event, user, peer, forwarded, status, ms }: ReceiverEvent): readonly string[] {
  return [
    user ? `by ${user}` : '',
    peer === undefined ? '' : `from ${forwarded ?? peer}`,
    status === undefined || event === 'accepted' ? '' : `HTTP ${status}`,
    ms === undefined ? '' : seconds(ms),
  ];
}
