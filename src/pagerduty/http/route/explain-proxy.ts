/** Explains a failed proxy: three different failures with three different next steps (F43). */
import type { ProxyRefusal } from './route.ts';

/**
 * Names the failure and the next step.
 * @param host of PagerDuty, with its port if it is not the usual one
 */
export function explainProxy(
  refusal: ProxyRefusal,
  host: string,
): { readonly why: string; readonly hint: string } {
  const { proxy, status } = refusal;
  const named = `the proxy ${proxy.host} (from ${proxy.from})`;
  if (status === undefined) return unreachable(refusal, named);
  if (status === 407) return login(refusal, named);
  const target = host.includes(':') ? host : `${host}:443`;
  return {
    why: `${named} did not connect to ${target} (HTTP ${status})`,
    hint:
      status >= 500
        ? `The proxy itself cannot reach ${target}. Ask the team that runs the proxy. ${direct(proxy)}`
        : `Ask the team that runs the proxy to allow CONNECT to ${target}. ${direct(proxy)}`,
  };
}

const direct = ({ bypass }: ProxyRefusal['proxy']): string =>
  `If this machine reaches PagerDuty without a proxy, ${bypass}.`;

function unreachable({ proxy, systemCode }: ProxyRefusal, named: string): ReturnType<typeof explainProxy> {
  const code = systemCode === undefined ? '' : ` (${systemCode})`;
  return {
    why: `${named} cannot be reached${code}`,
    hint: `Check the host and the port in ${proxy.from}. ${direct(proxy)}`,
  };
}

function login({ proxy, schemes = [] }: ProxyRefusal, named: string): ReturnType<typeof explainProxy> {
  if (schemes.length > 0 && !schemes.includes('basic')) {
    return {
      why: `${named} requires a login by ${schemes.join(' or ')}, which pdactions does not support (HTTP 407)`,
      hint: `Run a local proxy that logs in for you, such as px or cntlm, and set it in ${proxy.from}.`,
    };
  }
  return proxy.hasLogin
    ? {
        why: `${named} rejected the login (HTTP 407)`,
        hint: `Check the user name and the password in ${proxy.from}; percent-encode special characters (\`@\` is %40).`,
      }
    : {
        why: `${named} requires a login (HTTP 407)`,
        hint: `Set it in ${proxy.from}: http://USER:PASSWORD@${proxy.host}; percent-encode special characters (\`@\` is %40).`,
      };
}
