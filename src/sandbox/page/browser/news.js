// News are also announced, for users who do not see them appear.
import { byId } from './dom.js';
import { answerOf, named, shown, stateOf } from './words.js';

/** @typedef {import('../view.ts').IncidentView} IncidentView */

const MOST_TEXT = 160;

/**
 * The news about an incident, in sentences.
 * @param {IncidentView | undefined} before
 * @param {IncidentView} after
 * @returns {string[]}
 */
export function newsOf(before, after) {
  if (!before) return [];
  const old = new Map(before.presses.map((press) => [press.id, JSON.stringify(press)]));
  const known = new Set(before.notes.map(({ id }) => id));
  const presses = after.presses
    .filter((press) => press.waits !== 'answer' && old.get(press.id) !== JSON.stringify(press))
    .map((press) => {
      const last = press.attempts.at(-1);
      return `${named(press.label)}: ${stateOf(press)}${last ? `, ${answerOf(last)}` : ''}.`;
    });
  const notes = after.notes
    .filter(({ id }) => !known.has(id))
    .map(({ by, text }) => `Note by ${named(by)}: ${shown(text).slice(0, MOST_TEXT)}`);
  return [...presses, ...notes];
}

/** @param {readonly string[]} sentences */
export function say(sentences) {
  if (sentences.length > 0) byId('news').textContent = sentences.join(' ');
}
