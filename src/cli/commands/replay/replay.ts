import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { codeOf } from '../../../code-of.ts';
import type { Config } from '../../../config/config.ts';
import { UsageError } from '../../../errors.ts';
import { explainProxy } from '../../../pagerduty/http/route/explain-proxy.ts';
import { type NetworkRoute, ProxyError } from '../../../pagerduty/http/route/route.ts';
import { parseUrl, percentDecoded } from '../../../parse-url.ts';
import { readNamedFile } from '../../../read-named-file.ts';
import { post } from '../../../receiver/forward.ts';
import type { Recorded } from '../../../receiver/press/record.ts';
import { plural } from '../../../ui/text/plural.ts';
import { signed } from '../../../ui/text/signs.ts';
import { line, styled } from '../../../ui/text/text.ts';
import { confirm } from '../../ask/confirm.ts';
import type { CommandSpec } from '../../command.ts';
import { openRoute } from '../../connection/open-route.ts';
import type { CanConfirm, Context } from '../../context.ts';
import { collect } from '../../options.ts';
import { pressesIn } from './records.ts';

export interface ReplayOptions {
  readonly to?: string | undefined;
  readonly sameIds?: boolean | undefined;
  /** Only presses with these ids. */
  readonly id?: readonly string[] | undefined;
}

const DEFAULT_TARGET = 'http://127.0.0.1:8080';
/** The same time limit as PagerDuty (fact 38). */
const ANSWER_MS = 16_000;

export const spec: CommandSpec = {
  name: 'replay',
  summary: 'send recorded presses again',
  group: 'press',
  rank: 4,
  scopes: 'none',
  uses: ['config', 'confirmation'],
  examples: ['replay presses.jsonl', 'replay presses.jsonl --id 01F2 --to http://127.0.0.1:8080'],
  define(command, context) {
    command
      .argument('<file>', 'a file from `listen --record`, or the captured body of a delivery')
      .option('--id <id>', 'only the press with this id (repeatable)', collect)
      .option('--to <url>', 'the URL of `listen`', DEFAULT_TARGET)
      .option('--same-ids', 'keep the original ids, so that the presses count as duplicates')
      .action((file: string, options: ReplayOptions) => runReplay(context(), file, options));
  },
};

/** Sends recorded presses again, one after the other, with the configured headers of their actions. */
export async function runReplay(
  context: CanConfirm & Pick<Context, 'config' | 'verdict' | 'env' | 'cwd' | 'interrupted'>,
  file: string,
  options: ReplayOptions,
): Promise<void> {
  const { io, cwd, interrupted } = context;
  const target = targetOf(options.to ?? DEFAULT_TARGET);
  const text = await readNamedFile(resolve(cwd, file), 'the record', file);
  const config = await context.config();
  const records = pressesIn(text, file, config, options.id ?? []);
  await askFirst(context, records, target);
  const over = new AbortController();
  const route = await openRoute(context, new URL(target), over.signal);
  try {
    for (const [index, record] of records.entries()) {
      interrupted.throwIfAborted();
      const id = options.sameIds ? record.id : randomUUID();
      const signal = AbortSignal.any([interrupted, AbortSignal.timeout(ANSWER_MS)]);
      const result = await send(record, id, config, target, { signal, ...route });
      const isGood = typeof result === 'number' && result >= 200 && result < 300;
      if (!isGood) context.verdict('partial');
      const shown = styled(isGood ? 'ok' : 'error', String(result));
      io.out(
        line(`${index + 1}/${records.length} ${record.action} (${id})`, signed(undefined, ' → '), shown),
      );
    }
  } finally {
    over.abort();
    route?.agent.destroy();
  }
}

/** The handlers run again for real, with the secrets of the config. */
async function askFirst(context: CanConfirm, records: readonly Recorded[], target: string): Promise<void> {
  const actions = [...new Set(records.map(({ action }) => action))].join(', ');
  const what = `${plural(records.length, 'recorded message')} of ${actions}`;
  const text = `Sends ${what} with the headers of the config to ${target}; their handlers run for real`;
  context.io.say(line(styled('warn', text)), { always: !context.globals.yes });
  await confirm(context, 'Send?', 'replay');
}

function targetOf(text: string): string {
  if (/^https?:$/.test(parseUrl(text)?.protocol ?? '')) return text.replace(/(?<!\/)\/+$/, '');
  throw new UsageError('`--to` needs a URL', { hint: `For example \`--to ${DEFAULT_TARGET}\`.` });
}

/** The status, or the reason why there was none. */
async function send(
  { action: key, body }: Recorded,
  id: string,
  config: Config,
  target: string,
  way: Partial<NetworkRoute> & { readonly signal: AbortSignal },
): Promise<number | string> {
  const action = config.actions.get(key);
  if (!action) return 'the action is no longer in the config';
  const { pathname, search, username, password } = new URL(action.url);
  const messages = body.messages.map((message) =>
    typeof message === 'object' && message !== null ? { ...message, id } : message,
  );
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': 'PagerDuty-Webhook/V2.0',
    'x-webhook-id': id,
    ...Object.fromEntries((action.headers ?? []).map(({ name, value }) => [name, value])),
  };
  const auth = username === '' ? {} : { auth: `${percentDecoded(username)}:${percentDecoded(password)}` };
  const url = new URL(`${target}${pathname}${search}`);
  try {
    return await post(url, { headers, ...way, ...auth }, JSON.stringify({ messages }));
  } catch (error) {
    if (way.signal.aborted) return 'no answer in time';
    if (error instanceof ProxyError) return explainProxy(error.refusal, url.host).why;
    return codeOf(error, 'no answer');
  }
}
