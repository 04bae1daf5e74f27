/** The message that `test` sends: made up, or from a file, with the changes of `--set`. */

import { resolve } from 'node:path';
import type { ServiceRef } from '../../../core/action.ts';
import { UsageError } from '../../../errors.ts';
import { isObject } from '../../../json-fields.ts';
import { readNamedFile } from '../../../read-named-file.ts';
import { type MessageBody, messageOf } from '../../../tester/payload.ts';
import { parseSetting, withSetting } from '../../../tester/set-path.ts';
import type { TestPlan } from '../../../tester/target.ts';
import type { Context } from '../../context.ts';

export interface PayloadFlags {
  readonly from?: string | undefined;
  readonly set?: readonly string[] | undefined;
}

/** Makes the message for each endpoint. @throws UsageError for a file or a setting that gives no valid message */
export async function payloadOf(
  context: Pick<Context, 'cwd'>,
  { from, set }: PayloadFlags,
  now: () => number,
): Promise<TestPlan['message']> {
  const settings = (set ?? []).map(parseSetting);
  const stored = from === undefined ? null : await readMessage(context, from);
  const message: TestPlan['message'] = ({ label, url, headers }, webhookId) => {
    const at = new Date(now()).toISOString();
    const base = stored ?? messageOf({ label, url, headers, webhookId, at });
    return settings.reduce(withSetting, base);
  };
  // An impossible setting fails before the first output or request.
  message({ label: '', url: '', headers: [] }, '');
  return message;
}

async function readMessage({ cwd }: Pick<Context, 'cwd'>, file: string): Promise<MessageBody> {
  const text = await readNamedFile(resolve(cwd, file), 'the payload', file);
  const wrong = (why: string): UsageError =>
    new UsageError(`--from: ${file} ${why}`, {
      hint: 'It must be the message of a press: {"messages": [{"event": "incident.custom", ...}]}, or that one message.',
    });
  let document: unknown;
  try {
    document = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw wrong('is not JSON');
  }
  if (!isObject(document)) throw wrong('contains no message');
  // PagerDuty sends only the older shape for buttons (facts 33 and 37, U11).
  if (isObject(document.detail) || (isObject(document.event) && 'event_type' in document.event)) {
    throw wrong('has the shape of V3 webhooks or of EventBridge, which buttons do not send');
  }
  const messages = Array.isArray(document.messages) ? document.messages : [document];
  const [message] = messages;
  if (messages.length !== 1 || !isObject(message)) throw wrong('must contain exactly one message');
  if (!isObject(message.incident)) throw wrong('contains a message without an `incident`');
  return message;
}

/** The service of the message; missing members are empty. */
export function serviceOf(message: TestPlan['message']): ServiceRef {
  const { incident } = message({ label: '', url: '', headers: [] }, '');
  const service = isObject(incident) && isObject(incident.service) ? incident.service : {};
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return { id: text(service.id), name: text(service.name) || text(service.summary) };
}
