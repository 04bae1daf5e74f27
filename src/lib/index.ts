/**
 * The library API of the package (docs/library.md). It prints nothing, never ends the process, and reads neither the environment nor
 * arguments: the caller passes everything.
 */
export {
  AuthError,
  CancelledError,
  ConfigError,
  type HttpFacts,
  LocalIoError,
  PdactionsError,
  type Problem,
  type Reason,
  RefusedError,
  RemoteError,
  UsageError,
} from '../errors.ts';
export type { StoreEvent } from '../pagerduty/store.ts';
export { type ApplyOptions, apply, type Report } from './apply.ts';
export { type Connection, type ConnectOptions, connect } from './connect.ts';
export type { CredentialOptions, OAuthAppOptions } from './credential.ts';
export type * from './documents.ts';
export { type LoadConfigOptions, type LoadedConfig, loadConfig } from './load-config.ts';
export { type Plan, type PlanOptions, plan } from './plan.ts';
