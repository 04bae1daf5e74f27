/**
 * The tools of a command. Each is made when it is first asked for: `validate` opens no connection, `--help` reads no
 * config, and nothing is loaded that is not used.
 */
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { TokenType } from '../pagerduty/auth/token-kind.ts';
import type { Caller } from '../pagerduty/http/call.ts';
import type { Transport } from '../pagerduty/http/transport.ts';
import type { ActionStore } from '../pagerduty/store.ts';
import type { Io } from '../ui/io.ts';
import type { Prompter } from '../ui/prompt/prompter.ts';
import type { Format } from '../ui/render/rows.ts';
import type { Activity } from './activity.ts';
import type { ShowUrl } from './live-urls.ts';
import type { GlobalOptions } from './options.ts';
import type { Verdict } from './verdict.ts';

/** The end of a run, as far as it is known when the work at its end begins. */
export interface Ending {
  /** The exit code, unless doing this fails. */
  readonly code: number;
  /** The error that ended it early. */
  readonly error: unknown;
}

/** The outside world as `main.ts` hands it over. */
export interface Surroundings {
  readonly io: Io;
  /** With PAGERDUTY_TOKEN, which the process itself no longer has. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Looked up when it is first asked for. */
  readonly home: () => string;
  readonly platform: NodeJS.Platform;
  /** Opened when it is first asked for. */
  readonly stdin: () => Readable;
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Aborts with a CancelledError at the first signal. */
  readonly interrupted: AbortSignal;
  /** From now on SIGHUP calls this instead of ending the command. On a terminal it still ends it: its window was closed. */
  onHangup(listener: () => void): void;
  /** Has something done when everything else is over and the exit code is known. What that throws counts like any error. */
  atExit(task: (ending: Ending) => Promise<void>): void;
}

/** The delivery of a press on the sandbox. */
export interface SimulatedDelivery {
  readonly id: string;
  readonly extensionId: string;
  readonly incidentId: string;
  readonly status: 'waiting' | 'delivered' | 'dropped' | 'expired' | 'held';
  readonly reason: string | null;
  readonly nextAttemptAt: string | null;
  /** Status of the endpoint's last answer. */
  readonly answered: number | null;
}

/** The sandbox's reports beyond PagerDuty's API. */
export interface Simulation {
  /** True for one that runs on after the command. */
  readonly lasts: boolean;
  /** Has deliveries to an endpoint go to a server of this process; absent where another process delivers. */
  readonly standIn?: ((endpoint: string, address: string) => void) | undefined;
  deliveries(): Promise<readonly SimulatedDelivery[]>;
}

/** The way to PagerDuty, or to the simulation of it. */
export interface Connection {
  /** The address, and what chose it. */
  readonly address: { readonly url: string; readonly from: string };
  /** Which source the credential comes from, empty for none, and how it is sent. */
  readonly credential: { readonly from: string; readonly kind: TokenType | 'app' };
  readonly store: ActionStore;
  /** The caller under the store, for the other stores of this API. */
  readonly caller: Caller;
  /** For single attempts, without pacing and resending: at this address, or with the same credential at another one. */
  transport(url?: string): Promise<Transport>;
  /** The scopes of the token that an OAuth app got; undefined before it has one. */
  granted(): readonly string[] | undefined;
  /** The reports that only a sandbox has; null for PagerDuty itself. */
  readonly simulation: Simulation | null;
  close(): Promise<void>;
}

/** The demands of a check of the config. */
export interface ConfigDemands {
  /** Variables without a value are replaced with placeholders. */
  readonly placeholders?: boolean | undefined;
  readonly warningsAsErrors?: boolean | undefined;
}

export interface Context extends Surroundings {
  readonly globals: GlobalOptions;
  /** The command that runs, without its subcommand: `list`. */
  readonly command: string;
  readonly format: Format;
  /** The traffic with PagerDuty, for displays. */
  readonly activity: Activity;
  /** The config. @throws ConfigError when it is missing or has problems; its warnings have been said */
  config(demands?: ConfigDemands): Promise<Config>;
  /**
   * The config, or null without one, for callers that ask which labels belong on which services: its variables need not be set, and
   * then endpoints and headers are empty. Its warnings are for others to say. @throws ConfigError when it has problems
   */
  labels(): Promise<Config | null>;
  /** Renders endpoints of live actions; a config that cannot be read counts as none. */
  liveUrls(): Promise<ShowUrl>;
  /** The region that the config names, for commands that need nothing else of it: its problems do not stop them. */
  configRegion(): Promise<Config['region']>;
  /** The account that the config names, without a word about its problems: those are for the command to report. */
  configAccount(): Promise<Config['account']>;
  connection(): Promise<Connection>;
  store(): Promise<ActionStore>;
  prompter(): Promise<Prompter>;
  /** Adds to how the run ended. */
  verdict(verdict: Verdict): void;
  readonly verdicts: readonly Verdict[];
  /** Ends what was started: the sandbox, displays. */
  close(): Promise<void>;
}

// A function's type lists the parts of the context that it may use: common sets have a name, others are picked.

/** Shows results, in the format that was asked for. */
export type CanShow = Pick<Context, 'io' | 'format'>;

/** Reads from PagerDuty, with a display of the progress. */
export type CanRead = Pick<Context, 'store' | 'activity'>;

/** Asks before something is written. */
export type CanConfirm = Pick<Context, 'io' | 'globals' | 'prompter'>;

/** Offers live actions for a choice. */
export type CanPick = CanRead & Pick<Context, 'prompter' | 'liveUrls'>;

/** Finds live actions by label, key or id, and asks which one is meant. */
export type CanFind = CanPick & Pick<Context, 'io' | 'labels'>;

/** Makes a plan of the config. */
export type CanPlan = CanRead & Pick<Context, 'io' | 'config' | 'env' | 'cwd' | 'clock'>;

/** Carries out a plan. */
export type CanApply = CanRead & Pick<Context, 'globals' | 'verdict' | 'clock' | 'interrupted'>;

/** Asks, carries out a plan and shows the report. */
export type CanWrite = CanApply & CanConfirm & CanShow & Pick<Context, 'atExit'>;

/** Reads a token from wherever flags and variables say. */
export type CanReadToken = Pick<Context, 'globals' | 'env' | 'stdin' | 'platform' | 'clock' | 'interrupted'>;

/** Decides which profile counts. */
export type CanChooseProfile = Pick<Context, 'globals' | 'configAccount' | 'env' | 'home'>;

/** Calls an address with a known credential. */
export type CanCall = Pick<
  Context,
  'io' | 'globals' | 'command' | 'activity' | 'env' | 'cwd' | 'platform' | 'clock' | 'random' | 'interrupted'
>;

/** Decides on address and credential, and opens the connection. */
export type CanConnect = CanCall &
  CanReadToken &
  CanChooseProfile &
  Pick<Context, 'prompter' | 'configRegion'>;

/** Makes another context of the same command, to read the config again or to end at another time. */
export type CanFork = Surroundings & Pick<Context, 'globals' | 'command'>;
