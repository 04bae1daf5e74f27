#!/usr/bin/env node
/**
 * Writes a status page as two files, status.json and index.html, to serve or upload. Started by `pdactions listen`.
 *
 * status.json also records what was done: an incident has one entry, and a press counts once, however often it is delivered.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { end, readPress, STATUSES } from './press.mjs';

const DIR = resolve(
  process.env.STATUS_DIR || join(homedir(), '.local/state/pdactions-examples/update-status-page'),
);
/** Far more presses than PagerDuty can still redeliver: it stops after two days. */
const ENTRIES = 200;

const told = readPress();
const page = readPage();
const known = page.entries.some(({ presses }) => presses.includes(told.press));
if (!known) tell(told);
// Writes index.html for a known press too: the last run may have ended between the two files.
publish(page);
end(
  0,
  known
    ? `This press was handled before. ${told.component} is ${page.components[told.component]}.`
    : `${told.component} is ${page.components[told.component]} on the status page in ${DIR}.`,
);

function readPage() {
  try {
    return JSON.parse(readFileSync(join(DIR, 'status.json'), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return { components: {}, entries: [] };
    return end(2, `${join(DIR, 'status.json')} cannot be used, and is unchanged: ${error.message}`);
  }
}

function tell({ component, message, status, press, incident }) {
  const at = new Date().toISOString();
  const entry = page.entries.find((one) => one.incident === incident);
  if (!entry && status === 'operational') {
    end(3, 'Refused: this incident is over, and the page has nothing about it. Nothing was changed.');
  }
  if (entry) Object.assign(entry, { status, changed: at, presses: [...entry.presses, press] });
  else
    page.entries.unshift({ incident, component, message, status, began: at, changed: at, presses: [press] });
  page.entries.splice(ENTRIES);
  // Another incident of the component may still be open.
  const all = page.entries.filter((one) => one.component === component);
  page.components[component] = STATUSES.findLast((one) => all.some((entry) => entry.status === one));
}

function publish(page) {
  try {
    mkdirSync(DIR, { recursive: true });
    replace('status.json', `${JSON.stringify(page, null, 2)}\n`);
    replace('index.html', html(page));
  } catch (error) {
    end(1, `The status page in ${DIR} cannot be written: ${error.code}`);
  }
}

/** Replaces the file atomically: a reader never sees half of it. */
function replace(name, text) {
  const fresh = join(DIR, `.${name}.new`);
  const fd = openSync(fresh, 'w', 0o644);
  writeSync(fd, text);
  fsyncSync(fd);
  closeSync(fd);
  renameSync(fresh, join(DIR, name));
}

function html({ components, entries }) {
  const rows = Object.entries(components).map(
    ([name, status]) => `<li>${escaped(name)}: <b>${words(status)}</b></li>`,
  );
  const open = entries.filter(({ status }) => status !== 'operational');
  const news = open.map(
    ({ component, message, changed }) =>
      `<h2>${escaped(component)}</h2><p>${escaped(message)}</p><p><small>${escaped(changed)}</small></p>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<title>Status</title>
<h1>Status</h1>
<ul>
${rows.join('\n')}
</ul>
${news.join('\n')}
</html>
`;
}

function words(status) {
  return escaped(status.replaceAll('_', ' '));
}

function escaped(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
