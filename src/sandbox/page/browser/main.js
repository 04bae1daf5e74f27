// The page: it shows the sandbox's last answer, and the URL names the selected incident.
import { incidents, learn, services, sortedIncidents } from './account.js';
import { byId } from './dom.js';
import { drawIncident, goToIncident, isDisabled, listenForNotes } from './incident.js';
import { drawIncidents } from './incidents.js';
import { follow } from './link.js';
import { drawChoices, listenForNew } from './new-incident.js';
import { newsOf, say } from './news.js';
import { drawServices, listenForFilter } from './services.js';
import { setNow, shown, until } from './words.js';

/** The incident to select as soon as it exists. @type {string | null} */
let goingTo = null;

/** The displayed incident. @type {string | null} */
let showing = null;

/** The incident in the URL. */
function named() {
  return /^#\/([\w-]+)$/.exec(location.hash)?.[1];
}

/** That one; until it exists, the incident displayed before, or else the first. */
function selected() {
  return [named(), showing].find((id) => id && incidents.has(id)) ?? sortedIncidents()[0]?.id ?? null;
}

function draw() {
  showing = selected();
  drawIncidents(showing, choose);
  drawIncident(incidents.get(showing ?? ''));
  if (goingTo === null || !incidents.has(goingTo)) return;
  goingTo = null;
  goToIncident();
}

/** @param {string} id */
function choose(id) {
  goingTo = id;
  if (location.hash === `#/${id}`) draw();
  else location.hash = `#/${id}`;
}

/** @param {import('../view.ts').PageView} view */
function onView(view) {
  setNow(view.now);
  const id = showing ?? '';
  const before = incidents.get(id);
  const changed = learn(view);
  byId('account').textContent = shown(view.account);
  document.title = `${shown(view.account)} · pdactions sandbox`;
  if (changed.services) {
    drawServices();
    drawChoices();
  }
  draw();
  const after = incidents.get(id);
  if (after) say(newsOf(before, after));
}

/** @param {'live' | 'gone'} state */
function onLink(state) {
  const link = byId('link');
  if (link.dataset.state === state) return;
  link.dataset.state = state;
  link.textContent = state === 'live' ? 'Live' : 'Not connected';
  byId('gone').hidden = state === 'live';
}

/** Redraws the parts that depend on the time alone. */
function tick() {
  if (document.hidden) return;
  for (const element of document.querySelectorAll('[data-until]')) {
    element.textContent = until(element.getAttribute('data-until') ?? '');
  }
  const { serviceId = '' } = incidents.get(showing ?? '') ?? {};
  const ended = services.get(serviceId)?.actions.some((action) => action.disabled && !isDisabled(action));
  if (ended && document.querySelector('.action.off')) draw();
}

/** The URL names the displayed incident, so these links move the focus and not the URL. */
function listenForSkips() {
  for (const link of document.querySelectorAll('a.skip')) {
    link.addEventListener('click', (event) => {
      event.preventDefault();
      byId(link.getAttribute('href')?.slice(1) ?? '').focus();
    });
  }
}

listenForSkips();
listenForNew(choose);
listenForNotes();
listenForFilter();
addEventListener('hashchange', () => {
  if (named() === undefined) showing = null;
  draw();
});
setInterval(tick, 1_000);
follow(onView, onLink);
