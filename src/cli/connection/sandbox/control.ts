/** Calls the control routes of a running sandbox (docs/sandbox.md), never through a proxy. */
import { Agent, type IncomingMessage, request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { LocalIoError } from '../../../errors.ts';
import { isLoopback, parseUrl } from '../../../parse-url.ts';
import type { Serving } from './holder.ts';

const PATIENCE_MS = 5_000;

interface ControlAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * True if the sandbox of a lock still answers: only that one knows the control token.
 * A URL outside this machine is never called (T50).
 */
export async function isServingStill(serving: Serving): Promise<boolean> {
  if (!isOwnAddress(serving.url)) return false;
  return (await call(serving, 'clock').catch(() => null))?.status === 200;
}

/** Presses of this sandbox's buttons, with their results. */
export async function readDeliveries<Delivery>(serving: Serving): Promise<readonly Delivery[]> {
  const { deliveries } = JSON.parse(await expectGood(serving, 'deliveries')) as {
    readonly deliveries: readonly Delivery[];
  };
  return deliveries;
}

/** Replaces the account of a running sandbox: by the seed, or by its initial one. */
export async function resetRunning(serving: Serving, seed: unknown): Promise<void> {
  await expectGood(serving, 'reset', JSON.stringify({ seed }));
}

async function expectGood(serving: Serving, route: string, body?: string): Promise<string> {
  const answer = await call(serving, route, body).catch((cause: unknown) => {
    throw new LocalIoError(`the sandbox at ${serving.url} does not answer`, { reason: 'local_io', cause });
  });
  if (answer.status === 200) return answer.body;
  throw new LocalIoError(`the sandbox at ${serving.url} refused (HTTP ${answer.status})`, {
    reason: 'local_io',
    details: [answer.body.slice(0, 500)],
  });
}

function call({ url, controlToken }: Serving, route: string, body?: string): Promise<ControlAnswer> {
  const options = {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'x-sandbox-token': controlToken, 'content-type': 'application/json' },
    // A separate agent uses no proxy, whatever NODE_USE_ENV_PROXY says.
    agent: new Agent(),
    signal: AbortSignal.timeout(PATIENCE_MS),
  };
  return new Promise((resolve, reject) => {
    const onResponse = async (response: IncomingMessage): Promise<void> => {
      resolve({ status: response.statusCode ?? 0, body: await text(response) });
    };
    request(`${url}/_sandbox/${route}`, options, (response) => void onResponse(response).catch(reject))
      .on('error', reject)
      .end(body);
  });
}

function isOwnAddress(address: string): boolean {
  const url = parseUrl(address);
  if (url?.protocol !== 'http:') return false;
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const interfaces = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return isLoopback(url.hostname) || interfaces.some((entry) => entry.address === hostname);
}
