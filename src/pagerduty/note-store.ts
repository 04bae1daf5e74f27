/** The port for notes on incidents: what a press did, where the responder looks. */
import { ID_PATTERN } from '../core/selector.ts';
import { UsageError } from '../errors.ts';
import type { Caller } from './call.ts';
import { ShapeError } from './wire.ts';

export interface NoteStore {
  /**
   * Writes a note. An answer that is lost is followed by a look at the notes; it is never written a second time blindly.
   * @param from the email address of the author: needed by keys that belong to nobody (fact 16)
   */
  addNote(incidentId: string, content: string, from?: string): Promise<void>;
}

export function createNoteStore(call: Caller): NoteStore {
  return {
    async addNote(incidentId, content, from) {
      if (!ID_PATTERN.test(incidentId)) throw new UsageError('that is not the id of an incident');
      const path = `/incidents/${incidentId}/notes`;
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
        async look() {
          const contents = await call({
            class: 'read',
            request: { method: 'GET', path },
            what: `read the notes of the incident ${incidentId}`,
            decode: contentsOf,
          });
          return contents.includes(content) ? true : undefined;
        },
      });
    },
  };
}

function contentsOf(document: unknown): readonly unknown[] {
  if (!isObject(document) || !Array.isArray(document.notes)) throw new ShapeError('`notes` is not a list');
  return document.notes.map((note: unknown) => (isObject(note) ? note.content : undefined));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
