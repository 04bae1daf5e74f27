/** The events of `watch`, one line each: JSON for programs, words for people. */
import type { Io } from '../../../ui/io.ts';
import { toJson } from '../../../ui/text/json.ts';
import { plural } from '../../../ui/text/plural.ts';
import { type Line, line, type Style, styled } from '../../../ui/text/text.ts';

interface LiveRef {
  readonly service: { readonly id: string; readonly name: string };
  readonly label: string;
  readonly id: string;
}

/** An action that may not exist yet. */
type Where = Omit<LiveRef, 'id'> & { readonly id: string | null };

export type WatchEvent =
  /** A difference between live and declared. */
  | ({ readonly event: 'drift'; readonly kind: string; readonly fields: readonly string[] } & Where)
  /** Why the plan must not be applied. */
  | { readonly event: 'refused'; readonly reason: string }
  /** A disabled action, with the state of its endpoint. */
  | ({
      readonly event: 'disabled';
      readonly declared: boolean;
      readonly endpoint: Health;
      readonly why: string;
    } & LiveRef)
  | ({ readonly event: 'enabled' } & LiveRef)
  /** Healthy, but left disabled until the pause is over: it was enabled before and disabled again. */
  | ({ readonly event: 'paused'; readonly minutes: number } & LiveRef)
  /** An outcome of a write. */
  | ({ readonly event: 'written'; readonly kind: string; readonly status: string } & Where)
  | {
      readonly event: 'round';
      readonly changes: number;
      readonly disabled: number;
      readonly requests: number;
      readonly ms: number;
    }
  /** A failed round; the next one comes later than usual. */
  | {
      readonly event: 'failed';
      readonly reason: string;
      readonly message: string;
      readonly nextInSeconds: number;
    };

/** `unknown`: the check would need headers that PagerDuty never returns. */
export type Health = 'healthy' | 'unhealthy' | 'unknown';

/** Writes events to stdout: they are the output of this command. */
export function watchLog(io: Io, isJson: boolean, now: () => string): (event: WatchEvent) => void {
  return (event) => {
    const at = now();
    if (isJson) io.data(toJson({ at, ...event }).replace(/\n */g, ' '));
    else io.out(line(styled('muted', at.slice(11, 19)), ' ', ...inWords(event)), { prose: true });
  };
}

function inWords(event: WatchEvent): Line {
  const said = (style: Style, word: string, text: string): Line =>
    line(styled(style, word.padEnd(9)), ` ${text}`);
  switch (event.event) {
    case 'drift':
      return said(
        'changed',
        'drift',
        `${event.kind} ${at(event)}${event.fields.length > 0 ? ` (${event.fields.join(', ')})` : ''}`,
      );
    case 'refused':
      return said('warn', 'refused', event.reason);
    case 'disabled':
      return said('warn', 'disabled', `${at(event)}: endpoint ${event.endpoint}, ${event.why}`);
    case 'enabled':
      return said('ok', 'enabled', at(event));
    case 'paused':
      return said(
        'muted',
        'paused',
        `${at(event)}: was disabled again; next attempt in ${plural(event.minutes, 'minute')}`,
      );
    case 'written':
      return said(event.status === 'applied' ? 'ok' : 'error', event.status, `${event.kind} ${at(event)}`);
    case 'round':
      return said(
        event.changes + event.disabled === 0 ? 'ok' : 'muted',
        'round',
        `${plural(event.changes, 'change')} pending, ${event.disabled} disabled (${plural(event.requests, 'request')}, ${event.ms} ms)`,
      );
    case 'failed':
      return said('error', 'failed', `${event.message}; next round in ${event.nextInSeconds} s`);
  }
}

function at({ label, service, id }: Where): string {
  return `${label} on ${service.name}${id === null ? '' : ` (${id})`}`;
}
