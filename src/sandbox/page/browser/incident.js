// One incident: its data, its buttons, and its timeline.
import { services } from './account.js';
import { drawAction } from './actions.js';
import { byId, el, show } from './dom.js';
import { send } from './link.js';
import { drawEntry, entriesOf } from './timeline.js';
import { named, sandboxNow } from './words.js';

/**
 * @typedef {import('../view.ts').IncidentView} IncidentView
 * @typedef {import('../view.ts').ActionView} ActionView
 */

const panel = byId('incident');
const badges = el('p', { class: 'badges' });
const heading = el('h2', { id: 'incident-title', tabindex: '-1' });
const where = el('p', { class: 'muted' });
/** @param {'acknowledged' | 'resolved'} status */
const changeTo = (status) => () => act(`${status} ${current}`, 'status', { incidentId: current, status });
const acknowledge = el('button', { type: 'button', click: changeTo('acknowledged') }, 'Acknowledge');
const resolve = el('button', { type: 'button', click: changeTo('resolved') }, 'Resolve');
const responses = el('p', { class: 'responses' }, acknowledge, ' ', resolve);
const problem = el('p', { class: 'problem', role: 'alert' });
const actions = el('ul', { class: 'actions', 'aria-labelledby': 'actions-title' });
const noActions = el('p', { class: 'empty' });
const noteText = el('textarea', { id: 'note', rows: '1', 'aria-describedby': 'note-problem' });
const noteProblem = el('p', { class: 'problem', role: 'alert', id: 'note-problem' });
const noteForm = el(
  'form',
  { class: 'note-form', 'aria-label': 'Add a note' },
  el('label', { for: 'note' }, 'Note'),
  noteText,
  el('button', { type: 'submit' }, 'Add note'),
  noteProblem,
);
const timeline = el('ol', { class: 'timeline', 'aria-labelledby': 'timeline-title' });
const rest = el(
  'div',
  {},
  responses,
  // Like in PagerDuty, where the actions are in the menu "More" (fact 29); open, so that they are visible.
  el(
    'details',
    { class: 'more', open: true },
    el('summary', { id: 'actions-title' }, 'More'),
    actions,
    noActions,
  ),
  problem,
  el('h3', { id: 'timeline-title' }, 'Timeline'),
  noteForm,
  timeline,
);
panel.append(badges, heading, where, rest);

/** The displayed incident. */
let current = '';
/** Buttons whose press has not been answered: a second press meanwhile is a mistake. @type {Set<string>} */
const busy = new Set();

/** @param {IncidentView | undefined} incident */
export function drawIncident(incident) {
  rest.hidden = !incident;
  badges.hidden = !incident;
  if (incident?.id !== current) forgetProblems();
  current = incident?.id ?? '';
  heading.textContent = incident ? named(incident.title) : 'No incident';
  where.textContent = '';
  if (!incident) return where.append('Create or select an incident to see its buttons.');
  const service = services.get(incident.serviceId);
  where.append('on ', el('bdi', {}, named(service?.name ?? incident.serviceId)));
  badges.replaceChildren(
    el('span', { class: 'badge' }, `#${incident.number}`),
    el('span', { class: `badge ${incident.urgency}` }, `${incident.urgency} urgency`),
    el('span', { class: `badge ${incident.status}` }, incident.status),
  );
  drawResponses(incident.status);
  drawActions(service?.actions ?? []);
  noActions.textContent = `${named(service?.name ?? 'The service')} has no actions. Add one with \`pdactions create\` or \`pdactions sync\`.`;
  noActions.hidden = (service?.actions.length ?? 0) > 0;
  show(
    timeline,
    entriesOf(incident),
    ({ kind, id }) => `${kind} ${id}`,
    (entry) => drawEntry(entry, (until) => act('clock', 'clock', { until })),
  );
}

/**
 * Shows the buttons that the status allows. A focused button that disappears passes its focus on.
 * @param {IncidentView['status']} status
 */
function drawResponses(status) {
  const focused = document.activeElement;
  const hadFocus =
    (focused === acknowledge && status !== 'triggered') || (focused === resolve && status === 'resolved');
  acknowledge.hidden = status !== 'triggered';
  resolve.hidden = status === 'resolved';
  responses.hidden = status === 'resolved';
  if (hadFocus) (status === 'acknowledged' ? resolve : heading).focus();
}

/** @param {readonly ActionView[]} all */
function drawActions(all) {
  // The 24 hours of fact 41 end without an event.
  const now = all.map((action) => ({ ...action, disabled: isDisabled(action) }));
  show(
    actions,
    now.map((action) => ({ ...action, incident: current })),
    ({ id, incident }) => `${incident} ${id}`,
    (action) =>
      drawAction(action, {
        press: () => press(action.incident, action.id),
        enable: () => act(`enable ${action.id}`, 'enable', { actionId: action.id }),
      }),
  );
}

/** @param {ActionView} action */
export function isDisabled({ disabled, disabledUntil }) {
  return disabled && (disabledUntil === null || Date.parse(disabledUntil) > sandboxNow());
}

/**
 * @param {string} incidentId
 * @param {string} actionId
 */
function press(incidentId, actionId) {
  return act(`press ${actionId}`, 'press', { incidentId, actionId });
}

/**
 * @param {string} key
 * @param {'status' | 'press' | 'enable' | 'clock'} what
 * @param {Readonly<Record<string, string>>} body
 */
async function act(key, what, body) {
  if (busy.has(key)) return;
  busy.add(key);
  problem.textContent = '';
  const answer = await send(what, body);
  busy.delete(key);
  problem.textContent = answer.problem ?? '';
}

function forgetProblems() {
  problem.textContent = '';
  noteProblem.textContent = '';
}

/** Moves the focus to the incident. */
export function goToIncident() {
  heading.focus();
  panel.scrollIntoView({ block: 'nearest' });
}

export function listenForNotes() {
  noteForm.addEventListener('submit', async (event) => {
    event.preventDefault();
    noteProblem.textContent = '';
    if (noteText.value.trim() === '') {
      noteProblem.textContent = 'Enter a note.';
      return noteText.focus();
    }
    const answer = await send('notes', { incidentId: current, text: noteText.value });
    if (answer.problem === null) noteText.value = '';
    else noteProblem.textContent = answer.problem;
  });
}
