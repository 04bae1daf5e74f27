/** The route to a URL, by flags and environment. */
import type { SecureContext } from 'node:tls';
import { openTrust as openTrustBy, type TrustSettings } from '../../lib/way/certificates.ts';
import { proxyFor } from '../../lib/way/proxy-env.ts';
import { openRoute as openRouteBy, type RouteSettings } from '../../lib/way/route.ts';
import type { NetworkRoute } from '../../pagerduty/http/route/route.ts';
import type { Context } from '../context.ts';

type Needs = Pick<Context, 'globals' | 'env' | 'cwd'>;

/** The proxy and the certificates that flags and environment name. */
export function routeSettings(context: Needs): RouteSettings {
  const { globals, env } = context;
  return {
    proxyFor: (target) => (globals.proxy ? proxyFor(target, env) : null),
    trust: trustSettings(context),
    staysDirect: usesEnvProxy(env),
    // `checkTls` refuses the variable, except for this machine.
    alwaysVerifies: false,
  };
}

/** `openRoute` of the library, configured by flags and environment. */
export function openRoute(context: Needs, target: URL, end: AbortSignal): Promise<NetworkRoute | undefined> {
  return openRouteBy(routeSettings(context), target, end);
}

/** `openTrust` of the library, configured by flags and environment. */
export function openTrust(context: Needs): Promise<SecureContext | undefined> {
  return openTrustBy(trustSettings(context));
}

function trustSettings({ globals, env, cwd }: Needs): TrustSettings {
  const { caFile, useSystemCa } = globals;
  return {
    caFiles: caFile === undefined ? [] : [caFile],
    system: useSystemCa,
    extraCa: env.NODE_EXTRA_CA_CERTS,
    cwd,
    names: { caFile: '`--ca-file FILE`', system: '`--use-system-ca`' },
  };
}

/** Node 24 and later, with that variable, uses a proxy automatically, even to this machine and with `--no-proxy`. */
function usesEnvProxy({ NODE_USE_ENV_PROXY, NODE_OPTIONS }: Needs['env']): boolean {
  return NODE_USE_ENV_PROXY === '1' || NODE_OPTIONS?.includes('--use-env-proxy') === true;
}
