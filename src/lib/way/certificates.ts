/** Certificate authorities in addition to those of Node: from files, and from the store of the operating system. */
import { resolve } from 'node:path';
import type { SecureContext } from 'node:tls';
import { UsageError } from '../../errors.ts';
import { readNamedFile } from '../../read-named-file.ts';

export interface TrustSettings {
  /** PEM files, from `cwd`. */
  readonly caFiles: readonly string[];
  /** Adds the store of the operating system. */
  readonly system: boolean;
  /** The value of NODE_EXTRA_CA_CERTS. */
  readonly extraCa?: string | undefined;
  readonly cwd: string;
  /** The options as named in messages. */
  readonly names: { readonly caFile: string; readonly system: string };
}

/**
 * The certificate authorities that the settings add; undefined if those of Node are enough.
 * @throws UsageError for an invalid certificate, LocalIoError for an unreadable file
 */
export async function openTrust(settings: TrustSettings): Promise<SecureContext | undefined> {
  const { caFiles, system, extraCa, cwd, names } = settings;
  if (caFiles.length === 0 && !system) return undefined;
  const { canReadSystemStore, createTrust } = await import('../../pagerduty/http/route/trust.ts');
  if (system && !canReadSystemStore) {
    throw new UsageError(`${names.system} needs Node 22.15, 24 or later`, {
      hint: `Pass the certificate of your company with ${names.caFile}.`,
    });
  }
  // A Node that cannot list its own store omits those that this variable adds.
  const named = canReadSystemStore || !extraCa ? caFiles : [...caFiles, extraCa];
  const files = await Promise.all(named.map((path) => certificatesIn(resolve(cwd, path), path)));
  return createTrust({ files, system });
}

async function certificatesIn(path: string, shown: string): Promise<string> {
  const text = await readNamedFile(path, 'the certificates in', shown);
  const { X509Certificate } = await import('node:crypto');
  const blocks =
    text.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END [^-]+-----/g) ?? [];
  try {
    if (blocks.length === 0) throw new Error('none');
    for (const block of blocks) new X509Certificate(block);
  } catch (cause) {
    throw new UsageError(`${shown} contains no PEM certificate`, {
      hint: `A PEM certificate begins with \`-----BEGIN CERTIFICATE-----\`. To convert from DER: \`openssl x509 -inform der -in ${shown} -out company-ca.pem\`.`,
      cause,
    });
  }
  return blocks.join('\n');
}
