import { UsageError } from '../../errors.ts';
import type { Environment } from '../../lib/way/proxy-env.ts';
import { isLoopback } from '../../parse-url.ts';

/** A token must not be sent over a connection that others can intercept (T27). */
export function checkTls(address: string, { env }: { readonly env: Environment }): void {
  if (env.NODE_TLS_REJECT_UNAUTHORIZED !== '0' || isLoopback(new URL(address).hostname)) return;
  throw new UsageError('NODE_TLS_REJECT_UNAUTHORIZED=0 would send the token to any server that answers', {
    hint: 'Unset it. If a company proxy signs for PagerDuty, trust its certificate with `--ca-file FILE` or NODE_EXTRA_CA_CERTS.',
  });
}
