/** The way to an address: through a proxy, with further certificate authorities, or plainly direct. */
import type { Route } from '../../pagerduty/http/route.ts';
import { openTrust, type TrustSettings } from './certificates.ts';
import type { NamedProxy } from './proxy-env.ts';

export interface RouteSettings {
  /** The proxy for an address; null to go directly. @throws UsageError for one that cannot be used */
  readonly proxyFor: (target: URL) => NamedProxy | null;
  readonly trust: TrustSettings;
  /** True where Node's own way may lead through a proxy of the environment, and must not. */
  readonly staysDirect: boolean;
  /** Certificates are verified whatever NODE_TLS_REJECT_UNAUTHORIZED says. */
  readonly alwaysVerifies: boolean;
}

/**
 * The way to `target`; undefined where Node's own is right.
 * @param end closes what is open, once the run is over
 * @throws UsageError for a proxy or a certificate that cannot be used, LocalIoError for a file that cannot be read
 */
export async function openRoute(
  settings: RouteSettings,
  target: URL,
  end: AbortSignal,
): Promise<Route | undefined> {
  const verifying = settings.alwaysVerifies ? ({ rejectUnauthorized: true } as const) : {};
  const proxy = settings.proxyFor(target);
  const trust = target.protocol === 'https:' || proxy ? await openTrust(settings.trust) : undefined;
  if (proxy) {
    const { forwardAgent, tunnelAgent } = await import('../../pagerduty/http/proxy.ts');
    const agentFor = target.protocol === 'https:' ? tunnelAgent : forwardAgent;
    return { agent: agentFor({ ...proxy, trust, end }), ...verifying };
  }
  if (!trust && !settings.staysDirect) return undefined;
  const { directAgent } = await import('../../pagerduty/http/trust.ts');
  return { agent: directAgent(target.protocol, trust), ...verifying };
}
