/** The limits on sizes, times and numbers, so that no sender can use up the machine. */
export interface Limits {
  /** A body; PagerDuty never sends more than 256 KB (fact 43). */
  readonly bodyBytes: number;
  /** Slow senders are cut off (T39). */
  readonly headersMs: number;
  readonly requestMs: number;
  readonly checkMs: number;
  readonly idleMs: number;
  readonly connections: number;
  readonly headerBytes: number;
  /** Scripts at a time, over all actions, and presses that wait for their turn (T44). */
  readonly running: number;
  readonly waiting: number;
  /** The size of the kept output of a script: its end (T43). */
  readonly outputBytes: number;
  /** Between asking a script to end and ending it. */
  readonly killMs: number;
  /** After the end of a script, for its remaining output; a leftover process may hold the pipes forever. */
  readonly drainMs: number;
  /** On shutdown, before the port closes, so that proxies see a 503 and go elsewhere. */
  readonly lingerMs: number;
  /** On shutdown, for the last notes to be written. */
  readonly notesMs: number;
  /** PagerDuty's time limit for an endpoint (fact 38), for `--forward`. */
  readonly forwardMs: number;
  /** For reading the context of a press (fact 33): a handler must not wait longer for it. */
  readonly contextMs: number;
  /** Limit for delaying a run by the answers to other presses. */
  readonly startDelayMs: number;
  /** After this time, a handler that still runs leaves a note that it has started. */
  readonly startedNoteMs: number;
  /** The size of the output of one run, with `--output-dir`, and the number of such files. */
  readonly outputFileBytes: number;
  readonly outputFiles: number;
  /** The silence after which a worker of a shared queue counts as dead; and the interval of the check. */
  readonly lockMs: number;
  readonly stalledMs: number;
  /** Remembered ids, to detect duplicates. */
  readonly claims: number;
}

export const LIMITS: Limits = {
  bodyBytes: 256 * 1024,
  headersMs: 5_000,
  requestMs: 10_000,
  checkMs: 1_000,
  // Longer than balancers keep connections for reuse: nginx 60 to 75 s, AWS 60 s. Only authentic requests leave one open.
  idleMs: 90_000,
  connections: 64,
  headerBytes: 8 * 1024,
  running: 4,
  waiting: 100,
  outputBytes: 64 * 1024,
  killMs: 5_000,
  drainMs: 250,
  lingerMs: 250,
  notesMs: 5_000,
  forwardMs: 16_000,
  contextMs: 10_000,
  startDelayMs: 250,
  startedNoteMs: 30_000,
  outputFileBytes: 10 * 1024 * 1024,
  outputFiles: 1_000,
  lockMs: 60_000,
  stalledMs: 5_000,
  claims: 10_000,
};
