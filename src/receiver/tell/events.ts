/** The events of the receiver; the command that started it decides about their format. */
export type EventName =
  | 'listening'
  | 'accepted'
  | 'duplicate'
  | 'refused'
  | 'old-secret'
  | 'ignored'
  | 'tested'
  | 'busy'
  | 'resumed'
  | 'started'
  | 'context-failed'
  | 'succeeded'
  | 'failed'
  | 'timed-out'
  | 'stopped'
  | 'not-run'
  | 'not-allowed'
  | 'unknown-outcome'
  | 'noted'
  | 'note-failed'
  | 'record-failed'
  | 'state-failed'
  | 'queue-unsafe'
  | 'queue-back'
  | 'unserved'
  | 'reloaded'
  | 'reload-failed'
  | 'stopping';

export interface ReceiverEvent {
  readonly event: EventName;
  readonly level: 'info' | 'warn' | 'error';
  /** The key of the action in the config. */
  readonly action?: string | undefined;
  readonly label?: string | undefined;
  readonly incident?: string | undefined;
  /** The number and the title of the incident. */
  readonly number?: string | undefined;
  readonly title?: string | undefined;
  /** The id of the message: the same in all lines about one press. */
  readonly id?: string | undefined;
  /** The user who pressed. */
  readonly user?: string | undefined;
  /** The other end of the connection, and the address that a trusted proxy has seen. */
  readonly peer?: string | undefined;
  readonly forwarded?: string | undefined;
  /** The status of the HTTP answer. */
  readonly status?: number | undefined;
  readonly ms?: number | undefined;
  readonly exitCode?: number | undefined;
  /** The end of a command's output. */
  readonly output?: string | undefined;
  /** The reason for refusing a press, from a fixed list. */
  readonly reason?: 'full' | 'stopping' | 'failed' | undefined;
  /** In words. */
  readonly detail?: string | undefined;
}

export type Log = (event: ReceiverEvent) => void;
