/** The route to a URL: through a proxy, with additional certificate authorities, or direct. */
import type { NetworkRoute } from '../../pagerduty/http/route/route.ts';
import { openTrust, type TrustSettings } from './certificates.ts';
import type { NamedProxy } from './proxy-env.ts';

export interface RouteSettings {
  /** The proxy for a URL; null to connect directly. @throws UsageError for an invalid one */
  readonly proxyFor: (target: URL) => NamedProxy | null;
  readonly trust: TrustSettings;
  /** True if Node itself could use a proxy of the environment, and must not. */
  readonly staysDirect: boolean;
  /** Verifies certificates whatever NODE_TLS_REJECT_UNAUTHORIZED is. */
  readonly alwaysVerifies: boolean;
}

/**
 * The route to `target`; undefined if Node's own is right.
 * @param end closes open connections, once the run is over
 * @throws UsageError for an invalid proxy or certificate, LocalIoError for an unreadable file
 */
export async function openRoute(
  settings: RouteSettings,
  target: URL,
  end: AbortSignal,
): Promise<NetworkRoute | undefined> {
  const verifying = settings.alwaysVerifies ? ({ rejectUnauthorized: true } as const) : {};
  const proxy = settings.proxyFor(target);
  const trust = target.protocol === 'https:' || proxy ? await openTrust(settings.trust) : undefined;
  if (proxy) {
    const { forwardAgent, tunnelAgent } = await import('../../pagerduty/http/route/proxy.ts');
    const agentFor = target.protocol === 'https:' ? tunnelAgent : forwardAgent;
    return { agent: agentFor({ ...proxy, trust, end }), ...verifying };
  }
  if (!trust && !settings.staysDirect) return undefined;
  const { directAgent } = await import('../../pagerduty/http/route/trust.ts');
  return { agent: directAgent(target.protocol, trust), ...verifying };
}
