/**
 * The tools of a command, each made on first use: `validate` opens no connection, `--help` reads no
 * config, and unused modules are not loaded.
 */
import type { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { TokenType } from '../pagerduty/auth/token-kind.ts';
import type { Caller } from '../pagerduty/http/call.ts';
import type { Transport } from '../pagerduty/http/transport.ts';
import type { ActionStore } from '../pagerduty/store.ts';
import type { Io } from '../ui/io.ts';
import type { Prompter } from '../ui/prompt/prompter.ts';
import type { Format } from '../ui/render/rows.ts';
import type { TextStream } from '../ui/text-stream.ts';
import type { Activity } from './activity.ts';
import type { ShowUrl } from './live-urls.ts';
import type { GlobalOptions } from './options.ts';
import type { Verdict } from './verdict.ts';

/** The result of a run so far, when its final work begins. */
export interface Ending {
  /** The exit code, unless the final work fails. */
  readonly code: number;
  /** The error that ended it early. */
  readonly error: unknown;
}

/** The outside world, passed in by `main.ts`. */
export interface Surroundings {
  readonly io: Io;
  /** Includes PAGERDUTY_TOKEN, which the process itself has removed. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Looked up on first use. */
  readonly home: () => string;
  readonly platform: NodeJS.Platform;
  /** Opened on first use. */
  readonly stdin: () => Readable;
  readonly stderr: TextStream;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Aborts with a CancelledError at the first signal. */
  readonly interrupted: AbortSignal;
  /** From now on SIGHUP calls this instead of ending the command. On a terminal it still ends it, because its window was closed. */
  onHangup(listener: () => void): void;
  /** Registers work for the end of the run, when the exit code is known. An error that it throws counts like any other. */
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
  /** True for a sandbox that outlives the command. */
  readonly lasts: boolean;
  /** Routes deliveries for an endpoint to a server of this process; absent if another process delivers. */
  readonly standIn?: ((endpoint: string, address: string) => void) | undefined;
  deliveries(): Promise<readonly SimulatedDelivery[]>;
}

/** The connection to PagerDuty, or to the sandbox. */
export interface CommandConnection {
  /** The base URL, and its source. */
  readonly address: { readonly url: string; readonly from: string };
  /** The source of the credential, empty for none, and the way it is sent. */
  readonly credential: { readonly from: string; readonly kind: TokenType | 'app' };
  readonly store: ActionStore;
  /** The caller under the store, for the other stores of this API. */
  readonly caller: Caller;
  /** For single attempts, without pacing and resending: at this address, or with the same credential at another one. */
  transport(url?: string): Promise<Transport>;
  /** The scopes granted to an OAuth app; undefined before it has a token. */
  granted(): readonly string[] | undefined;
  /** Reports that only a sandbox has; null for PagerDuty itself. */
  readonly simulation: Simulation | null;
  close(): Promise<void>;
}

/** The demands of a check of the config. */
export interface ConfigDemands {
  /** Replaces variables without a value with placeholders. */
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
  /** The config. @throws ConfigError if it is missing or has problems; its warnings have been printed */
  config(demands?: ConfigDemands): Promise<Config>;
  /**
   * The config, or null without one, for callers that need only labels and services: its variables need not be set, and
   * then endpoints and headers are empty. Does not print its warnings. @throws ConfigError if it has problems
   */
  labels(): Promise<Config | null>;
  /** Renders endpoints of live actions; an invalid config counts as none. */
  liveUrls(): Promise<ShowUrl>;
  /** The region in the config, for commands that need nothing else of it: its problems do not stop them. */
  configRegion(): Promise<Config['region']>;
  /** The account in the config, without its problems, which the command reports itself. */
  configAccount(): Promise<Config['account']>;
  connection(): Promise<CommandConnection>;
  store(): Promise<ActionStore>;
  prompter(): Promise<Prompter>;
  /** Adds a verdict to the run. */
  verdict(verdict: Verdict): void;
  readonly verdicts: readonly Verdict[];
  /** Ends everything that was started: the sandbox, displays. */
  close(): Promise<void>;
}

// A function's type lists the parts of the context that it may use. Common sets have a name, others are picked.

/** Shows results, in the requested format. */
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

/** Reads a token from the source that flags and variables select. */
export type CanReadToken = Pick<Context, 'globals' | 'env' | 'stdin' | 'platform' | 'clock' | 'interrupted'>;

/** Chooses the profile. */
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
