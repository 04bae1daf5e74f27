// Makes elements, and inserts texts as text: no name ever becomes markup (T49).

/**
 * @typedef {string | Node | null | undefined | false} Child
 * @typedef {Record<string, string | boolean | null | undefined | ((event: Event) => void)>} Attributes
 */

/**
 * An element. An attribute that is false, null or undefined is omitted; a function listens to the event of its name.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, '');
    else if (typeof value === 'string') element.setAttribute(name, value);
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

/**
 * The element with an id, which the page always contains.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element;
}

/** @type {WeakMap<Element, { readonly key: string, readonly looks: string }>} */
const drawn = new WeakMap();

/**
 * Makes the children of `parent` show `items`, and touches only changed ones: elements that the user reads, has in
 * focus or types into stay. If a focused element is replaced, the focus moves to the element with the same `data-focus`.
 * @template T
 * @param {Element} parent
 * @param {readonly T[]} items
 * @param {(item: T) => string} keyOf
 * @param {(item: T) => Element} draw
 */
export function show(parent, items, keyOf, draw) {
  const old = new Map([...parent.children].map((child) => [drawn.get(child)?.key ?? '', child]));
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const name = focused?.getAttribute('data-focus');
  /** @type {Element | null} */
  let last = null;
  for (const item of items) {
    const [key, looks] = [keyOf(item), JSON.stringify(item)];
    const known = old.get(key);
    old.delete(key);
    const same = known && drawn.get(known)?.looks === looks;
    const element = same ? known : draw(item);
    drawn.set(element, { key, looks });
    if (known && !same) {
      keepUnfolded(known, element);
      known.replaceWith(element);
    }
    /** @type {Element | null} */
    const place = last ? last.nextElementSibling : parent.firstElementChild;
    if (place !== element) parent.insertBefore(element, place);
    last = element;
  }
  for (const child of old.values()) child.remove();
  if (name && focused && !focused.isConnected) focusOn(parent, name);
}

/**
 * Keeps unfolded and folded parts as the user left them when an element is drawn again.
 * @param {Element} before
 * @param {Element} after
 */
function keepUnfolded(before, after) {
  const drawnAgain = [...after.querySelectorAll('details')];
  for (const [index, { open, firstElementChild }] of [...before.querySelectorAll('details')].entries()) {
    const same = drawnAgain[index];
    if (same && same.firstElementChild?.textContent === firstElementChild?.textContent) same.open = open;
  }
}

/**
 * @param {Element} parent
 * @param {string} name
 */
function focusOn(parent, name) {
  const next = [...parent.querySelectorAll('[data-focus]')].find(
    (element) => element.getAttribute('data-focus') === name,
  );
  if (next instanceof HTMLElement) next.focus({ preventScroll: true });
}
