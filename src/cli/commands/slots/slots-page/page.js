// Draws the picture from the data in the page. Texts are inserted as text: no name ever becomes markup (T49).

/** @typedef {import('../../../../ui/render/slots-page/picture.ts').Picture} Picture */
/** @typedef {import('../../../../ui/render/slots-page/picture.ts').PictureService} Service */
/** @typedef {import('../../../../ui/render/slots-page/picture.ts').PictureSlot} Slot */
/** @typedef {import('../../../../ui/render/slots-page/picture.ts').Mark} Mark */
/** @typedef {{ readonly team: number, readonly service: Service, readonly text: string }} Entry */
/** @typedef {string | Node | null | false} Child */
/** @typedef {Record<string, string | boolean | ((event: Event) => void)>} Attributes */

/** The number of services drawn at once: with thousands, every key press would be slow. */
const PAGE = 100;
const SLOTS = 3;
/** Hues distinguishable with colour blindness, and patterns; all other definitions are grey. */
const HUES = 7;
const PATTERNS = 4;

const NO_TEAM = -1;

const picture = /** @type {Picture} */ (JSON.parse(document.getElementById('picture')?.textContent ?? ''));
const entries = entriesOf(picture);

/** The current search. */
const state = {
  words: /** @type {string[]} */ ([]),
  marks: /** @type {Set<Mark>} */ (new Set()),
  definition: /** @type {number | null} */ (null),
  team: /** @type {number | null} */ (null),
  page: 0,
  /** True during printing, which shows all results. */
  whole: false,
};

/** A service of two teams is listed under both. @param {Picture} from @returns {Entry[]} */
function entriesOf({ services, teams, definitions }) {
  /** @type {Entry[]} */
  const all = [];
  for (const service of services) {
    for (const team of service.teams.length > 0 ? service.teams : [NO_TEAM]) {
      const texts = [service.name, service.id, teams[team] ?? '', ...service.waiting];
      for (const { label, id, definition } of service.slots) {
        const { name = '', description = null } = definitions[definition ?? -1] ?? {};
        texts.push(label, id, name, description ?? '');
      }
      all.push({ team, service, text: folded(texts.join('\n')) });
    }
  }
  const last = teams.length;
  return all.sort((a, b) => ((a.team + last + 1) % (last + 1)) - ((b.team + last + 1) % (last + 1)));
}

/** @param {string} text */
function folded(text) {
  return text.normalize('NFKC').toLowerCase();
}

/**
 * An element. An attribute that is false is omitted; a function listens to the event of its name.
 * @param {string} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 */
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null && child !== false));
  return element;
}

/** @param {Entry} entry */
function fits({ team, service, text }) {
  if (state.team !== null && state.team !== team) return false;
  if (![...state.marks].every((mark) => service.marks.includes(mark))) return false;
  if (state.definition !== null && !service.slots.some((slot) => slot.definition === state.definition))
    return false;
  return state.words.every((word) => text.includes(word));
}

/** The look of a definition: the most used ones have a hue and a pattern of their own. @param {number | null} place */
function lookOf(place) {
  if (place === null) return 'none';
  return place < HUES * PATTERNS ? `hue${place % HUES} pattern${Math.floor(place / HUES)}` : 'rest';
}

/** @param {string} look */
const swatch = (look) => el('span', { class: `swatch ${look}`, 'aria-hidden': 'true' });

/** @param {number} count @param {string} noun */
const counted = (count, noun) => `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;

/** @param {Slot} slot @param {number} index */
function drawSlot({ label, id, definition, marks, why }, index) {
  const { name = null, description = null } = picture.definitions[definition ?? -1] ?? {};
  return el(
    'li',
    { class: `slot ${marks.join(' ')}` },
    swatch(lookOf(definition)),
    el(
      'div',
      {},
      el('bdi', { class: 'label' }, label),
      name !== null && picture.config && el('bdi', { class: 'key' }, name),
      index >= SLOTS && el('span', { class: 'tag' }, 'over the limit'),
      ...marks.map((mark) => el('span', { class: `tag ${mark}` }, mark)),
      description !== null && el('p', { class: 'description', dir: 'auto' }, description),
      why.length > 0 && el('p', { class: 'why' }, why.join('; ')),
      el('span', { class: 'id' }, id),
    ),
  );
}

/** @param {Service} service */
function drawService({ name, id, slots, free, waiting }) {
  const empty = Array.from({ length: free }, () => el('li', { class: 'slot free' }, 'free'));
  return el(
    'li',
    { class: 'service' },
    el('h3', {}, el('bdi', {}, name), ' ', el('span', { class: 'id' }, id)),
    el('ol', { class: 'slots', 'aria-label': `Slots of ${name}` }, ...slots.map(drawSlot), ...empty),
    waiting.length > 0 &&
      el(
        'p',
        { class: 'waiting' },
        'Declared, not live: ',
        ...waiting.flatMap((one, at) => [at > 0 && ', ', el('bdi', {}, one)]),
      ),
  );
}

/** The services of one team that are on this page. @param {readonly Entry[]} shown @param {readonly Entry[]} found */
function drawTeam(shown, found) {
  const team = shown[0]?.team ?? NO_TEAM;
  const all = found.filter((entry) => entry.team === team);
  const free = all.reduce((sum, { service }) => sum + service.free, 0);
  return el(
    'section',
    {},
    el(
      'h2',
      {},
      team === NO_TEAM ? 'No team' : el('bdi', {}, picture.teams[team] ?? ''),
      el('span', { class: 'muted' }, ` ${counted(all.length, 'service')}, ${counted(free, 'free slot')}`),
    ),
    el('ul', { class: 'services' }, ...shown.map(({ service }) => drawService(service))),
  );
}

const results = el('div', { id: 'results' });
const found = el('p', { id: 'found', role: 'status' });
const previous = el('button', { type: 'button', click: () => turn(-1) }, 'Previous page');
const next = el('button', { type: 'button', click: () => turn(1) }, 'Next page');
const pager = el('nav', { class: 'pager', 'aria-label': 'Pages' }, previous, next);
const search = /** @type {HTMLInputElement} */ (
  el('input', {
    type: 'search',
    id: 'search',
    spellcheck: 'false',
    autocomplete: 'off',
    'aria-keyshortcuts': '/',
    input: look,
  })
);

/** @param {number} by */
function turn(by) {
  const pages = Math.ceil(entries.filter(fits).length / PAGE);
  state.page = Math.min(Math.max(0, state.page + by), Math.max(0, pages - 1));
  draw();
  results.scrollIntoView();
}

function look() {
  state.words = folded(search.value).split(/\s+/).filter(Boolean);
  restart();
}

function restart() {
  state.page = 0;
  draw();
}

function draw() {
  const all = entries.filter(fits);
  const from = state.whole ? 0 : state.page * PAGE;
  const shown = state.whole ? all : all.slice(from, from + PAGE);
  /** @type {Entry[][]} */
  const groups = [];
  for (const entry of shown) {
    const group = groups.at(-1);
    if (group?.[0]?.team === entry.team) group.push(entry);
    else groups.push([entry]);
  }
  results.replaceChildren(...groups.map((group) => drawTeam(group, all)));
  found.textContent = foundText(all);
  pager.hidden = all.length <= PAGE;
  // Not `disabled`, which would take the focus away from the user.
  previous.setAttribute('aria-disabled', String(from === 0));
  next.setAttribute('aria-disabled', String(from + PAGE >= all.length));
}

/** A service of two teams is counted once. @param {readonly Entry[]} all */
function foundText(all) {
  if (entries.length === 0) return 'No services.';
  if (all.length === 0) return 'No services match.';
  const count = new Set(all.map(({ service }) => service)).size;
  const total = picture.services.length;
  const of = count === total ? '' : ` of ${total.toLocaleString('en')}`;
  const pages = Math.ceil(all.length / PAGE);
  const page = state.whole || pages === 1 ? '' : `, page ${state.page + 1} of ${pages}`;
  return `${counted(count, 'service')}${of}${page}.`;
}

/**
 * A toggle button.
 * @param {() => boolean} toggle gives whether it is pressed now
 * @param {...Child} children
 */
function toggleButton(toggle, ...children) {
  const button = el('button', { type: 'button', class: 'toggle', 'aria-pressed': 'false' }, ...children);
  button.addEventListener('click', () => {
    button.setAttribute('aria-pressed', String(toggle()));
    restart();
  });
  return button;
}

function markButtons() {
  return picture.marks.map(({ mark, title, services }) =>
    toggleButton(
      () => {
        const isNew = !state.marks.delete(mark);
        if (isNew) state.marks.add(mark);
        return isNew;
      },
      el('strong', {}, services.toLocaleString('en')),
      ` ${title}`,
    ),
  );
}

function legend() {
  const list = picture.definitions.slice(0, HUES * PATTERNS);
  const more = picture.definitions.length - list.length;
  const buttons = list.map(({ name, services }, place) => {
    const button = toggleButton(
      () => {
        for (const other of buttons) if (other !== button) other.setAttribute('aria-pressed', 'false');
        state.definition = state.definition === place ? null : place;
        return state.definition === place;
      },
      swatch(lookOf(place)),
      el('bdi', {}, name),
      el('span', { class: 'muted' }, ` ${services.toLocaleString('en')}`),
    );
    return button;
  });
  return el(
    'details',
    { class: 'legend', open: list.length <= 12 },
    el('summary', {}, picture.config ? 'Definitions' : 'Labels'),
    el('ul', {}, ...buttons.map((button) => el('li', {}, button))),
    more > 0 &&
      el(
        'p',
        { class: 'muted' },
        swatch('rest'),
        ` ${more.toLocaleString('en')} more in grey. Use search to find them.`,
      ),
  );
}

function teamField() {
  const select = /** @type {HTMLSelectElement} */ (
    el(
      'select',
      { id: 'team' },
      el('option', { value: '' }, 'All teams'),
      ...picture.teams.map((name, place) => el('option', { value: String(place) }, name)),
      el('option', { value: String(NO_TEAM) }, 'No team'),
    )
  );
  select.addEventListener('change', () => {
    state.team = select.value === '' ? null : Number(select.value);
    restart();
  });
  return el('div', { class: 'field' }, el('label', { for: 'team' }, 'Team'), select);
}

/** @param {boolean} whole */
function print(whole) {
  state.whole = whole;
  draw();
}

document.addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof HTMLElement && /^(INPUT|SELECT)$/.test(event.target.tagName);
  if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search.focus();
  }
});
addEventListener('beforeprint', () => print(true));
addEventListener('afterprint', () => print(false));

const app = document.getElementById('app');
app?.append(
  el(
    'ul',
    { class: 'marks', 'aria-label': 'Show only services' },
    ...markButtons().map((one) => el('li', {}, one)),
  ),
  el(
    'search',
    {},
    el('div', { class: 'field' }, el('label', { for: 'search' }, 'Search (press /)'), search),
    picture.teams.length > 0 && teamField(),
  ),
  picture.definitions.length > 0 ? legend() : '',
  found,
  results,
  pager,
);
draw();
app?.removeAttribute('hidden');
