/** Reaches an endpoint through the proxy of the environment, for machines without direct access. */
import { RemoteError, UsageError } from '../../../errors.ts';
import { proxyFor } from '../../../lib/way/proxy-env.ts';
import { explainProxy } from '../../../pagerduty/http/route/explain-proxy.ts';
import type { ProxyOptions } from '../../../pagerduty/http/route/proxy.ts';
import { ProxyError } from '../../../pagerduty/http/route/route.ts';
import type { Detour } from '../../../tester/target.ts';
import type { Context } from '../../context.ts';

/**
 * The route for `--via-proxy`.
 * @throws UsageError if the environment names no proxy for one of these URLs
 */
export async function viaProxy(
  context: Pick<Context, 'env' | 'interrupted'>,
  urls: readonly string[],
): Promise<Detour> {
  const { forwardAgent, openTunnel, tunnelAgent } = await import('../../../pagerduty/http/route/proxy.ts');
  const optionsFor = (url: URL): ProxyOptions => {
    const proxy = proxyFor(url, context.env);
    if (proxy) return { ...proxy, trust: undefined, end: context.interrupted };
    throw new UsageError(`--via-proxy: the environment sets no proxy for ${url.host}`, {
      hint: 'Set HTTPS_PROXY, or leave out the option. NO_PROXY applies, and connections to this machine never use a proxy.',
    });
  };
  for (const url of urls) optionsFor(new URL(url));
  return {
    agent: (url) => (url.protocol === 'https:' ? tunnelAgent : forwardAgent)(optionsFor(url)),
    dial: (url) => openTunnel(optionsFor(url), url),
    isItsOwn: (error) => error instanceof ProxyError,
  };
}

/** Converts a failure of the proxy to an error of the whole test; rethrows anything else. */
export function rethrowProxyError(error: unknown, url: string): never {
  if (!(error instanceof ProxyError)) throw error;
  const { why, hint } = explainProxy(error.refusal, new URL(url).host);
  throw new RemoteError(`could not test the endpoint: ${why}`, {
    reason: 'proxy',
    aftermath: 'stop',
    hint,
    cause: error,
  });
}
