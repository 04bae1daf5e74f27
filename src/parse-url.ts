/**
 * Parses a URL, or gives undefined. In the place of `URL.canParse`, which in Node 20 begins to refuse hosts such as `münchen.example` once it was
 * called often enough to be optimised: in a large account the same URL would be valid first and wrong later.
 */
export function parseUrl(text: string, base?: string | URL): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/** Text with its percent-encoding undone, or as it is where that is none: `%zz` stands in logins that work. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** True for this machine itself. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
  );
}
