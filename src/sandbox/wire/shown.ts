/** URLs and times as PagerDuty writes them. */
import type { State } from '../account/state.ts';

export const API = 'https://api.pagerduty.com';

/** The URL of a page of this account; its host contains the subdomain (fact 18). */
export const web = (state: State, path: string): string => `https://${state.account}.pagerduty.com/${path}`;

/** A time without milliseconds (fact 33). */
export const seconds = (iso: string): string => iso.replace(/\.\d+Z$/, 'Z');

/** A record inside another. */
export interface Reference {
  readonly id: string;
  readonly type: string;
  readonly summary: string;
  readonly self: string;
  readonly html_url: string | null;
}
