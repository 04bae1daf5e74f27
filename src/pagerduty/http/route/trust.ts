/** Direct connections with additional certificate authorities. Loaded only when needed. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import * as tls from 'node:tls';

/** Reads the certificates of one kind; Node 22.15 and later (24 for all kinds). */
type CertificatesOf = (kind: 'default' | 'system') => string[];

/** `tls.getCACertificates`, if this Node has it. */
const certificatesOf = (tls as { readonly getCACertificates?: CertificatesOf }).getCACertificates;

/** True if this Node can read the certificate store of the operating system. */
export const canReadSystemStore = certificatesOf !== undefined;

export interface Trusted {
  /** PEM texts, each with one certificate or several. */
  readonly files: readonly string[];
  /** Adds the store of the operating system. */
  readonly system: boolean;
}

/**
 * The certificates of Node, and those named. Made once for all connections: parsing 150 certificates takes some milliseconds.
 * @throws Error of OpenSSL if one of the texts is not a certificate
 */
export function createTrust({ files, system }: Trusted): tls.SecureContext {
  const base = certificatesOf?.('default') ?? tls.rootCertificates;
  const fromSystem = system ? (certificatesOf?.('system') ?? []) : [];
  return tls.createSecureContext({ ca: [...base, ...fromSystem, ...files] });
}

/** An agent that connects directly, whatever the environment says, and trusts these certificates. */
export function directAgent(protocol: string, trust?: tls.SecureContext): HttpAgent {
  if (protocol !== 'https:') return new HttpAgent({ keepAlive: true });
  const options = { keepAlive: true, ...(trust ? { secureContext: trust } : {}) };
  return new HttpsAgent(options);
}
