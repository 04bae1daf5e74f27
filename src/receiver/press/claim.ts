/** Names one press: what is remembered of it, and what every line about it says. */
export interface Claim {
  readonly id: string;
  readonly action: string;
  readonly incident: string;
}
