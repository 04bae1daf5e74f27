// The form for a new incident.
import { services } from './account.js';
import { byId, el, show } from './dom.js';
import { send } from './link.js';
import { named } from './words.js';

const form = /** @type {HTMLFormElement} */ (byId('new'));
const title = /** @type {HTMLInputElement} */ (byId('new-incident-title'));
const service = /** @type {HTMLSelectElement} */ (byId('new-service'));
const problem = byId('new-problem');

/** Offers all services; two with the same name are distinguished by their ids. */
export function drawChoices() {
  const names = [...services.values()].map(({ name }) => name);
  const twice = new Set(names.filter((name, at) => names[at - 1] === name));
  const choices = [...services.values()].map(({ id, name }) => ({
    id,
    text: twice.has(name) ? `${named(name)} (${id})` : named(name),
  }));
  show(
    service,
    choices,
    ({ id }) => id,
    ({ id, text }) => el('option', { value: id }, text),
  );
}

/**
 * Makes the form ready for an incident on this service.
 * @param {string} serviceId
 */
export function beginOn(serviceId) {
  service.value = serviceId;
  title.focus();
}

/** @param {(id: string) => void} onCreated */
export function listenForNew(onCreated) {
  let busy = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (busy) return;
    problem.textContent = '';
    title.removeAttribute('aria-invalid');
    if (title.value.trim() === '') return refuse('Enter a title.');
    busy = true;
    const urgency = String(new FormData(form).get('urgency') ?? 'high');
    const answer = await send('incidents', { title: title.value, serviceId: service.value, urgency });
    busy = false;
    if (answer.problem !== null || answer.id === null)
      return refuse(answer.problem ?? 'The incident was not created.');
    title.value = '';
    onCreated(answer.id);
  });
}

/** @param {string} text */
function refuse(text) {
  problem.textContent = text;
  title.setAttribute('aria-invalid', 'true');
  title.focus();
}
