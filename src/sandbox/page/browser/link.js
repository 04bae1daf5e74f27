// The connection to the sandbox: waits for news, and sends the user's acts.

const PATH = '/_sandbox/page/';
/** The sandbox holds a request for news for 25 s; one that takes much longer is lost. */
const TOO_LONG = 40_000;
/** Between two answers, so that concurrent changes come together. */
const PAUSE = 120;
const LONGEST_WAIT = 8_000;

/** @typedef {{ readonly token: string, readonly version: string }} Pass */

/** @param {string} content */
function passOf(content) {
  const [token = '', version = ''] = content.split(' ');
  return { token, version };
}

/** @type {Pass} */
let pass = passOf(document.querySelector('meta[name=sandbox-page]')?.getAttribute('content') ?? '');

/** @param {string} [type] */
function headers(type) {
  return { 'x-sandbox-page': pass.token, ...(type && { 'content-type': type }) };
}

/**
 * Sends an act. Resolves with the reason if it was refused.
 * @param {'incidents' | 'status' | 'press' | 'notes' | 'enable' | 'clock'} what
 * @param {Readonly<Record<string, string>>} body
 * @returns {Promise<{ readonly id: string | null, readonly problem: string | null }>}
 */
export async function send(what, body) {
  try {
    const response = await fetch(PATH + what, {
      method: 'POST',
      headers: headers('application/json'),
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (response.ok) return { id: answer.id, problem: null };
    return {
      id: null,
      problem: answer.sandbox?.message ?? `The sandbox responded with HTTP ${response.status}.`,
    };
  } catch {
    return {
      id: null,
      problem: 'The sandbox did not respond. Check whether the change was made before you try again.',
    };
  }
}

/**
 * Follows the sandbox while the page is open; rests while it is hidden.
 * @param {(view: import('../view.ts').PageView) => void} onView
 * @param {(state: 'live' | 'gone') => void} onLink
 * @returns {Promise<never>}
 */
export async function follow(onView, onLink) {
  let known = 0;
  let failures = 0;
  for (;;) {
    await visible();
    const answer = await news(known);
    if (answer === 'hidden') continue;
    if (answer === 'gone') {
      onLink('gone');
      known = 0;
      failures += 1;
      await pause(Math.min(LONGEST_WAIT, 500 * 2 ** failures));
      continue;
    }
    failures = 0;
    onLink('live');
    if (!answer) continue;
    known = answer.version;
    onView(answer);
    await pause(PAUSE);
  }
}

/**
 * The news; null without any.
 * @param {number} known
 * @returns {Promise<import('../view.ts').PageView | null | 'hidden' | 'gone'>}
 */
async function news(known) {
  const abort = new AbortController();
  const stop = () => document.hidden && abort.abort();
  const timer = setTimeout(() => abort.abort(), TOO_LONG);
  document.addEventListener('visibilitychange', stop);
  try {
    const response = await fetch(`${PATH}changes?since=${known}`, {
      headers: headers(),
      signal: abort.signal,
    });
    if (response.status === 204) return null;
    if (response.ok) return await response.json();
    if (response.status === 403) await renewPass();
    return 'gone';
  } catch {
    return document.hidden ? 'hidden' : 'gone';
  } finally {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', stop);
  }
}

/** A restarted sandbox has another pass, and perhaps another page. */
async function renewPass() {
  const response = await fetch('/');
  const content = /<meta name="sandbox-page" content="([\w. -]+)"/.exec(await response.text())?.[1];
  if (content === undefined) return;
  const next = passOf(content);
  if (next.version !== pass.version) location.reload();
  pass = next;
}

function visible() {
  return new Promise((resolve) => {
    if (!document.hidden) return resolve(undefined);
    const see = () => {
      if (document.hidden) return;
      document.removeEventListener('visibilitychange', see);
      resolve(undefined);
    };
    document.addEventListener('visibilitychange', see);
  });
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
