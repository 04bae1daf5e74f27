// The list of incidents.
import { services, sortedIncidents } from './account.js';
import { byId, el, show } from './dom.js';
import { counted, named, shown, timeOf } from './words.js';

const list = byId('incidents');

/**
 * @param {string | null} selected
 * @param {(id: string) => void} onChoose
 */
export function drawIncidents(selected, onChoose) {
  const sorted = sortedIncidents();
  const open = sorted.filter(({ status }) => status !== 'resolved').length;
  byId('incidents-count').textContent = `${open} open`;
  byId('no-incidents').hidden = sorted.length > 0;
  const items = sorted.map(
    ({ id, number, title, urgency, status, serviceId, createdAt, notes, presses }) => ({
      ...{ id, number, title, urgency, status, createdAt, notes: notes.length, presses: presses.length },
      service: services.get(serviceId)?.name ?? serviceId,
      selected: id === selected,
    }),
  );
  show(
    list,
    items,
    ({ id }) => id,
    (item) => drawItem(item, onChoose),
  );
  if (selected !== inView) bringIntoView();
  inView = selected;
}

/** The incident that was chosen last. @type {string | null} */
let inView = null;

/** Scrolls the list and not the page. */
function bringIntoView() {
  const item = list.querySelector('[aria-current]');
  if (!(item instanceof HTMLElement)) return;
  const { top, bottom } = item.getBoundingClientRect();
  const frame = list.getBoundingClientRect();
  if (top < frame.top) list.scrollTop -= frame.top - top;
  else if (bottom > frame.bottom) list.scrollTop += bottom - frame.bottom;
}

/**
 * @param {{ id: string, number: number, title: string, urgency: string, status: string, createdAt: string, notes: number,
 *   presses: number, service: string, selected: boolean }} item
 * @param {(id: string) => void} onChoose
 */
function drawItem(item, onChoose) {
  const { id, number, title, urgency, status, createdAt, notes, presses, service, selected } = item;
  const happened = [
    presses > 0 && counted(presses, 'press', 'presses'),
    notes > 0 && counted(notes, 'note', 'notes'),
  ];
  return el(
    'li',
    { class: status === 'resolved' ? 'resolved' : null },
    el(
      'a',
      {
        href: `#/${id}`,
        title: title.length > 80 && shown(title),
        'aria-current': selected && 'true',
        'data-focus': id,
        click: () => onChoose(id),
      },
      el('span', { class: `dot ${urgency}` }),
      el('bdi', { class: 'title' }, named(title)),
      el(
        'span',
        { class: 'meta' },
        `#${number} · ${urgency} urgency · ${status} · `,
        el('bdi', {}, named(service)),
      ),
      el('span', { class: 'meta' }, [timeOf(createdAt), ...happened].filter(Boolean).join(' · ')),
    ),
  );
}
