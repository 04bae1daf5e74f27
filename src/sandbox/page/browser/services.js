// The services and their slots.
import { flag, services } from './account.js';
import { byId, el, show } from './dom.js';
import { beginOn } from './new-incident.js';
import { counted, named } from './words.js';

/** The number of actions that a service can carry (fact 13). */
const SLOTS = 3;
/** Services on one page of the list. */
const PAGE = 200;

const list = byId('services');
/** The number of services shown; the button below them adds a page. */
let most = PAGE;

const more = byId('next-services');
const filter = /** @type {HTMLInputElement} */ (byId('filter'));

/** @typedef {import('../view.ts').ServiceView} ServiceView */

export function drawServices() {
  const all = [...services.values()];
  const found = all.filter(matcher(filter.value));
  byId('services-count').textContent = String(all.length);
  byId('more-services').textContent = moreText(all.length, found.length);
  const hidden = found.length - most;
  more.hidden = hidden <= 0;
  more.textContent = `Show ${counted(Math.min(PAGE, hidden), 'more service', 'more services')}`;
  show(list, found.slice(0, most), ({ id }) => id, drawService);
}

/** @param {string} text */
function matcher(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return (/** @type {ServiceView} */ { id, name, teams, actions }) => {
    const hay = [id, name, ...teams, ...actions.map(({ label }) => label)].join('\n').toLowerCase();
    return words.every((word) => hay.includes(word));
  };
}

/**
 * @param {number} all
 * @param {number} found
 */
function moreText(all, found) {
  if (all === 0) return 'The account has no services.';
  if (found === 0) return 'No services match.';
  const fit = found < all ? `${found} of ${all} services match.` : '';
  return found > most ? `${fit} Showing ${most} of ${found}.`.trim() : fit;
}

/**
 * The command that fills a slot. A name with special characters for a shell is replaced with the id.
 * @param {string} id
 * @param {string} name
 */
function createCommand(id, name) {
  const service = /^\w[\w .-]*$/.test(name) ? `'${name}'` : `id:${id}`;
  return `pdactions create ${flag} --service ${service}`;
}

/** @param {ServiceView} service */
function drawService({ id, name, teams, actions }) {
  const free = Array.from({ length: Math.max(0, SLOTS - actions.length) }, () =>
    el(
      'li',
      { class: 'slot free' },
      el('details', {}, el('summary', {}, 'free'), el('code', {}, createCommand(id, name))),
    ),
  );
  const slots = actions.map(({ label, disabled }) =>
    el(
      'li',
      { class: `slot ${disabled ? 'off' : 'used'}` },
      el('bdi', {}, named(label)),
      disabled && ' · disabled',
    ),
  );
  return el(
    'li',
    { class: 'service' },
    el(
      'div',
      { class: 'row' },
      el('h3', {}, el('bdi', {}, named(name))),
      el(
        'button',
        { type: 'button', class: 'small', 'data-focus': `new ${id}`, click: () => beginOn(id) },
        'New incident',
        el('span', { class: 'unseen' }, ` on ${named(name)}`),
      ),
    ),
    teams.length > 0 && el('p', { class: 'meta' }, `team ${teams.map(named).join(', ')}`),
    el('ul', { class: 'slots', 'aria-label': `${actions.length} of ${SLOTS} slots used` }, ...slots, ...free),
  );
}

export function listenForFilter() {
  filter.addEventListener('input', () => {
    most = PAGE;
    drawServices();
  });
  more.addEventListener('click', () => {
    const last = list.lastElementChild;
    most += PAGE;
    drawServices();
    // A button that disappears passes its focus to the first service that it has shown.
    if (more.hidden) last?.nextElementSibling?.querySelector('button')?.focus();
  });
}
