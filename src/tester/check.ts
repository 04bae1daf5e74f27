/** The checks, their findings, and the basis of each verdict. */

/** In the order of execution and display. */
export const CHECKS = ['dns', 'tls', 'certificate', 'press', 'duplicate', 'large', 'omitted'] as const;
export type EndpointCheck = (typeof CHECKS)[number];

/** Those that send messages, which have an effect at the endpoint. */
export const SENDING: readonly EndpointCheck[] = ['press', 'duplicate', 'large', 'omitted'];

/** The default checks: only `press` sends a message, which is marked as a test. */
export const USUAL: readonly EndpointCheck[] = ['dns', 'tls', 'certificate', 'press'];

/** PagerDuty's treatment of the message: `unknown` if its documentation does not cover it (U9). */
export type Consequence = 'delivered' | 'retried' | 'dropped' | 'unknown';

/**
 * The basis of a verdict: PagerDuty's documentation, a conclusion from other parts of it,
 * captured messages, or the behaviour of other products.
 */
export type Basis = 'documented' | 'inferred';

export interface EndpointFinding {
  readonly check: EndpointCheck;
  readonly verdict: 'pass' | 'warn' | 'fail' | 'skipped';
  /** The observation, in words. */
  readonly text: string;
  readonly basis: Basis;
  /** PagerDuty's reaction; absent if no message was sent. */
  readonly consequence?: Consequence | undefined;
  /** The HTTP status of the answer, if there was one. */
  readonly status?: number | undefined;
  /** The next step for the endpoint's operator. */
  readonly hint?: string | undefined;
}

/** After this many drops in a row PagerDuty disables an action, for a day (fact 41). */
export const DROPS_TO_DARK = 3;

/** Explains a consequence to responders. */
export function explainConsequence(consequence: Consequence): string | null {
  switch (consequence) {
    case 'delivered':
      return null;
    case 'retried':
      // Facts 39 and 40.
      return 'PagerDuty retries for up to 48 h; later presses on the same incident wait behind this one';
    case 'dropped':
      // Facts 39 and 41.
      return `PagerDuty drops the press immediately; after ${DROPS_TO_DARK} such presses in a row the button is disabled for 24 h`;
    case 'unknown':
      // U9: neither on the list of retried statuses nor on that of dropped ones.
      return `PagerDuty's documentation does not say what happens; if it drops the press, ${DROPS_TO_DARK} in a row disable the button for 24 h`;
  }
}
