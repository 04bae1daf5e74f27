import type { IncomingHttpHeaders } from 'node:http';

/** The files and requests of the page are below this path. The page itself is at `/`. */
export const PAGE_PATH = '/_sandbox/page/';

export interface BrowserRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The address at the other end. */
  readonly peer: string | undefined;
}

/** True if a request is for the page, by its path as sent. */
export function isPagePath(url: string): boolean {
  const path = url.replace(/\?.*/s, '');
  return path === '/' || path.startsWith(PAGE_PATH);
}
