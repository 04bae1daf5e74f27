import { freshId } from '../../account/ids.ts';
import type { State } from '../../account/state.ts';
import { resource } from '../../resource.ts';
import type { ApiRequest, RouteOutcome } from '../../wire/http.ts';
import { answer, json } from '../../wire/http.ts';
import { invalidInput } from '../../wire/problem.ts';
import { wrapped } from '../../wire/route.ts';
import { seconds } from '../../wire/shown.ts';
import { requester, userReference, users } from '../users.ts';
import { withEntry } from './log-entries.ts';
import { incidentOf, incidents, type Note } from './record.ts';

/** An incident can have at most 2000 notes. */
const MOST = 2000;

/** Notes are part of their incident. */
export const notes = resource({
  type: 'note',
  plural: 'notes',
  routes: [
    { method: 'GET', path: '/incidents/:id/notes', scope: 'incidents.read', handle: list },
    { method: 'POST', path: '/incidents/:id/notes', scope: 'incidents.write', handle: create },
  ],
});

function list(state: State, _request: ApiRequest, id: string): RouteOutcome {
  const { notes } = incidentOf(state, id);
  return answer(200, { notes: [...notes].reverse().map((note) => noteView(state, note)) });
}

function create(state: State, request: ApiRequest, id: string): RouteOutcome {
  const incident = incidentOf(state, id);
  const user = requester(state, request);
  const { content } = wrapped(state, request, 'note');
  if (typeof content !== 'string' || content === '') throw invalidInput("Content can't be blank");
  if (incident.notes.length >= MOST) throw invalidInput(`An incident can have at most ${MOST} notes`);
  const fresh = freshId(state);
  const createdAt = new Date(request.now).toISOString();
  const note = { id: fresh.id, content, userId: user.id, createdAt };
  const entry = { kind: 'annotate', at: createdAt, userId: user.id } as const;
  const value = withEntry({ ...incident, notes: [...incident.notes, note] }, fresh, entry);
  return {
    // 200, not 201, according to the description.
    response: json(200, { note: noteView(state, note) }),
    changes: [{ op: 'sequence', sequence: fresh.sequence }, incidents.put('note', value)],
    effects: [],
  };
}

export function noteView(state: State, note: Note): Record<string, unknown> {
  const user = users.in(state).get(note.userId);
  return {
    id: note.id,
    ...(user && { user: userReference(state, user) }),
    channel: { summary: 'The PagerDuty website or APIs' },
    content: note.content,
    created_at: seconds(note.createdAt),
    updated_at: seconds(note.createdAt),
  };
}
