/** The checks, their findings, and the source of each judgement. */

/** In the order in which they are made and shown. */
export const CHECKS = ['dns', 'tls', 'certificate', 'press', 'duplicate', 'large', 'omitted'] as const;
export type Check = (typeof CHECKS)[number];

/** Those that send messages, on which the endpoint acts. */
export const SENDING: readonly Check[] = ['press', 'duplicate', 'large', 'omitted'];

/** The default checks: `press` alone sends a message, which says of itself that it is a test. */
export const USUAL: readonly Check[] = ['dns', 'tls', 'certificate', 'press'];

/** PagerDuty's treatment of the message: `unknown` where its documentation says nothing (U9). */
export type Consequence = 'delivered' | 'retried' | 'dropped' | 'unknown';

/**
 * The source of a judgement: PagerDuty's documentation says so, or it follows from what PagerDuty says elsewhere, from
 * captured messages, or from the behaviour of others.
 */
export type Basis = 'documented' | 'inferred';

export interface Finding {
  readonly check: Check;
  readonly verdict: 'pass' | 'warn' | 'fail' | 'skipped';
  /** The observation, in words. */
  readonly text: string;
  readonly basis: Basis;
  /** PagerDuty's reaction to it; absent where no message was judged. */
  readonly consequence?: Consequence | undefined;
  /** The HTTP status of the answer, where one came. */
  readonly status?: number | undefined;
  /** The next step for the endpoint's operator. */
  readonly hint?: string | undefined;
}

/** After this many drops in a row PagerDuty disables an action, for a day (fact 41). */
export const DROPS_TO_DARK = 3;

/** Explains a consequence to the people who press. */
export function explainConsequence(consequence: Consequence): string | null {
  switch (consequence) {
    case 'delivered':
      return null;
    case 'retried':
      // Facts 39 and 40.
      return 'PagerDuty retries for up to 48 h; later presses on the same incident wait behind this one';
    case 'dropped':
      // Facts 39 and 41.
      return `PagerDuty drops the press at once; after ${DROPS_TO_DARK} such presses in a row the button is disabled for 24 h`;
    case 'unknown':
      // U9: neither on the list of what is retried nor on that of what is dropped.
      return `PagerDuty's documentation does not say what happens; if it drops the press, ${DROPS_TO_DARK} in a row disable the button for 24 h`;
  }
}
