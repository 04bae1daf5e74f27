/** The port for notes on incidents, which show the responder the effect of a press. */

import { ID_PATTERN } from '../../core/selector.ts';
import { UsageError } from '../../errors.ts';
import { isObject } from '../../json-fields.ts';
import type { Caller } from '../http/call.ts';
import { ShapeError } from '../wire.ts';

export interface NoteStore {
  /**
   * Writes a note. After a lost answer it reads the notes first, and never writes twice blindly.
   * @throws RemoteError, AuthError if it is missing afterwards, or the outcome is unknown
   */
  addNote(incidentId: string, content: string, options?: NoteOptions): Promise<void>;
  /** Sends a request that every token may make. @throws AuthError with reason `unauthorized` for an invalid token */
  knock(): Promise<void>;
}

export interface NoteOptions {
  /** The email address of the author: required with account-level keys (fact 16). */
  readonly from?: string | undefined;
  /** An earlier process may have written it: looks before it writes. */
  readonly mayBeThere?: boolean | undefined;
}

/** Notes over one caller, so that they keep to the same pace as other requests. */
export function createNoteStore(call: Caller): NoteStore {
  return {
    knock: () =>
      call({
        class: 'read',
        request: { method: 'GET', path: '/abilities' },
        what: 'read the abilities of the account',
        decode: () => undefined,
      }),
    async addNote(incidentId, content, { from, mayBeThere } = {}) {
      if (!ID_PATTERN.test(incidentId)) throw new UsageError('that is not an incident id');
      const path = `/incidents/${incidentId}/notes`;
      const isThere = async (): Promise<boolean> => {
        const contents = await call({
          class: 'read',
          request: { method: 'GET', path },
          what: `read the notes of the incident ${incidentId}`,
          decode: contentsOf,
        });
        return contents.includes(content);
      };
      if (mayBeThere && (await isThere())) return;
      await call<true>({
        class: 'create',
        request: {
          method: 'POST',
          path,
          body: { note: { content } },
          ...(from === undefined ? {} : { headers: { From: from } }),
        },
        what: `write a note on the incident ${incidentId}`,
        decode: (document) => {
          if (!isObject(document) || !isObject(document.note)) throw new ShapeError('`note` is missing');
          return true;
        },
        look: async () => ((await isThere()) ? true : undefined),
      });
    },
  };
}

function contentsOf(document: unknown): readonly unknown[] {
  if (!isObject(document) || !Array.isArray(document.notes)) throw new ShapeError('`notes` is not a list');
  return document.notes.map((note: unknown) => (isObject(note) ? note.content : undefined));
}
