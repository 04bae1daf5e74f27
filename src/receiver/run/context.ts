/** Data that a message does not include (fact 33), read for a handler that requests it: alerts, and the details of the trigger. */

import type { ContextPart } from '../../core/handler.ts';
import { type Json, objectOf, objectsOf, scalarOf, textOf } from '../../json-fields.ts';
import { messageOf } from '../failure.ts';
import { shallow } from '../press/fields.ts';
import type { Press } from '../press/message.ts';
import { redactObject } from '../press/record.ts';
import { type AccountReader, NO_READER, type Patience, patiently } from './reader.ts';

/** On stdin as `context`: null for unreadable parts; parts that were not requested are absent. */
export interface PressContext {
  readonly alerts?: readonly unknown[] | null;
  readonly trigger?: Json | null;
}

export interface ContextOptions extends Patience {
  /** Absent without a connection to PagerDuty. */
  readonly reader: AccountReader | undefined;
  readonly redact: (text: string) => string;
  /** Called with each part that could not be read. */
  readonly onFailure: (detail: string) => void;
}

/** The parts that a handler requests. Never rejects: a handler runs without unreadable parts. */
export async function contextOf(
  parts: readonly ContextPart[],
  press: Press,
  options: ContextOptions,
): Promise<PressContext> {
  const { reader, redact, onFailure } = options;
  const read = async (part: ContextPart): Promise<Json> => {
    try {
      if (!reader) throw new Error(NO_READER);
      const content = await patiently((off) => readPart(part, press, reader, off), options);
      return redactObject(shallow({ [part]: content }), redact) ?? { [part]: null };
    } catch (error) {
      onFailure(`the handler runs without the ${part} of the incident: ${messageOf(error)}`);
      return { [part]: null };
    }
  };
  return Object.assign({}, ...(await Promise.all(parts.map(read))));
}

function readPart(
  part: ContextPart,
  { incident, message }: Press,
  reader: AccountReader,
  off: AbortSignal,
): Promise<unknown> {
  if (part === 'alerts') return reader.alerts(incident.id, off);
  const entry = textOf(objectOf(objectOf(message, 'incident'), 'first_trigger_log_entry'), 'id');
  return reader.trigger(incident.id, entry === '' ? null : entry, off);
}

/** Variables from the context: each only if the trigger and all alerts agree on one value. */
export function contextVariables({ alerts, trigger }: PressContext): Readonly<Record<string, string>> {
  const channel = objectOf(trigger ?? {}, 'channel');
  const bodies = objectsOf({ alerts }, 'alerts').map((alert) => objectOf(alert, 'body'));
  const events = [channel, ...bodies].map((source) => objectOf(source, 'cef_details'));
  const details = [...[channel, ...bodies], ...events].map((source) => objectOf(source, 'details'));
  const keys = objectsOf({ alerts }, 'alerts').map((alert) => textOf(alert, 'alert_key'));
  const all = (values: readonly Json[], key: string): readonly string[] =>
    values.map((value) => scalarOf(value, key));
  return {
    PD_ALERT_KEY: agreed([...keys, ...all(events, 'dedup_key')]),
    PD_SOURCE_ORIGIN: agreed(all(events, 'source_origin')),
    PD_SOURCE_COMPONENT: agreed(all(events, 'source_component')),
    PD_SOURCE_HOST: agreed(all(details, 'host')),
    PD_SOURCE_REGION: agreed([...all(details, 'region'), ...all(events, 'source_location')]),
  };
}

function agreed(values: readonly string[]): string {
  const distinct = [...new Set(values.filter((value) => value !== ''))];
  return distinct.length === 1 ? (distinct[0] ?? '') : '';
}
