/** Shared by both variants: the component that the press is about, and the text for customers. Publishes nothing from the incident. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Statuspage's terms, the worst last. */
export const STATUSES = ['operational', 'degraded_performance', 'partial_outage', 'major_outage'];

const { env } = process;
const COMPONENTS = resolve(env.STATUS_COMPONENTS || join(import.meta.dirname, 'components.json'));

export function say(text) {
  process.stdout.write(`${text}\n`);
}

/** Exits: 0 done, or handled before · 1 the page could not be changed · 2 wrong set-up · 3 refused, nothing was changed. */
export function end(code, text) {
  say(text);
  process.exit(code);
}

/** The parts of a press that a status page needs. The ids are hashed: the page may be public, and only compares them. */
export function readPress() {
  if (!env.PD_MESSAGE_ID || !env.PD_INCIDENT_ID)
    end(2, 'PD_MESSAGE_ID is not set. Run this script with `pdactions listen`.');
  return {
    ...componentOf(env.PD_SERVICE_ID ?? ''),
    status: statusOf(env),
    press: hash(env.PD_MESSAGE_ID),
    incident: hash(env.PD_INCIDENT_ID),
  };
}

/** Looks the service up by id, because another service can get the same name. */
function componentOf(service) {
  let known;
  try {
    known = new Map(Object.entries(JSON.parse(readFileSync(COMPONENTS, 'utf8'))));
  } catch (error) {
    end(2, `The list of components ${COMPONENTS} cannot be used: ${error.message}`);
  }
  const found = known.get(service);
  if (found) return found;
  end(
    3,
    `Refused: the list has no component for the service ${service} (${env.PD_SERVICE_NAME}). Known services: ${[...known.keys()].join(', ')}.`,
  );
}

/** A press on a resolved incident means that the component works again. */
function statusOf({ PD_INCIDENT_STATUS: status, PD_INCIDENT_URGENCY: urgency }) {
  if (status === 'resolved') return 'operational';
  return urgency === 'low' ? 'degraded_performance' : 'partial_outage';
}

function hash(text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
