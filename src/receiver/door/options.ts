/** The parts of the receiver that the HTTP front needs. */
import type { Intake } from '../intake.ts';
import type { Limits } from '../limits.ts';
import type { Press } from '../press/message.ts';
import type { Route } from '../press/routes.ts';
import type { Log } from '../tell/events.ts';
import type { Clean } from '../tell/note.ts';
import type { Probes } from './probes.ts';

export interface DoorOptions {
  /** The actions that are served now, by path. */
  readonly routes: () => ReadonlyMap<string, Route>;
  readonly intake: Intake;
  readonly probes: Probes;
  /** False for a receiver that only runs presses that others have accepted. */
  readonly takesPresses: boolean;
  readonly limits: Limits;
  readonly log: Log;
  readonly clean: Clean;
  /** Treats the messages of `pdactions test` like presses. */
  readonly takesTests: boolean;
  /** Takes the sender from `X-Forwarded-For`. */
  readonly trustsProxy: boolean;
  /** Keeps an authentic press for later. */
  readonly record: (route: Route, press: Press) => void;
}
