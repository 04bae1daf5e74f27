/** Reads presses from a file: records of `listen --record`, or captured bodies of deliveries. */
import type { Config } from '../../../config/config.ts';
import type { ServiceRef } from '../../../core/action.ts';
import { filledFor } from '../../../core/filling/fill.ts';
import { UsageError } from '../../../errors.ts';
import { parseObject } from '../../../json-fields.ts';
import { parseUrl } from '../../../parse-url.ts';
import { parseRecord, type Recorded } from '../../../receiver/press/record.ts';

/**
 * Reads the file: JSON lines, or one JSON document.
 * @param ids only presses with these ids; empty: all
 * @throws UsageError for a file without presses, an invalid line, an unknown id, or a body of no action of the config
 */
export function pressesIn(text: string, file: string, config: Config, ids: readonly string[]): Recorded[] {
  const clean = text.replace(/^\uFEFF/, '');
  const rows = clean.split('\n').filter((row) => row.trim() !== '');
  if (rows.length === 0) throw new UsageError(`${file} contains no presses to replay`);
  const whole = rows.length > 1 ? bodyOf(clean) : undefined;
  const all = whole
    ? [fromBody(whole, file, config)]
    : rows.map((row, index) => pressOf(row, `line ${index + 1} of ${file}`, config));
  const missing = ids.find((id) => !all.some((press) => press.id === id));
  if (missing === undefined) return ids.length === 0 ? all : all.filter(({ id }) => ids.includes(id));
  throw new UsageError(`${file} contains no press with the id ${missing}`, {
    hint: `It contains ${all
      .slice(0, 5)
      .map(({ id }) => id)
      .join(', ')}${all.length > 5 ? ', ...' : ''}.`,
  });
}

function pressOf(row: string, place: string, config: Config): Recorded {
  const record = parseRecord(row);
  if (record) return record;
  const body = bodyOf(row);
  if (body) return fromBody(body, place, config);
  throw new UsageError(`${place} is not a press`, {
    hint: 'Use a file from `pdactions listen --record FILE`, or the body of a delivery: {"messages": [{...}]}.',
  });
}

type RecordedBody = Recorded['body'];

interface Webhook {
  readonly name?: unknown;
  readonly endpoint_url?: unknown;
}

function bodyOf(text: string): RecordedBody | undefined {
  const messages = parseObject(text)?.messages;
  return Array.isArray(messages) && messages.length > 0 ? { messages } : undefined;
}

interface RecordedMessage {
  readonly id?: unknown;
  readonly webhook?: Webhook;
  readonly incident?: { readonly service?: { readonly id?: unknown; readonly name?: unknown } };
}

/** The pressed service, for `${service.…}`. */
function serviceOf(message: RecordedMessage | undefined): ServiceRef {
  const { id, name } = message?.incident?.service ?? {};
  return { id: typeof id === 'string' ? id : '', name: typeof name === 'string' ? name : '' };
}

/** The action is the one with the endpoint that the body names, else the one with its label (fact 33). */
function fromBody(body: RecordedBody, place: string, config: Config): Recorded {
  const [message] = body.messages as readonly RecordedMessage[];
  const { name, endpoint_url: endpoint } = message?.webhook ?? {};
  const href = typeof endpoint === 'string' ? parseUrl(endpoint)?.href : undefined;
  const service = serviceOf(message);
  const actions = [...config.actions].map(([key, spec]) => [key, filledFor(spec, service)] as const);
  const pressed =
    actions.find(([, { url }]) => href !== undefined && parseUrl(url)?.href === href) ??
    actions.find(([, { label }]) => label === name);
  if (pressed) return { at: '', action: pressed[0], id: String(message?.id ?? ''), body };
  const what = typeof name === 'string' ? `\`${name}\`` : 'an unnamed action';
  throw new UsageError(`${place} is a press of ${what}, which is not in the config`, {
    hint: 'Its endpoint or label must match an action in the config: replay sends the headers of that action.',
  });
}
