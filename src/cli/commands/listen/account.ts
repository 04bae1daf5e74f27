/** The connection to PagerDuty for the notes of `listen` and its reads, for the lifetime of the receiver. */
import { setMaxListeners } from 'node:events';
import { AuthError, CancelledError, RemoteError } from '../../../errors.ts';
import type { Caller } from '../../../pagerduty/http/call.ts';
import { createIncidentStore } from '../../../pagerduty/stores/incident-store.ts';
import { createNoteStore } from '../../../pagerduty/stores/note-store.ts';
import type { AccountReader } from '../../../receiver/run/reader.ts';
import type { NoteWriter } from '../../../receiver/tell/notes.ts';
import type { CanConnect, CommandConnection } from '../../context.ts';

export interface ListenAccount {
  readonly addNote: NoteWriter;
  readonly reader: AccountReader;
  /** Resolves with the reason if PagerDuty refuses the token or an app lacks a scope; ignores failures that may be over by the first note. */
  refusal(): Promise<AuthError | undefined>;
  /** Cancels requests in flight. */
  close(): Promise<void>;
}

/**
 * Opens the connection. It outlives the signal that ends the command and the time limit of a run. After a refused token it reads the token
 * file again, because tokens of apps live for a day (fact 20).
 * @param from the author, for account-level keys (fact 16)
 */
export async function listenAccount(context: CanConnect, from: string | undefined): Promise<ListenAccount> {
  const end = new AbortController();
  setMaxListeners(0, end.signal);
  const globals = { ...context.globals, timeout: Number.POSITIVE_INFINITY };
  const { connect } = await import('../../connection/connect.ts');
  const open = (): Promise<CommandConnection> =>
    connect({ ...context, globals, interrupted: end.signal }, end.signal);
  let connection = await open().catch((error: unknown) => {
    throw withoutToken(error);
  });
  const hasFile = globals.tokenFile !== undefined && globals.tokenFile !== '-';
  const withConnection = async <T>(use: (caller: Caller) => Promise<T>): Promise<T> => {
    try {
      return await use(connection.caller);
    } catch (error) {
      if (!hasFile || !isRefused(error)) throw error;
      connection = await open();
      return use(connection.caller);
    }
  };
  return {
    addNote: (incident, content, mayBeThere) =>
      withConnection((caller) =>
        createNoteStore(caller).addNote(incident, content, { from, mayBeThere }),
      ).catch((error: unknown) => {
        throw withAdvice(error, from);
      }),
    reader: {
      alerts: (incident, off) =>
        withConnection((caller) => createIncidentStore(caller).alerts(incident, off)),
      trigger: (incident, entry, off) =>
        withConnection((caller) => createIncidentStore(caller).trigger(incident, entry, off)),
      teams: (user, off) => withConnection((caller) => createIncidentStore(caller).teams(user, off)),
    },
    refusal: () =>
      createNoteStore(connection.caller)
        .knock()
        .then(
          () => undefined,
          (error: unknown) => (isRefused(error) || isAppWithoutScope(error) ? error : undefined),
        ),
    async close() {
      end.abort(new CancelledError('the receiver has stopped', 'SIGTERM'));
      await connection.close();
    },
  };
}

function isRefused(error: unknown): error is AuthError {
  return error instanceof AuthError && error.reason === 'unauthorized';
}

/** True for an app that was refused its token. A 403 to the request itself proves nothing about notes. */
function isAppWithoutScope(error: unknown): error is AuthError {
  return error instanceof AuthError && error.reason === 'forbidden' && error.http === undefined;
}

function withoutToken(error: unknown): unknown {
  if (!(error instanceof AuthError)) return error;
  return new AuthError(error.message, {
    hint: `${error.hint ?? ''} The token is needed to write notes. To run without one, pass \`--no-notes\`; handlers that use \`context\` or allow a team still need it.`.trim(),
    details: error.details,
    cause: error,
  });
}

/** An account-level key has no author for a note, which PagerDuty answers with 400 (fact 16). */
function withAdvice(error: unknown, from: string | undefined): unknown {
  if (!(error instanceof RemoteError) || error.http?.status !== 400) return error;
  const advice =
    from === undefined
      ? 'with an account-level API key, pass `--from EMAIL`'
      : 'check that the user of `--from` exists';
  return new Error(`${error.message}; ${advice}`, { cause: error });
}
