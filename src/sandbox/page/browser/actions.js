// The buttons of an incident, as a responder has them.
import { el } from './dom.js';
import { named, shown, timeOf } from './words.js';

/** This many drops in a row disable an action (fact 41). */
const DROPS_TO_DISABLE = 3;

/**
 * @param {import('../view.ts').ActionView} action
 * @param {{ readonly press: () => void, readonly enable: () => void }} does
 */
export function drawAction(action, does) {
  const { id, label, endpoint, headerNames, disabled } = action;
  const about = `about-${id}`;
  const enable = el(
    'button',
    { type: 'button', class: 'small', 'data-focus': `press ${id}`, click: does.enable },
    'Enable',
    el('span', { class: 'unseen' }, ` ${named(label)}`),
  );
  return el(
    'li',
    { class: disabled ? 'action off' : 'action' },
    el(
      'button',
      {
        type: 'button',
        class: 'press',
        'data-focus': `press ${id}`,
        'aria-describedby': about,
        click: does.press,
      },
      el('bdi', {}, named(label)),
    ),
    el(
      'div',
      { class: 'about' },
      el(
        'div',
        { id: about },
        el('p', { class: 'meta' }, endpoint === null ? 'no endpoint' : shown(endpoint)),
        headerNames.length > 0 && el('p', { class: 'meta' }, `sends ${headerNames.map(shown).join(', ')}`),
        warning(action),
      ),
      disabled && enable,
    ),
  );
}

/** @param {import('../view.ts').ActionView} action */
function warning({ disabled, disabledUntil, drops }) {
  if (disabled && disabledUntil === null) return el('p', { class: 'warn' }, 'Disabled: presses are dropped.');
  if (disabled && disabledUntil !== null) {
    const text = `Disabled after three drops in a row. Presses are dropped until ${timeOf(disabledUntil)}.`;
    return el('p', { class: 'warn' }, text);
  }
  if (drops === 0) return null;
  const text = `${drops} of ${DROPS_TO_DISABLE} drops in a row. The third disables this action for 24 h.`;
  return el('p', { class: 'warn' }, text);
}
