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
  if (disabled && disabledUntil === null)
    return el('p', { class: 'warn' }, 'Disabled: what is pressed is dropped.');
  if (disabled && disabledUntil !== null) {
    const text = `Dark after three drops in a row: until ${timeOf(disabledUntil)} what is pressed is dropped.`;
    return el('p', { class: 'warn' }, text);
  }
  if (drops === 0) return null;
  const left = DROPS_TO_DISABLE - drops;
  const text = `${drops} dropped in a row. ${left === 1 ? 'One more drop' : `${left} more drops`} and it goes dark for 24 h.`;
  return el('p', { class: 'warn' }, text);
}
