#!/usr/bin/env node
/**
 * Changes a component through the Statuspage API, or a compatible one, and posts one incident. Started by `pdactions listen`.
 *
 * The page records what was done: the metadata of the post contains the incident and its presses. Every step can be repeated safely. The
 * press is recorded last, so the next delivery completes an interrupted run.
 */
import { end, readPress, STATUSES, say } from './press.mjs';

const { env } = process;
const BASE = (env.STATUSPAGE_URL || 'https://api.statuspage.io').replace(/(?<!\/)\/+$/, '');
const { STATUSPAGE_PAGE: PAGE = '', STATUSPAGE_API_KEY: KEY = '' } = env;
/** Off by default, because it mails all subscribers; set it to yes to notify them. */
const NOTIFY = env.STATUSPAGE_NOTIFY === 'yes';

const OPEN = ['investigating', 'identified', 'monitoring'];

if (!/^\w+$/.test(PAGE) || KEY === '') end(2, 'Set STATUSPAGE_PAGE and STATUSPAGE_API_KEY.');
const told = readPress();
if (!/^\w+$/.test(told.statuspage ?? ''))
  end(2, `"${told.component}" has no "statuspage" id in the list of components.`);

const all = await call('GET', '/incidents?limit=100');
if (!Array.isArray(all))
  end(1, 'The status page did not answer with a list of incidents. Nothing was changed.');
const posts = all.filter(({ metadata }) => metadata?.pdactions);
const post = posts.find(({ metadata }) => metadata.pdactions.incident === told.incident);
const presses = post?.metadata.pdactions.presses ?? [];
const isOver = told.status === 'operational';
const component = `/components/${told.statuspage}`;
const before = (await call('GET', component)).status;
if (presses.includes(told.press)) end(0, `This press was handled before. ${told.component} is ${before}.`);
if (isOver && !post) {
  end(3, 'Refused: this incident is over, and the page has nothing about it. Nothing was changed.');
}
if (isOver && posts.some(isOtherProblem)) {
  say(`${told.component} stays ${before}: another incident of this component is open on the page.`);
} else if (!isOver && STATUSES.indexOf(before) >= STATUSES.indexOf(told.status)) {
  // A person may have set a worse status than the urgency suggests.
  say(`${told.component} is already ${before}.`);
} else {
  if (before !== told.status) await call('PATCH', component, { component: { status: told.status } });
  say(`${told.component} changed from ${before} to ${told.status} on the status page.`);
}
await record();

function isOtherProblem({ status, metadata }) {
  const { incident, component } = metadata.pdactions;
  return component === told.statuspage && incident !== told.incident && OPEN.includes(status);
}

/** One post for one incident: later presses add no text. */
async function record() {
  const { incident, press, statuspage } = told;
  const metadata = { pdactions: { incident, component: statuspage, presses: [...presses, press] } };
  const common = { metadata, deliver_notifications: NOTIFY };
  if (post) {
    const change = isOver && OPEN.includes(post.status) ? { status: 'resolved' } : {};
    await call('PATCH', `/incidents/${post.id}`, { incident: { ...common, ...change } });
    return;
  }
  const name = `${told.component}: we are looking into a problem`;
  const body = { name, body: told.message, status: 'investigating', component_ids: [statuspage], ...common };
  const made = await call('POST', '/incidents', { incident: body });
  if (!made.metadata?.pdactions)
    end(1, 'The page does not store metadata, so a second delivery of this press would post again.');
}

/** Exits if the page refuses the request. Prints neither request nor response, because they can contain the key. */
async function call(method, path, body) {
  const what = `${method} ${path.replace(/\?.*/, '')}`;
  let answer;
  try {
    answer = await fetch(`${BASE}/v1/pages/${PAGE}${path}`, {
      method,
      redirect: 'error',
      headers: { authorization: `OAuth ${KEY}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    if (answer.ok) return await answer.json();
  } catch (error) {
    return end(
      1,
      `The status page cannot be reached (${what}): ${error.cause?.code ?? error.name}. Press again.`,
    );
  }
  return end(1, `The status page refused ${what}: HTTP ${answer.status}. Fix that, and press again.`);
}
