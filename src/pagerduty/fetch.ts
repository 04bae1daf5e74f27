/**
 * The one place where bytes leave and arrive: Node's own fetch, held the way a write-capable token needs it. It stands in for
 * `cross-fetch` below pdjs (recipe B of the domain notes), so pdjs never sees a status, a redirect or a body: its own retries and
 * its parser have nothing to act on, and all judgement stays in this room.
 */

/** More than any answer of PagerDuty's can be; beyond it, somebody else is answering (F32). */
const MOST_BYTES = 10 * 1024 * 1024;

/** What came back, raw. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The decoded body, or why it could not be read to its end. */
  readonly body:
    | { readonly text: string }
    | { readonly problem: 'cut' | 'too-big' | 'timeout'; readonly cause?: unknown };
}

/** What pdjs gets to see: always a success with an empty document, with the real answer beside it. */
export interface ShieldedResponse {
  readonly status: 200;
  readonly answer: Answer;
  json(): Promise<Record<string, never>>;
}

/**
 * Sends one request, once. Redirects are answers, never followed: a followed 307 would carry the body with its secrets to
 * another host.
 * @throws whatever fetch throws when no answer came; the caller classifies it
 */
export default async function pdFetch(url: string, init: RequestInit): Promise<ShieldedResponse> {
  const { method, body, signal } = init;
  // cross-fetch's own Headers class may have built them; only its entries are wanted.
  const headers = new Headers(init.headers);
  const response = await fetch(url, {
    ...(method === undefined ? {} : { method: method.toUpperCase() }),
    headers,
    ...(body === undefined || body === null ? {} : { body }),
    ...(signal ? { signal } : {}),
    redirect: 'manual',
  });
  const answer = { status: response.status, headers: response.headers, body: await readBody(response) };
  return { status: 200, answer, json: () => Promise.resolve({}) };
}

async function readBody(response: Response): Promise<Answer['body']> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      // Leaving the loop cancels the stream, so a bomb is not unpacked any further.
      if (bytes > MOST_BYTES) return { problem: 'too-big' };
      text += decoder.decode(chunk, { stream: true });
    }
    return { text: text + decoder.decode() };
  } catch (cause) {
    return { problem: cause instanceof Error && cause.name === 'TimeoutError' ? 'timeout' : 'cut', cause };
  }
}

const NativeHeaders = globalThis.Headers;

export { NativeHeaders as Headers };
