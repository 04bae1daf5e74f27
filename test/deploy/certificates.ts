/** A root certificate, and a server and clients with certificates from it, made by openssl. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export interface Certificates {
  readonly root: string;
  /** The files of a certificate and its key, by its common name. */
  issue(name: string): { readonly cert: string; readonly key: string };
}

/** @param folder where the files are put */
export function certificates(folder: string): Certificates {
  const openssl = (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'root.key',
    '-out',
    'root.pem',
    '-subj',
    '/CN=Root',
    '-days',
    '2',
  );
  let serial = 0;
  return {
    root: join(folder, 'root.pem'),
    issue(name) {
      serial += 1;
      const [key, request, cert] = ['key', 'csr', 'pem'].map((end) => `${serial}.${end}`) as [
        string,
        string,
        string,
      ];
      const subject = `/C=US/O=PagerDuty Inc/CN=${name}`;
      openssl('req', ...newKey, '-keyout', key, '-out', request, '-subj', subject);
      const issuer = ['-CA', 'root.pem', '-CAkey', 'root.key', '-set_serial', String(serial)];
      openssl('x509', '-req', '-in', request, ...issuer, '-out', cert, '-days', '2');
      return { cert: join(folder, cert), key: join(folder, key) };
    },
  };
}
