import { records } from '../account/records.ts';

/** A scoped OAuth app: its client id, its client secret, and the scopes it was registered with (fact 20). */
export interface OAuthApp {
  readonly id: string;
  readonly secret: string;
  readonly scopes: readonly string[];
}

export const apps = records<OAuthApp>({ type: 'app' });
