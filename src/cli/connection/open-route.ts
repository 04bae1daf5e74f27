/** The way to an address by flags and environment: through a proxy, with further certificate authorities, or plainly direct. */
import { resolve } from 'node:path';
import type { SecureContext } from 'node:tls';
import { UsageError } from '../../errors.ts';
import type { Route } from '../../pagerduty/http/route.ts';
import type { Context } from '../context.ts';
import { proxyFor } from './proxy-env.ts';

type Needs = Pick<Context, 'globals' | 'env' | 'cwd'>;

/**
 * The way to `target`; undefined where Node's own is right.
 * @param end closes what is open, once the run is over
 * @throws UsageError for a proxy or a certificate that cannot be used, LocalIoError for a file that cannot be read
 */
export async function openRoute(context: Needs, target: URL, end: AbortSignal): Promise<Route | undefined> {
  const { globals, env } = context;
  const proxy = globals.proxy ? proxyFor(target, env) : null;
  const trust = target.protocol === 'https:' || proxy ? await openTrust(context) : undefined;
  if (proxy) {
    const { forwardAgent, tunnelAgent } = await import('../../pagerduty/http/proxy.ts');
    const agentFor = target.protocol === 'https:' ? tunnelAgent : forwardAgent;
    return { agent: agentFor({ ...proxy, trust, end }) };
  }
  if (!trust && !usesEnvProxy(env)) return undefined;
  const { directAgent } = await import('../../pagerduty/http/trust.ts');
  return { agent: directAgent(target.protocol, trust) };
}

/** Node 24 and later, told to do so, goes through a proxy by itself: also to this machine, and also with `--no-proxy`. */
function usesEnvProxy({ NODE_USE_ENV_PROXY, NODE_OPTIONS }: Needs['env']): boolean {
  return NODE_USE_ENV_PROXY === '1' || NODE_OPTIONS?.includes('--use-env-proxy') === true;
}

/**
 * The certificate authorities that the flags add; undefined where those of Node are right.
 * @throws UsageError for a certificate that cannot be used, LocalIoError for a file that cannot be read
 */
export async function openTrust({ globals, env, cwd }: Needs): Promise<SecureContext | undefined> {
  const { caFile, useSystemCa } = globals;
  if (caFile === undefined && !useSystemCa) return undefined;
  const { canReadSystemStore, createTrust } = await import('../../pagerduty/http/trust.ts');
  if (useSystemCa && !canReadSystemStore) {
    throw new UsageError('`--use-system-ca` needs Node 22.15, 24 or later', {
      hint: 'Name the certificate of your company with `--ca-file FILE`.',
    });
  }
  const files = caFile === undefined ? [] : [await certificatesIn(resolve(cwd, caFile), caFile)];
  // A Node that cannot list its own store leaves out those that this variable adds.
  const extra = canReadSystemStore ? undefined : env.NODE_EXTRA_CA_CERTS;
  if (extra) files.push(await certificatesIn(resolve(cwd, extra), extra));
  return createTrust({ files, system: useSystemCa });
}

async function certificatesIn(path: string, shown: string): Promise<string> {
  const { readNamedFile } = await import('../files/read-file.ts');
  const text = await readNamedFile(path, 'the certificates in', shown);
  const { X509Certificate } = await import('node:crypto');
  const blocks =
    text.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END [^-]+-----/g) ?? [];
  try {
    if (blocks.length === 0) throw new Error('none');
    for (const block of blocks) new X509Certificate(block);
  } catch (cause) {
    throw new UsageError(`${shown} holds no certificate in PEM form`, {
      hint: `It has to hold lines \`-----BEGIN CERTIFICATE-----\`. From DER: \`openssl x509 -inform der -in ${shown} -out company-ca.pem\`.`,
      cause,
    });
  }
  return blocks.join('\n');
}
