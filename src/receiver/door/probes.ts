/** The probe paths: liveness, readiness for presses, and metrics. */
import { PROBE_PATHS } from '../press/routes.ts';
import type { DoorReply } from './reply.ts';

export interface Probes {
  /** Null if a press could be accepted now; otherwise the reason. */
  unready(): Promise<string | null>;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
}

/** The answer to a probe; undefined for any other path. Probes contain no secret and require none. */
export async function answerProbe(
  path: string,
  method: string | undefined,
  { unready, metrics }: Probes,
): Promise<DoorReply | undefined> {
  if (!PROBE_PATHS.has(path)) return undefined;
  if (method !== 'GET' && method !== 'HEAD') {
    return { status: 405, text: 'only GET is allowed', headers: { allow: 'GET, HEAD' } };
  }
  if (path === '/healthz') return { status: 200, text: 'ok' };
  if (path === '/readyz') {
    const why = await unready();
    return { status: why === null ? 200 : 503, text: why ?? 'ready' };
  }
  return { status: 200, text: await metrics.text(), contentType: metrics.contentType };
}
