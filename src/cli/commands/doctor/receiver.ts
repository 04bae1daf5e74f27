/** Checks a receiver by its `/readyz` (docs/listen.md). */
import { UsageError } from '../../../errors.ts';
import pdFetch from '../../../pagerduty/http/fetch.ts';
import { createProbe } from '../../../pagerduty/http/probe.ts';
import { parseUrl } from '../../../parse-url.ts';
import { openRoute } from '../../connection/open-route.ts';
import type { Context } from '../../context.ts';
import { type DoctorFinding, fail, failed, ok } from './finding.ts';

/** The URL that `--receiver` names. @throws UsageError */
export function receiverUrl(text: string): URL {
  const url = parseUrl(text);
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url;
  throw new UsageError('`--receiver` needs a URL', {
    hint: 'For example `--receiver http://127.0.0.1:8080`.',
  });
}

/** Checks that the receiver accepts presses. */
export async function receiverFinding(
  context: Pick<Context, 'globals' | 'env' | 'cwd'>,
  base: URL,
  deadline: AbortSignal,
): Promise<DoctorFinding> {
  const url = new URL('/readyz', base);
  try {
    const route = await openRoute(context, url, deadline);
    const transport = async () => (await pdFetch(url.href, { signal: deadline, route })).answer;
    const about = { host: url.host, hostFrom: '`--receiver`' };
    const { answer, error } = await createProbe(
      transport,
      about,
      deadline,
    )({ method: 'GET', path: url.pathname }, 'check the receiver');
    if (!answer) return failed('receiver', error);
    if (answer.status === 200) return ok('receiver', `${url.host} accepts presses`);
    const why = 'text' in answer.body ? answer.body.text.trim().slice(0, 200) : '';
    return fail(
      'receiver',
      'remote',
      `${url.host} is not accepting presses (HTTP ${answer.status}${why === '' ? '' : `: ${why}`})`,
      answer.status === 503
        ? 'See its log for the reason.'
        : 'Check that `pdactions listen` runs at this address.',
    );
  } catch (error) {
    return failed('receiver', error);
  }
}
