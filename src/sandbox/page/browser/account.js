// The page's copy of the account, from the sandbox's last answer.

/**
 * @typedef {import('../view.ts').PageView} PageView
 * @typedef {import('../view.ts').ServiceView} ServiceView
 * @typedef {import('../view.ts').IncidentView} IncidentView
 */

/** By id, in the order of their names. @type {Map<string, ServiceView>} */
export let services = new Map();
/** By id. @type {Map<string, IncidentView>} */
export let incidents = new Map();
/** The option that points `pdactions` at this sandbox. */
export let flag = '--sandbox';

/**
 * Takes over the sandbox's answer.
 * @param {PageView} view
 * @returns {{ readonly services: boolean }} true if the services may have changed
 */
export function learn(view) {
  flag = view.flag;
  if (view.whole) {
    services = new Map();
    incidents = new Map();
  }
  const gone = view.gone.filter((id) => services.delete(id) || incidents.delete(id));
  const fresh = view.services.some(({ id, name }) => services.get(id)?.name !== name);
  for (const service of view.services) services.set(service.id, service);
  for (const incident of view.incidents) incidents.set(incident.id, incident);
  if (fresh && !view.whole) services = new Map([...services].sort(([, a], [, b]) => byName(a, b)));
  return { services: view.whole || view.services.length > 0 || gone.length > 0 };
}

/**
 * The same order as the sandbox's.
 * @param {ServiceView} a
 * @param {ServiceView} b
 */
function byName(a, b) {
  const [left, right] = [a.name.toLowerCase(), b.name.toLowerCase()];
  if (left === right) return a.id < b.id ? -1 : 1;
  return left < right ? -1 : 1;
}

/** Open ones first, the latest of them at the top. */
export function sortedIncidents() {
  const open = (/** @type {IncidentView} */ incident) => (incident.status === 'resolved' ? 1 : 0);
  return [...incidents.values()].sort((a, b) => open(a) - open(b) || b.number - a.number);
}
