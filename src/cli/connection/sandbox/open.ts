/** The sandbox for `--sandbox`: the one that already serves the data file, or a temporary one for this command. */
import { RefusedError } from '../../../errors.ts';
import type { DeliveryRecord } from '../../../sandbox/deliveries/record.ts';
import { line, styled } from '../../../ui/text/text.ts';
import type { Context, SimulatedDelivery, Simulation } from '../../context.ts';
import { sandboxFile, shortPath } from '../../files/sandbox-file.ts';
import { readDeliveries } from './control.ts';
import type { Serving } from './holder.ts';
import { lockOrRunning, type Running } from './lock.ts';

export interface OpenSandbox extends Pick<Serving, 'url' | 'token'>, Simulation {
  /** Stops a sandbox started for this command; a joined one keeps running. */
  close(): Promise<void>;
}

/**
 * Joins the sandbox that serves the file, or starts one.
 * @throws RefusedError beside flags that name another URL or token; LocalIoError if the data cannot be stored
 */
export async function openSandbox(
  context: Pick<Context, 'globals' | 'io' | 'env' | 'cwd' | 'home' | 'clock'>,
  file: string,
): Promise<OpenSandbox> {
  const { globals, io, clock } = context;
  if (globals.apiUrl !== undefined || globals.tokenFile !== undefined) {
    throw new RefusedError('`--sandbox` uses its own address and token', {
      hint: 'Leave out `--api-url` and `--token-file`, or leave out `--sandbox`.',
    });
  }
  const dataFile = await sandboxFile(file, context);
  const claim = await lockOrRunning(dataFile, 'command', clock);
  const where = shortPath(dataFile, context);
  if ('running' in claim) {
    const at = claim.running.serving.page ?? claim.running.serving.url;
    io.say(
      line(styled('muted', `Using the sandbox at ${at}, a simulated PagerDuty; its data is in ${where}.`)),
    );
    return joined(claim.running);
  }
  const { startSandbox } = await import('../../../sandbox/sandbox.ts');
  try {
    const standIns = new Map<string, string>();
    const sandbox = await startSandbox({ dataFile, standIn: (endpoint) => standIns.get(endpoint) });
    const { url, token, controlToken, page } = sandbox;
    claim.lock.publish({ url, token, controlToken, page });
    io.say(line(styled('muted', `Using the sandbox, a simulated PagerDuty; its data is in ${where}.`)));
    const read = async (): Promise<readonly DeliveryRecord[]> => sandbox.deliveries();
    return {
      url,
      token,
      lasts: false,
      standIn: (endpoint, address) => void standIns.set(endpoint, address),
      deliveries: async () => (await read()).map(toDelivery),
      async close() {
        // A press is answered before its message is sent, and this sandbox ends with the command.
        await sandbox.settled();
        await sandbox.close();
        claim.lock.release();
      },
    };
  } catch (error) {
    claim.lock.release();
    throw error;
  }
}

function joined({ serving }: Running): OpenSandbox {
  const { url, token } = serving;
  return {
    url,
    token,
    lasts: true,
    deliveries: async () => (await readDeliveries<DeliveryRecord>(serving)).map(toDelivery),
    close: async () => undefined,
  };
}

function toDelivery(record: DeliveryRecord): SimulatedDelivery {
  const { webhookId, extensionId, incidentId, status, reason, nextAttemptAt, attempts } = record;
  const answered = attempts.at(-1)?.answer?.status ?? null;
  return { id: webhookId, extensionId, incidentId, status, reason, nextAttemptAt, answered };
}
