/** PagerDuty's verdict on a server's certificates (facts 39, 45). */
import { X509Certificate } from 'node:crypto';

/** A day, in milliseconds. */
const DAY = 86_400_000;
/** A certificate that expires sooner causes a warning (in days). */
export const WARN_DAYS = 21;

export interface ChainProblem {
  readonly text: string;
  readonly hint: string;
}

/** Checks that each certificate is signed by the next one, up to one that a root signed. Null if the order is right. */
export function judgeOrder(chain: readonly X509Certificate[], roots: readonly string[]): ChainProblem | null {
  const [leaf] = chain;
  if (!leaf) return { text: 'the server sent no certificate', hint: 'Install a certificate on the server.' };
  // A server's certificate may not sign others, so `isSignedBy` would refuse even this.
  if (chain.length === 1 && leaf.subject === leaf.issuer && leaf.verify(leaf.publicKey)) {
    return {
      text: 'the certificate is self-signed',
      hint: 'Use a certificate from a public authority; some are free.',
    };
  }
  for (const [index, certificate] of chain.entries()) {
    const next = chain[index + 1];
    if (next === undefined || isSignedBy(certificate, next)) continue;
    const later = chain.some((other) => other !== certificate && isSignedBy(certificate, other));
    const what = later ? 'are not in order' : 'include one that does not belong there';
    return {
      text: `the ${chain.length} certificates ${what}: number ${index + 2} did not sign number ${index + 1}`,
      hint: "Send the server's own certificate first, then each one that signed the one before it.",
    };
  }
  if (neededOf(chain, roots)) return null;
  const last = chain.at(-1) ?? leaf;
  return {
    text: `the certificates end at \`${nameOf(last.issuer)}\`, which is not a root on Mozilla's list`,
    hint: 'Send the intermediate certificates, too, or use an authority that browsers trust.',
  };
}

/** The chain up to the first certificate that a root signed, or that is one; the rest is unnecessary. */
export function neededOf(
  chain: readonly X509Certificate[],
  roots: readonly string[],
): readonly X509Certificate[] | undefined {
  const parsed = roots.map((pem) => new X509Certificate(pem));
  const end = chain.findIndex((certificate) =>
    parsed.some(
      (root) => root.fingerprint256 === certificate.fingerprint256 || isSignedBy(certificate, root),
    ),
  );
  return end === -1 ? undefined : chain.slice(0, end + 1);
}

function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** The certificate that expires first, with the whole days left; negative once it has expired. */
export function firstToExpire(
  chain: readonly X509Certificate[],
  now: number,
): { readonly name: string; readonly days: number } | null {
  const ends = chain.map((certificate) => ({ certificate, at: Date.parse(certificate.validTo) }));
  const [first] = ends.sort((a, b) => a.at - b.at);
  if (!first) return null;
  return { name: nameOf(first.certificate.subject), days: Math.floor((first.at - now) / DAY) };
}

/** The common name in a distinguished name. */
export function nameOf(distinguished: string | undefined): string {
  const text = distinguished ?? '';
  return /^CN=(.*)$/m.exec(text)?.[1] ?? text.replaceAll('\n', ', ');
}
