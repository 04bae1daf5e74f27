// The timeline of an incident: presses with their deliveries, and notes. The latest is at the top.
import { el } from './dom.js';
import { answerOf, counted, fullTime, named, shown, stateOf, timeOf, until } from './words.js';

/**
 * @typedef {import('../view.ts').IncidentView} IncidentView
 * @typedef {import('../view.ts').PressView} PressView
 * @typedef {import('../view.ts').AttemptView} AttemptView
 * @typedef {import('../view.ts').NoteView} NoteView
 * @typedef {{ kind: 'created', id: string, at: string } | { kind: 'earlier', id: string, at: string, count: number } |
 *   (PressView & { kind: 'press' }) | (NoteView & { kind: 'note' })} Entry
 */

/**
 * @param {IncidentView} incident
 * @returns {Entry[]}
 */
export function entriesOf({ createdAt, presses, notes, earlier }) {
  /** @type {Entry[]} */
  const entries = [
    ...presses.map((press) => /** @type {const} */ ({ kind: 'press', ...press })),
    ...notes.map((note) => /** @type {const} */ ({ kind: 'note', ...note })),
  ];
  entries.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  if (earlier > 0) entries.unshift({ kind: 'earlier', id: 'earlier', at: createdAt, count: earlier });
  entries.unshift({ kind: 'created', id: 'created', at: createdAt });
  return entries.reverse();
}

/**
 * @param {Entry} entry
 * @param {(until: string) => void} moveClock
 */
export function drawEntry(entry, moveClock) {
  switch (entry.kind) {
    case 'created':
      return el('li', { class: 'entry' }, el('p', {}, time(entry.at), ' Incident created'));
    case 'earlier':
      return el(
        'li',
        { class: 'entry' },
        el('p', { class: 'meta' }, `${counted(entry.count, 'earlier entry', 'earlier entries')} not shown`),
      );
    case 'press':
      return el('li', { class: `entry ${entry.status}` }, drawPress(entry, moveClock));
    case 'note':
      return el('li', { class: 'entry written' }, drawNote(entry));
  }
}

/** @param {string} at */
function time(at) {
  return el('time', { datetime: at, title: fullTime(at) }, timeOf(at));
}

/** @param {NoteView} note */
function drawNote({ at, by, text }) {
  return el(
    'article',
    { 'aria-label': `Note by ${named(by)}` },
    el('p', {}, time(at), ' Note by ', el('bdi', { class: 'who' }, named(by))),
    el('p', { class: 'note', dir: 'auto' }, shown(text)),
  );
}

/**
 * @param {PressView} press
 * @param {(until: string) => void} moveClock
 */
function drawPress(press, moveClock) {
  const { id, at, by, label, status, attempts } = press;
  const hasButton = press.waits === 'retry' && press.nextAttemptAt !== null;
  return el(
    'article',
    // A user who has advanced the clock keeps the focus on the press, even after its last attempt.
    {
      'aria-label': `Press of ${named(label)}`,
      ...(!hasButton && { tabindex: '-1', 'data-focus': `clock ${id}` }),
    },
    el(
      'p',
      {},
      time(at),
      ' ',
      el('bdi', { class: 'who' }, by === null ? 'An unknown user' : named(by)),
      ' pressed ',
      el('bdi', { class: 'who' }, named(label)),
      ' ',
      el('span', { class: `chip ${status}` }, stateOf(press)),
    ),
    attempts.length > 0 &&
      el('ol', { class: 'attempts', 'aria-label': 'Attempts' }, ...attempts.map(drawAttempt)),
    whatNext(press, moveClock),
  );
}

/** @param {AttemptView} attempt */
function drawAttempt({ at, endpoint, text, sent, answer, ...attempt }) {
  const good = attempt.status !== null && attempt.status >= 200 && attempt.status < 300;
  return el(
    'li',
    {},
    time(at),
    ' ',
    el('strong', { class: good ? 'good' : 'bad' }, answerOf(attempt)),
    el('span', { class: 'meta' }, attempt.status === null ? ' · ' : ' from ', shown(endpoint ?? '')),
    text.trim() !== '' && el('pre', { dir: 'auto' }, shown(text)),
    drawMessage('Request', `POST ${endpoint ?? ''}`, sent),
    answer && drawMessage('Response', answerOf(attempt), answer),
  );
}

/**
 * A request or an answer, folded: its first line, the names of its headers and its body.
 * @param {string} title
 * @param {string} start
 * @param {import('../view.ts').MessageView} message
 */
function drawMessage(title, start, { headerNames, body }) {
  const lines = [start, ...headerNames.map((name) => `${name}: …`), '', bodyText(body)];
  const text = el('pre', { dir: 'auto', tabindex: '0', 'aria-label': title });
  const details = el(
    'details',
    {
      class: 'message',
      // Not part of the page while folded, because most are never opened.
      toggle: () => {
        text.textContent = details.open ? shown(lines.join('\n').trimEnd()) : '';
      },
    },
    el('summary', {}, title),
    text,
  );
  return details;
}

/**
 * JSON set out for reading; any other text as it is.
 * @param {string} body
 */
function bodyText(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

/**
 * The event that a press waits for, or the reason why it ended.
 * @param {PressView} press
 * @param {(until: string) => void} moveClock
 */
function whatNext({ id, label, status, waits, nextAttemptAt, reason, endpoint, attempts }, moveClock) {
  const say = (/** @type {import('./dom.js').Child[]} */ ...text) => el('p', { class: 'next' }, ...text);
  if (status === 'held') return say(`Not sent: ${shown(reason ?? '')}.`);
  if (status === 'dropped' && attempts.length > 0) return say('Not retried after this response.');
  if (status === 'dropped') return say(`Dropped without being sent: ${shown(reason ?? '')}.`);
  if (status === 'expired') return say(`Given up after 48 hours: ${shown(reason ?? '')}.`);
  if (waits === 'earlier') return say('Waiting for an earlier press of this button.');
  if (waits === 'answer')
    return say(`Waiting up to 16 s for a response from ${shown(endpoint ?? 'the endpoint')}.`);
  if (waits !== 'retry' || nextAttemptAt === null) return null;
  return say(
    'Next attempt at ',
    time(nextAttemptAt),
    ', ',
    el('span', { 'data-until': nextAttemptAt }, until(nextAttemptAt)),
    '. Later presses of this button wait for it. ',
    el(
      'button',
      {
        type: 'button',
        class: 'small',
        'data-focus': `clock ${id}`,
        click: () => moveClock(nextAttemptAt),
      },
      'Advance the clock',
      el('span', { class: 'unseen' }, ` to the next attempt of ${named(label)}`),
    ),
  );
}
